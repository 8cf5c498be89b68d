import type { CollectionTag, DocumentOptions, ParseOptions, ScalarTag, SchemaOptions } from 'yaml';

/** `0o17`, an integer of YAML 1.2 that kubectl reads too. */
const octal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^-?0o[0-7_]+$/,
  resolve: (text) => {
    const digits = Number.parseInt(text.replace(/^-?0o/, '').replaceAll('_', ''), 8);
    return text.startsWith('-') ? -digits : digits;
  },
};

const unknownToJson = /:(?:timestamp|binary|set|omap|pairs)$/;

/**
 * YAML as kubectl reads it: version 1.1 (`yes`, `0644`, `1_000`, merge keys) without the types that JSON lacks and
 * without base 60, with `0o17`.
 */
export const dialect = Object.freeze({
  version: '1.1',
  customTags: (tags) => [...tags.filter(isKnown), octal],
  resolveKnownTags: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const satisfies DocumentOptions & ParseOptions & SchemaOptions);

/** How often an anchor may be used, nested uses multiplied: far beyond any manifest, far below a bomb. */
export const maxAliasCount = 10_000;

function isKnown(tag: string | CollectionTag | ScalarTag): boolean {
  if (typeof tag === 'string') return true;
  return !unknownToJson.test(tag.tag) && tag.format !== 'TIME';
}
