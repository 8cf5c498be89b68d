import type { NamespaceRecord } from '../admission/namespacePolicy.ts';
import { ManifestError } from '../manifests/errors.ts';
import { readNamespaces } from '../manifests/namespaces.ts';
import type { InputOptions } from './input.ts';
import { type PlannedFile, planFiles } from './plan.ts';
import { expectManifestError, type ReadStdin, readSource, readSources, type Source } from './sources.ts';
import type { Terminal } from './terminal.ts';

export interface Input {
  readonly files: readonly PlannedFile[];
  /** Whether everything could be read and planned. */
  readonly complete: boolean;
}

/**
 * Reads the input, plans what is to become of it, and says what is worth knowing. Without the file of namespaces
 * nobody knows which policy is right, so nothing is planned when that cannot be read.
 */
export async function readInput(options: InputOptions, { say, readStdin }: Terminal): Promise<Input> {
  try {
    const records = await readRecords(options.namespaces, readStdin);
    const tell = (note: string) => say(`note: ${note}`);
    const read = [
      ...(await readSources(options.targets, options.recursive, readStdin, tell)),
      ...(await buildAll(options.kustomizations ?? [])),
    ];
    const files = planFiles(read.filter(isSource), { ...options, records });
    const problems = [...read.filter(isError).map(({ message }) => message), ...files.flatMap((file) => file.problems)];
    for (const note of new Set(files.flatMap((file) => file.notes))) say(`note: ${note}`);
    for (const problem of problems) say(`error: ${problem}`);
    return { files, complete: problems.length === 0 };
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    say(`error: ${error.message}`);
    return { files: [], complete: false };
  }
}

async function buildAll(folders: readonly string[]): Promise<readonly (Source | ManifestError)[]> {
  if (folders.length === 0) return [];
  const { buildKustomization } = await import('./kustomize.ts');
  return Promise.all(folders.map((folder) => buildKustomization(folder).catch(expectManifestError)));
}

async function readRecords(file: string | undefined, readStdin: ReadStdin): Promise<readonly NamespaceRecord[]> {
  if (file === undefined) return [];
  const { text, name } = await readSource(file, readStdin);
  return readNamespaces(text, name);
}

function isSource(read: Source | ManifestError): read is Source {
  return !isError(read);
}

function isError(read: Source | ManifestError): read is ManifestError {
  return read instanceof ManifestError;
}
