import type { Configuration } from '../admission/configuration.ts';
import { decodeConfiguration } from '../admission/decodeConfiguration.ts';
import { ManifestError } from '../manifests/errors.ts';
import { offsetOf } from '../manifests/locate.ts';
import { type ManifestDocument, parseManifests } from '../manifests/parse.ts';
import { createPositions } from '../manifests/positions.ts';
import { problemOf } from '../output/problems.ts';
import { toDotted } from '../policy/path.ts';
import { oneLine } from '../policy/text.ts';
import { readSource } from './sources.ts';

/** Says everything that keeps a configuration file from being used: a sentence each, with file, line and column. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly sentences: readonly string[];

  constructor(sentences: readonly string[]) {
    super(sentences.join('; '));
    this.sentences = sentences;
  }
}

/** The configuration that a file describes. Throws a ConfigurationError when any of it cannot be understood. */
export function readConfiguration(text: string, file: string): Configuration {
  const documents = parsed(text, file).filter(({ value, error }) => error || value !== undefined);
  const [document, second] = documents.filter(({ value, error }) => error || value !== null);
  const errors = documents.flatMap(({ error }) => (error ? [toSentence(error)] : []));
  if (errors.length > 0) throw new ConfigurationError(errors);
  if (!document) throw new ConfigurationError([`${file}:1:1: this file is empty; it has to say apiVersion and kind`]);
  if (second) throw new ConfigurationError([sentenceAt(second, file, [], 'there is a second document here')]);
  const decoded = decodeConfiguration(document.value);
  if (!('faults' in decoded)) return decoded;
  const faults = decoded.faults.map((fault) => ({ ...fault, offset: offsetOf(document, fault.path) }));
  const sorted = faults.toSorted((a, b) => a.offset - b.offset);
  throw new ConfigurationError(sorted.map(({ path, problem }) => sentenceAt(document, file, path, problem)));
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
    if (error instanceof ManifestError) throw new ConfigurationError([toSentence(error)]);
    throw error;
  }
}

function parsed(text: string, file: string): readonly ManifestDocument[] {
  try {
    return parseManifests(text, file);
  } catch (error) {
    if (error instanceof ManifestError) throw new ConfigurationError([toSentence(error)]);
    throw error;
  }
}

/** The error in the words of compilers, which editors find the place by. */
function toSentence({ message }: ManifestError): string {
  const { file, at, text } = problemOf(message);
  return file === undefined || !at ? message : `${file}:${at.line}:${at.column}: ${text}`;
}

function sentenceAt(document: ManifestDocument, file: string, path: readonly (string | number)[], problem: string) {
  const { line, column } = createPositions(document.source)(offsetOf(document, path));
  const dotted = oneLine(toDotted(path));
  return `${file}:${line}:${column}: ${dotted === '' ? problem : `${dotted}: ${problem}`}`;
}
