import { isCollection, isMap, isSeq, type Node, parse, type YAMLMap } from 'yaml';
import type { Path } from '../policy/path.ts';
import { dialect } from './dialect.ts';
import { type Collection, collectionAt, pairOf } from './locate.ts';
import type { ManifestDocument } from './parse.ts';
import { columnOf } from './position.ts';

/** How the author of a template writes. */
export interface Layout {
  readonly format: 'yaml' | 'json';
  /** How much further in a mapping's own mappings are. */
  readonly step: number;
  /** How much further in a mapping's lists are. */
  readonly listStep: number;
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
  return {
    format: document.format,
    step: Math.max(between(root, spec), 1),
    listStep: Math.max(between(spec, list), 0),
    sorted: isSorted(root),
  };
}

/** The column of a collection's first member; for a flow collection, of its bracket. */
export function indentOf({ source }: ManifestDocument, { items, range, flow }: Collection): number {
  const first = items[0];
  const key = first && !flow && 'key' in (first as object) ? (first as { key: Node | null }).key : undefined;
  return columnOf(source, key?.range?.[0] ?? range?.[0] ?? 0);
}

/** The lines of a key and its value in block style, the key at a column. */
export function blockLines(key: string, value: unknown, column: number, layout: Layout): string[] {
  const indent = ' '.repeat(column);
  if (Array.isArray(value)) {
    const item = ' '.repeat(column + layout.listStep);
    return [`${indent}${key}:`, ...value.map((one) => `${item}- ${scalarText(one)}`)];
  }
  if (typeof value !== 'object' || value === null) return [`${indent}${key}: ${scalarText(value)}`];
  return [
    `${indent}${key}:`,
    ...entriesOf(value, layout).flatMap(([name, one]) => blockLines(name, one, column + layout.step, layout)),
  ];
}

/** A value in flow style, on one line. */
export function flowText(value: unknown, layout: Layout): string {
  if (Array.isArray(value)) return `[${value.map((one) => flowText(one, layout)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return scalarText(value);
  return `{${entriesOf(value, layout).map((entry) => flowEntry(entry, layout)).join(', ')}}`;
}

/** A key and its value in flow style, on one line. */
export function flowEntry([key, value]: readonly [string, unknown], layout: Layout): string {
  return `${key}: ${flowText(value, layout)}`;
}

/** The members of an object, in the order in which this author would write them. */
export function entriesOf(value: object, { sorted }: Layout): readonly [string, unknown][] {
  const entries = Object.entries(value);
  return sorted ? entries.sort(([a], [b]) => compare(a, b)) : entries;
}

/** A scalar as YAML: plain where it is read back as itself, else in double quotes. */
export function scalarText(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  return isPlain(value) ? value : JSON.stringify(value);
}

function isPlain(text: string): boolean {
  if (!/^[\w./-]+$/.test(text)) return false;
  try {
    return parse(text, dialect) === text;
  } catch {
    return false;
  }
}

/** A key that stands in sorted order tells little; four in one mapping are no accident when no other mapping objects. */
const telling = 4;

function isSorted(node: unknown): boolean {
  const maps = mapsIn(node).map(keysOf);
  if (!maps.some((keys) => keys.length >= telling)) return false;
  return maps.every((keys) => keys.every((key, index) => index === 0 || compare(keys[index - 1] ?? '', key) < 0));
}

function mapsIn(node: unknown): YAMLMap[] {
  if (isMap(node)) return [node, ...node.items.flatMap(({ value }) => mapsIn(value))];
  return isSeq(node) ? node.items.filter(isCollection).flatMap(mapsIn) : [];
}

function keysOf({ items }: YAMLMap): string[] {
  return items.map(({ key }) => String((key as { value?: unknown } | null)?.value));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** At which of a mapping's keys a new one is put before; the number of its keys when it is put last. */
export function indexFor(map: YAMLMap, key: string, { sorted }: Layout): number {
  const keys = keysOf(map);
  const before = (index: number) => (index === -1 ? keys.length : index);
  if (sorted) return before(keys.findIndex((other) => compare(key, other) < 0));
  // A pod's settings are looked for above its containers, a container's below its own.
  if (pairOf(map, 'containers')) return before(keys.findIndex((other) => /^(initC|c)ontainers$/.test(other)));
  return keys.length;
}
