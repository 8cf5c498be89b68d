import { isNode, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';
import { additionsOf } from './additions.ts';
import { addToBlockList, addToBlockMap, fillNull } from './blockEdits.ts';
import { applyEdits, type TextEdit } from './edits.ts';
import type { TemplateFill } from './fill.ts';
import { addToFlowList, addToFlowMap, isBare, replaceNull } from './flowEdits.ts';
import { type Layout, layoutOf } from './layout.ts';
import { type Collection, collectionAt, type Found, pairOf } from './locate.ts';
import type { ManifestDocument } from './parse.ts';
import { type Entry, entriesOf, isObject } from './render.ts';

/**
 * The document's text with the values inserted where its nodes leave room for them; undefined when one has no such
 * place. Nobody has checked yet that the text says what was meant: aliases may have carried an insertion elsewhere.
 */
export function insertText(document: ManifestDocument, fills: readonly TemplateFill[]): string | undefined {
  const edits: TextEdit[] = [];
  for (const gap of gapsIn(document, fills)) {
    const own = editsFor(document, gap);
    if (!own) return undefined;
    edits.push(...own);
  }
  return applyEdits(document.source, edits, document.start, document.end);
}

/** A mapping or list of the text and what it lacks. Through aliases, more than one path may lead to it. */
interface Gap extends Partial<Found> {
  readonly entries: Map<string, unknown>;
  readonly layout: Layout;
}

function gapsIn(document: ManifestDocument, fills: readonly TemplateFill[]): Iterable<Gap> {
  const gaps = new Map<Collection | undefined, Gap>();
  for (const { template, assignments } of fills) {
    const layout = layoutOf(document, template);
    for (const { parent, key, value } of additionsOf(document.value as object, assignments)) {
      const found = collectionAt(document.nodes, parent);
      const gap = gaps.get(found?.node) ?? { ...found, entries: new Map(), layout };
      gaps.set(found?.node, gap);
      gap.entries.set(key, value);
    }
  }
  return gaps.values();
}

function editsFor(document: ManifestDocument, { node, owner, entries, layout }: Gap): TextEdit[] | undefined {
  if (!node) return undefined;
  // An empty `[]` or `{}` says nothing about style: the mapping around it does.
  const isUnstyled = node.items.length === 0 && !node.anchor && owner && !owner.map.flow && isBare(document, node);
  if (isSeq(node)) {
    const values = [...entries.values()];
    if (isUnstyled && values.some(isObject)) return fillNull(document, owner, values, layout);
    const add = node.flow ? addToFlowList : addToBlockList;
    return values.map((value) => add(document, node, value, layout));
  }
  const nulls: TextEdit[] = [];
  const missing: Entry[] = [];
  for (const entry of entriesOf(Object.fromEntries(entries), layout)) {
    const pair = pairOf(node, entry[0]);
    if (!pair) missing.push(entry);
    else if (isNode(pair.value)) nulls.push(...replaceNullIn(document, node, pair, entry[1], layout));
    else return undefined;
  }
  if (isUnstyled && missing.length > 0) return fillNull(document, owner, Object.fromEntries(missing), layout);
  return [...nulls, ...addMissing(document, node, missing, layout)];
}

function replaceNullIn(document: ManifestDocument, map: YAMLMap, pair: Pair, value: unknown, layout: Layout) {
  if (!isScalar(pair.value)) return [];
  return map.flow
    ? [replaceNull(document, pair.value, value, layout)]
    : fillNull(document, { map, pair }, value, layout);
}

function addMissing(document: ManifestDocument, map: YAMLMap, entries: readonly Entry[], layout: Layout): TextEdit[] {
  if (entries.length === 0) return [];
  if (!map.flow) return entries.map(([key, value]) => addToBlockMap(document, map, key, value, layout));
  return addToFlowMap(document, map, entries, layout);
}
