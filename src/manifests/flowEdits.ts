import type { Node, YAMLMap, YAMLSeq } from 'yaml';
import { insertion, type TextEdit } from './edits.ts';
import { indexFor, type Layout } from './layout.ts';
import type { ManifestDocument } from './parse.ts';
import { beginsLine, lineEndingAt, lineStart } from './position.ts';
import { type Entry, flowEntry, flowText, isObject, itemText } from './render.ts';

/** The edits that add keys to a mapping in flow style, of YAML or of JSON. */
export function addToFlowMap(
  document: ManifestDocument,
  map: YAMLMap,
  entries: readonly Entry[],
  layout: Layout,
): TextEdit[] {
  if (map.items.length > 0) return entries.map((entry) => addEntry(document, map, entry, layout));
  const [start, end] = extentOf(map);
  const text = valueText(document, start, Object.fromEntries(entries), layout);
  // A comment in the brackets stays there.
  if (!isBare(document, map)) return [insertion(start + 1, text.slice(1, -1).trimEnd())];
  return [{ start, end, text, column: 0 }];
}

/** The edit that adds an item to the end of a list in flow style. */
export function addToFlowList(document: ManifestDocument, list: YAMLSeq, value: unknown, layout: Layout): TextEdit {
  const { source } = document;
  const last = list.items.at(-1);
  if (last === undefined) return insertion(extentOf(list)[0] + 1, flowText(value, layout));
  const [start, end] = extentOf(last);
  const line = lineStart(source, start);
  const space = beginsLine(source, start) ? lineEndingAt(source, line) + source.slice(line, start) : layout.space;
  const text = isObject(value) ? valueText(document, start, value, layout) : itemText(list, value);
  return insertion(end, `,${space}${text}`);
}

/** Whether nothing, not even a comment, stands between the brackets of a collection in flow style. */
export function isBare({ source }: ManifestDocument, node: YAMLMap | YAMLSeq): boolean {
  const [start, end] = extentOf(node);
  return source.slice(start + 1, end - 1).trim() === '';
}

/** The edit that puts a value in the place of a null in flow style. */
export function replaceNull(document: ManifestDocument, node: Node, value: unknown, layout: Layout): TextEdit {
  const [start, end] = extentOf(node);
  const text = valueText(document, start, value, layout);
  return { start, end, text: start === end ? ` ${text}` : text, column: 0 };
}

/** Puts the entry on lines of its own where the others have theirs, so that no other line changes. */
function addEntry(document: ManifestDocument, map: YAMLMap, entry: Entry, layout: Layout): TextEdit {
  const { source } = document;
  const index = indexFor(map, entry[0], layout);
  const [start] = extentOf(map.items[Math.min(index, map.items.length - 1)]?.key);
  if (beginsLine(source, start)) {
    const line = lineStart(source, start);
    const text = entryText(document, start, entry, layout);
    return insertion(line, `${source.slice(line, start)}${text},${lineEndingAt(source, line)}`);
  }
  const text = flowEntry(entry, layout);
  if (index < map.items.length) return insertion(start, `${text},${layout.space}`);
  const last = map.items.at(-1);
  return insertion(extentOf(last?.value ?? last?.key)[1], `,${layout.space}${text}`);
}

function entryText(document: ManifestDocument, at: number, [key, value]: Entry, layout: Layout): string {
  if (layout.unit === undefined) return flowEntry([key, value], layout);
  return `${JSON.stringify(key)}:${layout.space}${valueText(document, at, value, layout)}`;
}

/** A value that continues the line of the offset, in more lines where that is the file's style. */
function valueText({ source }: ManifestDocument, at: number, value: unknown, layout: Layout): string {
  if (layout.unit === undefined) return flowText(value, layout);
  const indent = /^[ \t]*/.exec(source.slice(lineStart(source, at), at))?.[0] ?? '';
  return JSON.stringify(value, null, layout.unit).replaceAll('\n', `${lineEndingAt(source, at)}${indent}`);
}

/** From where to where a node is written. */
function extentOf(node: unknown): readonly [number, number] {
  const [start = 0, end = 0] = (node as Node | null | undefined)?.range ?? [];
  return [start, end];
}
