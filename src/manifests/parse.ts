import { type Document, type ParsedNode, parseAllDocuments } from 'yaml';
import { isTooDeep } from './depth.ts';
import { dialect, maxAliasCount } from './dialect.ts';
import { type ManifestError, manifestError } from './errors.ts';
import { positionAt } from './position.ts';

export type YamlDocument = Document.Parsed<ParsedNode>;

/** One document of a file, and the part of the file that it is: from the end of the document before it. */
export interface ManifestDocument {
  readonly source: string;
  readonly start: number;
  readonly end: number;
  readonly format: 'yaml' | 'json';
  /** What the document says; undefined when it is empty or cannot be read. */
  readonly value: unknown;
  /** The document's nodes, with offsets in `source`. */
  readonly nodes: YamlDocument;
  /** Why the document cannot be read. */
  readonly error?: ManifestError;
  /** The error of the part of this document that begins at an offset. */
  readonly errorAt: (offset: number, problem: string) => ManifestError;
}

/**
 * The documents of a file, whose parts put together are the file. A document that cannot be read has an error that
 * says why; the others are read all the same. Throws a ManifestError for a file that is nested far too deeply.
 */
export function parseManifests(source: string, file: string): readonly ManifestDocument[] {
  if (isTooDeep(source)) throw manifestError(file, 'this is nested too deeply to be read', { line: 1, column: 1 });
  const parsed = parseAllDocuments(source, dialect);
  const json = parseJson(source);
  let end = 0;
  return parsed.map((nodes, index): ManifestDocument => {
    const start = end;
    end = index === parsed.length - 1 ? source.length : wholeLine(source, nodes.range[2]);
    const number = parsed.length > 1 ? index : undefined;
    const errorAt = (offset: number, problem: string) =>
      manifestError(file, problem, positionAt(source, offset), number);
    const part = { source, start, end, nodes, errorAt };
    if (json !== undefined) return { ...part, format: 'json', value: json };
    return { ...part, format: 'yaml', ...readValue(nodes, errorAt) };
  });
}

/** A comment at the end of a document is part of it, but its line's end is not. */
function wholeLine(source: string, end: number): number {
  const rest = /\r?\n/y;
  rest.lastIndex = end;
  return source[end - 1] !== '\n' && rest.test(source) ? rest.lastIndex : end;
}

function readValue(nodes: YamlDocument, errorAt: ManifestDocument['errorAt']) {
  const [first] = nodes.errors;
  if (first) return { value: undefined, error: errorAt(first.pos[0], firstLine(first.message)) };
  try {
    return { value: nodes.toJS({ maxAliasCount }) as unknown };
  } catch (error) {
    const start = nodes.contents?.range[0] ?? nodes.range[0];
    return { value: undefined, error: errorAt(start, firstLine((error as Error).message)) };
  }
}

/** The document's own text. */
export function textOf({ source, start, end }: ManifestDocument): string {
  return source.slice(start, end);
}

/** The value of a file that is JSON; undefined for any other. */
function parseJson(source: string): unknown {
  const text = withoutMark(source);
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The text without the byte order mark that some editors begin a file with. */
export function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}
