import { isCollection, isMap, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import type { Path } from '../policy/path.ts';
import { type Collection, collectionAt, pairOf } from './locate.ts';
import type { ManifestDocument } from './parse.ts';
import { columnOf, lineStart } from './position.ts';

/** How the author of a template writes. */
export interface Layout {
  readonly format: 'yaml' | 'json';
  /** How much further in a mapping's own mappings are. */
  readonly step: number;
  /** How much further in a mapping's lists are. */
  readonly listStep: number;
  /** What a file of JSON indents by; undefined when it is all on one line. */
  readonly unit?: string | undefined;
  /** What stands behind a comma and a colon in flow style. */
  readonly space: '' | ' ';
  /** Whether the keys are in the order of the alphabet, as in what the API server prints. */
  readonly sorted: boolean;
}

/** The layout of the template at a path, by the example of its `spec.containers`. */
export function layoutOf(document: ManifestDocument, template: Path): Layout {
  const root = collectionAt(document.nodes, template)?.node;
  const spec = collectionAt(document.nodes, [...template, 'spec'])?.node;
  const list = collectionAt(document.nodes, [...template, 'spec', 'containers'])?.node;
  const between = (outer: Collection | undefined, inner: Collection | undefined) =>
    isMap(outer) && inner && !outer.flow && !inner.flow ? indentOf(document, inner) - indentOf(document, outer) : 2;
  const { format, source } = document;
  const spaced = format === 'yaml' || /":\s/.test(source) || !source.includes('":');
  return {
    format,
    unit: format === 'json' ? /\n([ \t]+)\S/.exec(source)?.[1] : undefined,
    space: spaced ? ' ' : '',
    step: Math.max(between(root, spec), 1),
    listStep: Math.max(between(spec, list), 0),
    sorted: isSorted(spec),
  };
}

/** The column of a collection's first member; for a flow collection, of its bracket. */
export function indentOf({ source }: ManifestDocument, node: Collection): number {
  const first = isMap(node) && !node.flow ? node.items[0] : undefined;
  return columnOf(source, first ? startOf(source, first) : (node.range?.[0] ?? 0));
}

/** Where a pair begins: at its key, or at what stands before that on its line, the `?` of an explicit one or an anchor. */
export function startOf(source: string, { key }: Pair): number {
  const start = (key as Node | null)?.range?.[0] ?? 0;
  const [mark = ''] = /(?:(?:\?|[&!]\S*)[ \t]+)*$/.exec(source.slice(lineStart(source, start), start)) ?? [];
  return start - mark.length;
}

/** How many sorted keys in one mapping are no accident, when those of no other mapping are out of order. */
const telling = 4;

function isSorted(node: unknown): boolean {
  const maps = mapsIn(node).map(keysOf);
  if (!maps.some((keys) => keys.length >= telling)) return false;
  return maps.every((keys) => keys.every((key, index) => index === 0 || compareKeys(keys[index - 1] ?? '', key) < 0));
}

function mapsIn(node: unknown): YAMLMap[] {
  if (isMap(node)) return [node, ...node.items.flatMap(({ value }) => mapsIn(value))];
  return isSeq(node) ? node.items.filter(isCollection).flatMap(mapsIn) : [];
}

function keysOf({ items }: YAMLMap): string[] {
  return items.map(({ key }) => String((key as { value?: unknown } | null)?.value));
}

/** The order of the alphabet, as the API server prints keys. */
export function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** At which of a mapping's keys a new one is put before; the number of its keys when it is put last. */
export function indexFor(map: YAMLMap, key: string, { sorted }: Layout): number {
  const keys = keysOf(map);
  const before = (index: number) => (index === -1 ? keys.length : index);
  if (sorted) return before(keys.findIndex((other) => compareKeys(key, other) < 0));
  if (key === 'metadata') return before(keys.indexOf('spec'));
  // A pod's settings are looked for above its containers, its volumes below them, and a container's below its own.
  if (key !== 'volumes' && pairOf(map, 'containers'))
    return before(keys.findIndex((other) => /^(initC|c)ontainers$/.test(other)));
  return keys.length;
}
