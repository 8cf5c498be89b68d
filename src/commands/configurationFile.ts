import type { Configuration } from '../admission/configuration.ts';
import { decodeConfiguration } from '../admission/decodeConfiguration.ts';
import { ManifestError, manifestError } from '../manifests/errors.ts';
import { offsetOf } from '../manifests/locate.ts';
import { type ManifestDocument, parseManifests } from '../manifests/parse.ts';
import { createPositions } from '../manifests/positions.ts';
import { type Path, toDotted } from '../policy/path.ts';
import { oneLine } from '../policy/text.ts';
import { readSource } from './sources.ts';

/** Says everything that keeps a configuration file from being used: a sentence each, with file, line and column. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly ManifestError[];
  readonly sentences: readonly string[];

  constructor(problems: readonly ManifestError[]) {
    const sentences = problems.map(toSentence);
    super(sentences.join('; '));
    this.problems = problems;
    this.sentences = sentences;
  }
}

/** The configuration that a file describes. Throws a ConfigurationError when any of it cannot be understood. */
export function readConfiguration(text: string, file: string): Configuration {
  const documents = parsed(text, file).filter(({ value, error }) => error || value !== undefined);
  const [document, second] = documents.filter(({ value, error }) => error || value !== null);
  const errors = documents.flatMap(({ error }) => error ?? []);
  if (errors.length > 0) throw new ConfigurationError(errors);
  if (!document) {
    const empty = 'this file is empty; it has to say apiVersion and kind';
    throw new ConfigurationError([manifestError(file, empty, { line: 1, column: 1 })]);
  }
  if (second) throw new ConfigurationError([errorAt(second, file, [], 'there is a second document here')]);
  const decoded = decodeConfiguration(document.value);
  if (!('faults' in decoded)) return decoded;
  const faults = decoded.faults.map((fault) => ({ ...fault, offset: offsetOf(document, fault.path) }));
  const sorted = faults.toSorted((a, b) => a.offset - b.offset);
  throw new ConfigurationError(sorted.map(({ path, problem }) => errorAt(document, file, path, problem)));
}

/** A configuration, and the text of the file that it was read from. */
export interface LoadedConfiguration {
  readonly configuration: Configuration;
  readonly text: string;
  /** The configuration of another text of that file. Throws a ConfigurationError. */
  readonly again: (text: string) => Configuration;
}

/** The configuration in a file. Rejects with a ConfigurationError when it cannot be read, or any of it not be understood. */
export async function loadConfiguration(file: string): Promise<LoadedConfiguration> {
  try {
    const { text } = await readSource(file, () => Promise.resolve(new Uint8Array()));
    const again = (changed: string) => readConfiguration(changed, file);
    return { text, configuration: again(text), again };
  } catch (error) {
    if (error instanceof ManifestError) throw new ConfigurationError([error]);
    throw error;
  }
}

function parsed(text: string, file: string): readonly ManifestDocument[] {
  try {
    return parseManifests(text, file);
  } catch (error) {
    if (error instanceof ManifestError) throw new ConfigurationError([error]);
    throw error;
  }
}

/** The error in the words of compilers, which editors find the place by. */
function toSentence({ file, at, text, message }: ManifestError): string {
  return file === undefined || !at ? message : `${file}:${at.line}:${at.column}: ${text}`;
}

function errorAt(document: ManifestDocument, file: string, path: Path, problem: string): ManifestError {
  const dotted = oneLine(toDotted(path));
  const at = createPositions(document.source)(offsetOf(document, path));
  return manifestError(file, dotted === '' ? problem : `${dotted}: ${problem}`, at);
}
