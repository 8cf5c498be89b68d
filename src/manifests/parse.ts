import { Document, type ParsedNode, parseAllDocuments, type YAMLParseError } from 'yaml';
import { isTooDeep } from './depth.ts';
import { dialect } from './dialect.ts';
import { ManifestError, manifestError } from './errors.ts';
import { helmAdvice, helmBracesIn } from './helm.ts';
import { jsonParts } from './json.ts';
import { type OrdinaryDocument, ordinaryDocuments } from './ordinary.ts';
import type { Position } from './position.ts';
import { createPositions } from './positions.ts';
import { refuseUnlike } from './unlike.ts';
import { jsonValueOf } from './value.ts';
import { complaintOf } from './yamlErrors.ts';

export type YamlDocument = Document.Parsed<ParsedNode>;

/** One document of a file, and the part of `source` that it is: from the end of the document before it. */
export interface ManifestDocument {
  readonly source: string;
  /** Where `source` begins in its file. */
  readonly offset: number;
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
  return jsonDocuments(source, file) ?? yamlDocuments(source, file);
}

function yamlDocuments(source: string, file: string): readonly ManifestDocument[] {
  const parts = ordinaryParts(source) ?? yamlParts(source);
  const errors = createErrors(source, file);
  return parts.map(({ start, end, nodes }, index): ManifestDocument => {
    const errorAt = errors(0, parts.length > 1 ? index : undefined);
    const read = attempt(() => {
      refuseUnlike({ source, start, end, nodes, errorAt });
      const [first] = nodes.errors;
      if (first) throw errorOf(first, nodes, source, errorAt);
      return readValue(nodes, errorAt);
    });
    const helm = read.error && helmBracesIn(source.slice(start, end));
    const error = helm !== undefined && { error: errorAt(start + helm, helmAdvice) };
    return { source, offset: 0, start, end, nodes, errorAt, format: 'yaml', ...read, ...error };
  });
}

/** A document of YAML: the part of the source that it is, and its nodes. */
interface YamlPart {
  readonly start: number;
  readonly end: number;
  readonly nodes: YamlDocument;
}

function ordinaryParts(source: string): readonly YamlPart[] | undefined {
  return ordinaryDocuments(source)?.map((part) => ({ ...part, nodes: nodesOf(part) }));
}

/** The nodes as the other parser gives them. */
function nodesOf({ contents, end }: OrdinaryDocument): YamlDocument {
  const range = [contents?.range?.[0] ?? end, end, end] as const;
  return Object.assign(new Document(null, dialect), { contents, range }) as YamlDocument;
}

function yamlParts(source: string): readonly YamlPart[] {
  const parsed = parseAllDocuments(source, dialect);
  let end = 0;
  return parsed.map((nodes, index) => {
    const start = end;
    end = index === parsed.length - 1 ? source.length : wholeLine(source, nodes.range[2]);
    return { start, end, nodes };
  });
}

/** The values of a file of JSON, each with a source of its own: YAML has no such stream. Undefined for any other file. */
function jsonDocuments(source: string, file: string): readonly ManifestDocument[] | undefined {
  const parts = jsonParts(source);
  const errors = createErrors(source, file);
  return parts?.map(({ start, end, value }, index): ManifestDocument => {
    const text = source.slice(start, end);
    const errorAt = errors(start, parts.length > 1 ? index : undefined);
    const [part] = ordinaryParts(text) ?? yamlParts(text);
    if (!part) throw errorAt(0, 'there is nothing here');
    const { nodes } = part;
    // Not every reader of JSON would notice a key that is there twice.
    const { error } = attempt(() => readValue(nodes, errorAt));
    const read = error ? { value: undefined, error } : { value };
    return { source: text, offset: start, start: 0, end: text.length, nodes, errorAt, format: 'json', ...read };
  });
}

/** Makes the errors of a file, be they many, for its parts by where they start and by their number. */
function createErrors(source: string, file: string) {
  let positions: ((offset: number) => Position) | undefined;
  return (start: number, document?: number): ManifestDocument['errorAt'] =>
    (offset, problem) => {
      positions ??= createPositions(source);
      return manifestError(file, problem, positions(start + offset), document);
    };
}

/** A comment at the end of a document is part of it, but its line's end is not. */
function wholeLine(source: string, end: number): number {
  const rest = /\r?\n/y;
  rest.lastIndex = end;
  return source[end - 1] !== '\n' && rest.test(source) ? rest.lastIndex : end;
}

function readValue(nodes: YamlDocument, errorAt: ManifestDocument['errorAt']): unknown {
  return jsonValueOf(nodes, (offset, problem) => {
    throw errorAt(offset, problem);
  });
}

function attempt(read: () => unknown): Pick<ManifestDocument, 'value' | 'error'> {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof ManifestError) return { value: undefined, error };
    throw error;
  }
}

/** The document's own text. */
export function textOf({ source, start, end }: ManifestDocument): string {
  return source.slice(start, end);
}

function errorOf(
  error: YAMLParseError,
  nodes: YamlDocument,
  source: string,
  errorAt: ManifestDocument['errorAt'],
): ManifestError {
  const { offset, problem } = complaintOf(error, nodes, source);
  return errorAt(offset, problem);
}
