import type { CollectionTag, DocumentOptions, ParseOptions, Scalar, ScalarTag, SchemaOptions } from 'yaml';
import { readPlain } from './scalars.ts';

type Refuse = (message: string) => void;

const prefix = 'tag:yaml.org,2002:';

/** The types that a scalar without quotes may be of, and what those look like that are worth a closer look. */
const plainTypes = [
  { type: 'null', test: /^(?:~|null|Null|NULL)?$/, fits: (value: unknown) => value === null },
  {
    type: 'bool',
    test: /^(?:[yYnN]|[yY]es|YES|[nN]o|NO|[tT]rue|TRUE|[fF]alse|FALSE|[oO]n|ON|[oO]ff|OFF)$/,
    fits: (value: unknown) => typeof value === 'boolean',
  },
  { type: 'int', test: /^[-+\d][\d_]*(?:[bBoOxX][-+\da-fA-F_]+)?$/, fits: Number.isInteger },
  {
    type: 'float',
    // What only begins as a number does may still be a text.
    test: /^[-+.\d]/,
    fits: (value: unknown) => typeof value === 'number',
  },
] as const;

/** The type as what a plain scalar is taken for, and as what an author may have named: then nothing else will do. */
const plainTags: readonly ScalarTag[] = plainTypes.flatMap(({ type, test, fits }): ScalarTag[] => {
  const tag = prefix + type;
  const stringify = (node: Scalar) => node.source ?? String(node.value);
  const implied: ScalarTag = { tag, default: true, test, identify: fits, resolve: readWritable, stringify };
  const named: ScalarTag = {
    tag,
    resolve: (text, refuse) => {
      const value = readWritable(text, refuse);
      if (!fits(value)) refuse(`this is no !!${type}`);
      return value;
    },
    stringify,
  };
  return [implied, named];
});

function readWritable(text: string, refuse: Refuse): unknown {
  const value = readPlain(text);
  if (typeof value === 'number' && !Number.isFinite(value)) refuse(`JSON, and so the API, has no ${text}`);
  return value;
}

/** Bytes are text for kubectl. */
const binary: ScalarTag = {
  tag: `${prefix}binary`,
  resolve: (text, refuse) => {
    const base64 = text.replace(/\s/g, '');
    if (!/^(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?$/.test(base64) || base64.includes('_'))
      refuse('this is no base64');
    return Buffer.from(base64, 'base64').toString();
  },
  stringify: ({ source }) => JSON.stringify(source),
};

/**
 * YAML as kubectl reads it: version 1.1 (`yes`, `0644`, `1_000`, merge keys) without the types that JSON lacks and
 * without base 60, with `0o17`.
 */
export const dialect = Object.freeze({
  version: '1.1',
  customTags: (tags) => [...tags.filter(isKept), ...plainTags, binary],
  resolveKnownTags: false,
  // Told when the values are read: this library compares every key of a mapping with every other.
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const satisfies DocumentOptions & ParseOptions & SchemaOptions);

const kept = /:(?:map|seq|str|merge)$/;

function isKept(tag: string | CollectionTag | ScalarTag): boolean {
  return typeof tag === 'string' || kept.test(tag.tag);
}
