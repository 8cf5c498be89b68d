import {
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
} from 'js-yaml';
import { isScalar, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { maxDepth } from './depth.ts';
import { readPlain } from './scalars.ts';

/** A document that every YAML parser reads alike, with the nodes and offsets that the parser of `yaml` gives. */
export interface OrdinaryDocument {
  readonly start: number;
  readonly end: number;
  readonly contents: Node | null;
}

/**
 * The documents of a text without errors that uses nothing unusual: no anchors, tags, directives, tabs or strings of
 * several lines. They are read several times as fast as any other text, for which the result is undefined.
 */
export function ordinaryDocuments(source: string): readonly OrdinaryDocument[] | undefined {
  if (unusual.test(source)) return undefined;
  const markers = Array.from(source.matchAll(marker), ({ index }) => index);
  const starts = [0, ...markers.filter((index) => index > 0)];
  try {
    const documents = starts.map((start, index) => documentAt(source, start, starts[index + 1] ?? source.length));
    if (documents.every(({ contents }) => !contents)) return undefined;
    const [first, second, ...others] = documents;
    // Comments above the first marker belong to the document below it.
    return first && second && !first.contents && markers[0] !== 0 ? [{ ...second, start: 0 }, ...others] : documents;
  } catch {
    // The other parser can read it, or say why not.
    return undefined;
  }
}

const unusual =
  /\t|^%|^\.\.\.|^ +---|^---[ ]*[^\s#]|^---#|[,[\]{}]#| (?![\s\S])|[^\P{Cc}\n\r]|[\u2028\u2029\uFEFF\uFFFE\uFFFF]|\r(?!\n)/mu;
const marker = /^---(?=\s|$)/gm;

class UnusualError extends Error {}

/** One document as it is read, from its events. */
interface Reading {
  readonly text: string;
  /** Where the text begins in its file. */
  readonly offset: number;
  readonly events: readonly Event[];
  /** The index of the event that comes next. */
  next: number;
  /** Where what was read last ends in the text. */
  cursor: number;
}

function documentAt(source: string, start: number, end: number): OrdinaryDocument {
  const text = source.slice(start, end);
  const events = parseEvents(text, { maxDepth });
  // The first event is the document's own, the last one its end.
  const reading: Reading = { text, offset: start, events, next: 1, cursor: 0 };
  return { start, end, contents: readContents(reading) };
}

function readContents(reading: Reading): Node | null {
  const [, first] = reading.events;
  if (first?.type !== EVENT_ID.SCALAR) return first ? readNode(reading) : null;
  // The only ordinary text without a mapping or list is none: a marker, and maybe comments.
  if (first.valueStart !== -1 || first.tagStart !== -1 || first.anchorStart !== -1) throw new UnusualError();
  const at = endOf(bare, reading);
  return scalarOf(reading, null, 'PLAIN', at, at, '');
}

const bare = /--- */y;

function readNode(reading: Reading): Node {
  const event = reading.events[reading.next++];
  if (!event || !('tagStart' in event) || event.tagStart !== -1 || event.anchorStart !== -1) throw new UnusualError();
  if (event.type === EVENT_ID.SCALAR) return readScalar(reading, event);
  if (event.style === COLLECTION_STYLE.FLOW) reading.cursor = event.start + 1;
  const node = event.type === EVENT_ID.MAPPING ? readMap(reading, event) : readList(reading);
  reading.next++;
  if (event.style === COLLECTION_STYLE.FLOW) {
    node.flow = true;
    reading.cursor = endOf(closing, reading);
    endOf(after, reading);
  }
  return placed(node, reading, event.start, reading.cursor);
}

/** What may stand between the last member of a flow collection and its end. */
const closing = /(?:[\s,]|(?<=\s)#[^\n]*)*[\]}]/y;

/** What may stand behind the end of a string in quotes or of a flow collection, which not every parser asks for. */
const after = / *(?:$|[\n\r:,\]}]|(?<= )#)/y;

function readMap(reading: Reading, { start, style }: MappingEvent): YAMLMap {
  // In a flow list a mapping of one pair needs no braces.
  if (style === COLLECTION_STYLE.FLOW && reading.text[start] !== '{') throw new UnusualError();
  const map = new YAMLMap<Node, Node>();
  const names = new Set<string>();
  while (!isAtEnd(reading)) {
    const key = readNode(reading);
    const name = isScalar(key) && key.value !== null ? String(key.value) : '<<';
    if (name === '<<' || names.has(name) || name.length > longestKey) throw new UnusualError();
    names.add(name);
    map.items.push(new Pair(key, readNode(reading)));
  }
  return map;
}

/** YAML allows some more, as they are written. */
const longestKey = 500;

function readList(reading: Reading): YAMLSeq {
  const list = new YAMLSeq<Node>();
  while (!isAtEnd(reading)) {
    const item = readNode(reading);
    if (isScalar(item) && item.source === '' && item.type === 'PLAIN') throw new UnusualError();
    list.items.push(item);
  }
  return list;
}

function isAtEnd({ events, next }: Reading): boolean {
  return events[next]?.type === EVENT_ID.POP;
}

function readScalar(reading: Reading, event: ScalarEvent): Scalar {
  const { valueStart, valueEnd, style } = event;
  if (valueStart === -1) {
    const at = endOf(colon, reading);
    return scalarOf(reading, null, 'PLAIN', at, at, '');
  }
  if (style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK) return readBlock(reading, event);
  const written = reading.text.slice(valueStart, valueEnd);
  if (written.includes('\n')) throw new UnusualError();
  if (style === SCALAR_STYLE.PLAIN) {
    const value = readPlain(written);
    if (typeof value === 'number' && !Number.isFinite(value)) throw new UnusualError();
    return scalarOf(reading, value, 'PLAIN', valueStart, valueEnd, written);
  }
  const type = style === SCALAR_STYLE.SINGLE_QUOTED ? 'QUOTE_SINGLE' : 'QUOTE_DOUBLE';
  const node = scalarOf(reading, getScalarValue(reading.text, event), type, valueStart - 1, valueEnd + 1);
  endOf(after, reading);
  return node;
}

/** Behind the colon of its key stands a value that is not there. */
const colon = / *: */y;

function readBlock(reading: Reading, event: ScalarEvent): Scalar {
  const { text } = reading;
  const { valueStart, valueEnd, style } = event;
  const lineStart = text.lastIndexOf('\n', valueStart - 2) + 1;
  const header = /[|>]-? *(?:(?<=\s)#.*)?\r?\n$/.exec(text.slice(lineStart, valueStart));
  // Empty lines at its end are none of it.
  const written = /^[\s\S]*\S[^\n]*\n?/.exec(text.slice(valueStart, valueEnd));
  if (!header || !written) throw new UnusualError();
  const type = style === SCALAR_STYLE.LITERAL_BLOCK ? 'BLOCK_LITERAL' : 'BLOCK_FOLDED';
  const end = valueStart + written[0].length;
  return scalarOf(reading, getScalarValue(text, event), type, lineStart + header.index, end);
}

function scalarOf(
  reading: Reading,
  value: null | boolean | number | string,
  type: Scalar.Type,
  start: number,
  end: number,
  source = String(value),
): Scalar {
  const node = new Scalar(value);
  node.source = source;
  node.type = type;
  reading.cursor = end;
  return placed(node, reading, start, end);
}

function placed<T extends Node>(node: T, { offset }: Reading, start: number, end: number): T {
  node.range = [offset + start, offset + end, offset + end];
  return node;
}

/** Where the end of a sticky pattern is that begins at the cursor. */
function endOf(pattern: RegExp, { text, cursor }: Reading): number {
  pattern.lastIndex = cursor;
  if (!pattern.test(text)) throw new UnusualError();
  return pattern.lastIndex;
}
