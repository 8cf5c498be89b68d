import { isMap, isScalar, isSeq, type Pair, visit } from 'yaml';
import type { ManifestError } from './errors.ts';
import type { YamlDocument } from './parse.ts';

/** Part of a source that is one document. */
export interface Part {
  readonly source: string;
  readonly start: number;
  readonly end: number;
  readonly nodes: YamlDocument;
  readonly errorAt: (offset: number, problem: string) => ManifestError;
}

/**
 * Throws for what kubectl reads otherwise than the parser of newer YAML, or not at all: characters that nobody sees, tabs
 * for empty space, escapes of JSON, and colons that it takes for text.
 */
export function refuseUnlike(part: Part): void {
  refuseHiddenCharacters(part);
  // Where there is an error there may be no nodes.
  if (part.nodes.errors.length > 0) return;
  const text = part.source.slice(part.start, part.end);
  const offsets = (pattern: RegExp) => Array.from(text.matchAll(pattern), ({ index }) => part.start + index);
  const colons = offsets(/:(?=[,\]}])/g);
  if (colons.length > 0) refuseTightColons(part, new Set(colons));
  const escapes = offsets(/\\(?=\/|u[dD][89a-fA-F])/g);
  if (escapes.length > 0) refuseEscapes(part, escapes);
  const tabs = offsets(/^ *\t[ \t]*(?=#|\r?\n)/gm);
  if (tabs.length > 0) refuseTabs(part, tabs);
}

function refuseHiddenCharacters({ source, start, end, errorAt }: Part): void {
  const at = source.slice(start, end).search(hidden);
  if (at !== -1) {
    const code = source
      .charCodeAt(start + at)
      .toString(16)
      .toUpperCase()
      .padStart(4, '0');
    const problem = `kubectl does not read the character U+${code} as it looks; write it as an escape, in double quotes`;
    throw errorAt(start + at, problem);
  }
  const mark = source.slice(start, end).search(/(?<=\n)\uFEFF/);
  if (mark !== -1) throw errorAt(start + mark, 'a byte order mark stands in the middle of this file; take it out');
}

/** As they may stand in the text of a document that is written anew. */
export const hidden = /[^\P{Cc}\t\n\r]|[\u2028\u2029\uFFFE\uFFFF]|\r(?!\n)/u;

/** In `{a:}` kubectl takes the colon as part of the key, and in `[a:]` as part of the text. */
function refuseTightColons({ nodes, errorAt }: Part, colons: ReadonlySet<number>): void {
  visit(nodes, {
    Pair(_, { key }: Pair) {
      if (!isScalar(key) || key.type !== 'PLAIN' || !key.range || !colons.has(key.range[1])) return;
      const problem = 'kubectl takes this colon as part of the text: put a space behind it, or the text in quotes';
      throw errorAt(key.range[1], problem);
    },
  });
}

function refuseEscapes({ source, nodes, errorAt }: Part, offsets: readonly number[]): void {
  visit(nodes, {
    Scalar(_, { type, range }) {
      if (type !== 'QUOTE_DOUBLE' || !range) return;
      for (const { index } of source.slice(range[0], range[1]).matchAll(/\\[\s\S]/g)) {
        const at = range[0] + index;
        if (!offsets.includes(at)) continue;
        const [what] = /\\(?:\/|u.{4})/.exec(source.slice(at)) ?? [];
        throw errorAt(at, `kubectl does not know the escape ${what} in YAML; write the character itself`);
      }
    },
  });
}

/** In texts in quotes or blocks, and between brackets, a tab is one. */
function refuseTabs({ source, nodes, errorAt }: Part, offsets: readonly number[]): void {
  const free: (readonly [number, number])[] = [];
  const keep = (range: readonly number[] | null | undefined) => range && free.push([range[0] ?? 0, range[1] ?? 0]);
  visit(nodes, {
    Scalar: (_, { type, range }) => void (type !== 'PLAIN' && keep(range)),
    Collection: (_, node) => void ((isMap(node) || isSeq(node)) && node.flow && keep(node.range)),
  });
  const at = offsets.find((offset) => !free.some(([start, end]) => start <= offset && offset < end));
  if (at === undefined) return;
  throw errorAt(source.indexOf('\t', at), 'kubectl takes no tab for empty space here; take it out');
}
