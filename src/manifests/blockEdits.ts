import { isCollection, isMap, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { insertion, type TextEdit } from './edits.ts';
import { indentOf, indexFor, type Layout, startOf } from './layout.ts';
import type { Owner } from './locate.ts';
import type { ManifestDocument } from './parse.ts';
import { beginsLine, lineEndingAt, lineStart, nextLine } from './position.ts';
import { blockLines, isObject, itemLines, itemText, scalarText } from './render.ts';

/** The edit that adds a key to a mapping in block style: whole new lines. */
export function addToBlockMap(
  document: ManifestDocument,
  map: YAMLMap,
  key: string,
  value: unknown,
  layout: Layout,
): TextEdit {
  const column = indentOf(document, map);
  const at = placeInMap(document, map, indexFor(map, key, layout), column);
  return insertLines(document, at, blockLines(key, value, column, layout), column);
}

/** The edit that adds an item to the end of a list in block style. */
export function addToBlockList(document: ManifestDocument, list: YAMLSeq, value: unknown, layout: Layout): TextEdit {
  const column = indentOf(document, list);
  const at = afterContent(document, contentEnd(list), column);
  const lines = isObject(value)
    ? itemLines(value, column, layout)
    : [`${' '.repeat(column)}- ${itemText(list, value)}`];
  // A list that is not indented stands in the column of its key, and of the key that may come after it.
  return insertLines(document, at, lines, column + 1);
}

/** The edits that put a value behind a key of a mapping in block style, in the place of a null or an empty `{}`. */
export function fillNull(document: ManifestDocument, { map, pair }: Owner, value: unknown, layout: Layout): TextEdit[] {
  const [start, end] = rangeOf(pair.value);
  if (!isObject(value)) return [{ start, end, text: spaced(start, end, value), column: 0 }];
  const column = indentOf(document, map);
  const [, ...lines] = blockLines('', value, column, layout);
  return [...remove(document, start, end), insertLines(document, nextLine(document.source, end), lines, column + 1)];
}

function spaced(start: number, end: number, value: unknown): string {
  return `${start === end ? ' ' : ''}${scalarText(value)}`;
}

/** Takes a value away from behind its key, with the space before it. */
function remove({ source }: ManifestDocument, start: number, end: number): TextEdit[] {
  if (start === end) return [];
  const space = source.slice(lineStart(source, start), start).match(/\s*$/)?.[0].length ?? 0;
  return [{ start: start - space, end, text: '', column: 0 }];
}

/** Where the lines of a new key go that is put before the key of that index. */
function placeInMap(document: ManifestDocument, map: YAMLMap, index: number, column: number): number {
  const { source } = document;
  const [firstPair] = map.items;
  const first = firstPair ? startOf(source, firstPair) : 0;
  if (index === 0 && beginsLine(source, first)) return aboveComments(source, lineStart(source, first));
  const before = Math.max(index, 1) - 1;
  const last = before === map.items.length - 1;
  return afterContent(document, pairEnd(map.items[before]), last ? column : column + 1);
}

/** The start of the line after what ends at the offset and after the comments below that are as far in as it is. */
function afterContent({ source, end }: ManifestDocument, offset: number, column: number): number {
  let at = source[offset - 1] === '\n' ? offset : nextLine(source, offset);
  while (at < end && isCommentAt(source, at, column)) at = nextLine(source, at);
  return at;
}

function isCommentAt(source: string, at: number, column: number): boolean {
  const [, indent, mark] = /^([ \t]*)(#?)/.exec(source.slice(at, nextLine(source, at))) ?? [];
  return mark === '#' && indent !== undefined && indent.length >= column;
}

/** The comments above the first key of a mapping are about that key. */
function aboveComments(source: string, line: number): number {
  let at = line;
  while (at > 0) {
    const before = lineStart(source, at - 1);
    if (!/^(#.*)?$/.test(source.slice(before, at).trim())) break;
    at = before;
  }
  return at;
}

function insertLines({ source }: ManifestDocument, at: number, lines: readonly string[], column: number): TextEdit {
  const ending = lineEndingAt(source, at);
  const begins = at === 0 || source[at - 1] === '\n';
  const text = lines.map((line) => (begins ? line + ending : ending + line)).join('');
  return insertion(at, text, column);
}

/** Where the last character of a node's own text ends: comments below it are none of it. */
function contentEnd(node: unknown): number {
  if (isCollection(node) && !node.flow && node.items.length > 0) {
    const last = node.items.at(-1);
    return isMap(node) ? pairEnd(last as Pair) : contentEnd(last);
  }
  return rangeOf(node)[1];
}

function pairEnd(pair: Pair | undefined): number {
  return pair?.value ? contentEnd(pair.value) : rangeOf(pair?.key)[1];
}

function rangeOf(node: unknown): readonly [number, number] {
  const range = (node as Node | null | undefined)?.range;
  if (!range) throw new TypeError('a node has no place in the text');
  return [range[0], range[1]];
}
