import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Path } from '../policy/path.ts';
import type { ManifestDocument, YamlDocument } from './parse.ts';

export type Collection = YAMLMap | YAMLSeq;

/** A mapping or list at a path, and the key that it is written behind where that key is in a mapping. */
export interface Found {
  readonly node: Collection;
  readonly owner?: Owner;
}

export interface Owner {
  readonly map: YAMLMap;
  readonly pair: Pair;
}

/** The mapping or list at a path, reached through aliases and merge keys; undefined when there is none. */
export function collectionAt(document: YamlDocument, path: Path): Found | undefined {
  let node = collectionOf(document, document.contents);
  let owner: Owner | undefined;
  for (const key of path) {
    const child: unknown = childOf(document, node, key);
    owner = isMap(node) ? ownerOf(node, key, child) : undefined;
    node = collectionOf(document, child);
  }
  return node && { node, ...(owner && { owner }) };
}

/** The key and value in a mapping that has the key itself, not by a merge. */
export function pairOf(map: YAMLMap, key: string | number): Pair | undefined {
  return map.items.find((pair) => isNamed(pair, key));
}

function isNamed({ key }: Pair, name: string | number): boolean {
  return isScalar(key) && String(key.value) === String(name);
}

/** Where the value at a path begins; where the last one above it does when there is none. */
export function offsetOf({ nodes }: ManifestDocument, path: Path): number {
  let node: unknown = nodes.contents;
  let offset = rangeStart(node) ?? nodes.range[0];
  for (const key of path) {
    const collection = collectionOf(nodes, node);
    node = childOf(nodes, collection, key);
    const named = isMap(collection) ? pairOf(collection, key)?.key : node;
    offset = rangeStart(named) ?? offset;
  }
  return offset;
}

/** Of what sets a key, the last one counts, be it the mapping's own or merged into it. */
function childOf(document: YamlDocument, node: Collection | undefined, key: string | number): unknown {
  if (isSeq(node)) return node.items[Number(key)];
  if (!isMap(node)) return undefined;
  for (const pair of node.items.toReversed()) {
    const child = isMergeKey(pair.key)
      ? mergedChild(document, pair.value, key)
      : isNamed(pair, key)
        ? pair.value
        : undefined;
    if (child !== undefined) return child;
  }
  return undefined;
}

/** What merged mappings have at a key; of several, the first counts. */
function mergedChild(document: YamlDocument, value: unknown, key: string | number): unknown {
  const merged = collectionOf(document, value);
  for (const source of isSeq(merged) ? merged.items : [merged]) {
    const child = childOf(document, collectionOf(document, source), key);
    if (child !== undefined) return child;
  }
  return undefined;
}

/** Whether the key of a pair is the `<<` that merges other mappings into one. */
export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && typeof key.value === 'symbol';
}

/** An owner holds the node itself: behind an alias another key does. */
function ownerOf(map: YAMLMap, key: string | number, child: unknown): Owner | undefined {
  const pair = pairOf(map, key);
  return pair && pair.value === child && !isAlias(child) ? { map, pair } : undefined;
}

function collectionOf(document: YamlDocument, node: unknown): Collection | undefined {
  const target = isAlias(node) ? node.resolve(document) : node;
  return isMap(target) || isSeq(target) ? target : undefined;
}

function rangeStart(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
