import { isAlias, isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import { quoted } from '../admission/words.ts';
import { isMergeKey } from './locate.ts';
import { isMapping } from './objects.ts';
import type { YamlDocument } from './parse.ts';

/** Throws for the part of the document that begins at an offset. */
export type Refuse = (offset: number, problem: string) => never;

/** How many parts of a document may come from aliases, as kubectl allows: far beyond any manifest, far below a bomb. */
const maxCopies = 400_000;

/**
 * What a document says to kubectl. As there, of two that set a key in one mapping the last one counts, be it merged or
 * the mapping's own.
 */
export function jsonValueOf(document: YamlDocument, refuse: Refuse): unknown {
  return read(document.contents, { refuse, anchors: new Map(), open: new Set(), parts: 0, copies: 0 });
}

interface Reading {
  readonly refuse: Refuse;
  readonly anchors: Map<string, { readonly value: unknown; readonly parts: number }>;
  /** The anchors of what is being read. */
  readonly open: Set<string>;
  parts: number;
  copies: number;
}

type Json = Record<string, unknown>;

function read(node: unknown, reading: Reading): unknown {
  if (isAlias(node)) return readAlias(node.source, offsetOf(node), reading);
  const anchor = (node as (Node & { anchor?: string }) | null)?.anchor;
  if (anchor === undefined) return readOwn(node, reading);
  const before = reading.parts;
  // A name that is used again means something else from here on, but not in here.
  reading.open.add(anchor);
  reading.anchors.delete(anchor);
  const value = readOwn(node, reading);
  reading.open.delete(anchor);
  reading.anchors.set(anchor, { value, parts: reading.parts - before });
  return value;
}

function readAlias(name: string, offset: number, reading: Reading): unknown {
  const anchored = reading.anchors.get(name);
  if (!anchored) {
    const problem = reading.open.has(name)
      ? `the anchor ${name} is used inside of itself`
      : `there is no anchor ${name}; text that begins with * needs quotes`;
    return reading.refuse(offset, problem);
  }
  reading.parts += anchored.parts;
  reading.copies += anchored.parts;
  if (reading.copies > maxCopies)
    return reading.refuse(offset, 'with its aliases written out this document is too large');
  return anchored.value;
}

function readOwn(node: unknown, reading: Reading): unknown {
  reading.parts++;
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item) => read(item, reading));
  return isMap(node) ? readMap(node, reading) : null;
}

function readMap(map: YAMLMap, reading: Reading): Json {
  const object: Json = {};
  const names = new Set<string>();
  for (const { key, value } of map.items) {
    if (isMergeKey(key)) merge(object, value, reading);
    else {
      const name = keyOf(key, reading);
      if (names.has(name)) reading.refuse(offsetOf(key), `the key ${quoted(name, 60)} stands in this mapping twice`);
      names.add(name);
      set(object, name, read(value, reading));
    }
  }
  return object;
}

function keyOf(node: unknown, reading: Reading): string {
  const key = read(node, reading);
  if (key === null) return reading.refuse(offsetOf(node), 'null is no key');
  if (typeof key === 'object') return reading.refuse(offsetOf(node), 'a mapping or list is no key');
  return String(key);
}

/** Of several mappings that are merged at once, the first one counts. */
function merge(object: Json, node: unknown, reading: Reading): void {
  const value = read(node, reading);
  const sources = isSeq(node) ? (value as unknown[]).toReversed() : [value];
  for (const source of sources) {
    if (!isMapping(source)) reading.refuse(offsetOf(node), 'only mappings can be merged');
    for (const [key, member] of Object.entries(source as Json)) set(object, key, member);
  }
}

function set(object: Json, key: string, value: unknown): void {
  if (key !== '__proto__') object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

function offsetOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}
