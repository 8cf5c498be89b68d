import { readFile } from 'node:fs/promises';
import type { NamespaceRecord } from '../admission/namespacePolicy.ts';
import { ManifestError } from '../manifests/errors.ts';
import { readNamespaces } from '../manifests/namespaces.ts';
import { readSources, type Source } from '../manifests/sources.ts';
import type { Console } from './console.ts';
import type { InputOptions } from './input.ts';
import { type PlannedFile, planFiles } from './plan.ts';

/** Everything that was read, planned, and whether all of it could be. */
export interface Input {
  readonly files: readonly PlannedFile[];
  readonly complete: boolean;
}

/**
 * Reads the input and plans what is to become of it, and says what is worth knowing of both. Without the file of
 * namespaces there is no policy to go by, so nothing is planned when that cannot be read.
 */
export async function readInput(options: InputOptions, { say, readStdin }: Console): Promise<Input> {
  const records = await readRecords(options.namespaces);
  if (records instanceof ManifestError) {
    say(`error: ${records.message}`);
    return { files: [], complete: false };
  }
  const { sources, errors } = await collect(readSources(options.targets, { ...options, readStdin }));
  const files = planFiles(sources, { ...options, records });
  const problems = [...errors, ...files.flatMap((file) => file.problems)];
  for (const note of new Set(files.flatMap((file) => file.notes))) say(`note: ${note}`);
  for (const problem of new Set(problems)) say(`error: ${problem}`);
  return { files, complete: problems.length === 0 };
}

async function readRecords(file: string | undefined): Promise<readonly NamespaceRecord[] | ManifestError> {
  if (file === undefined) return [];
  for await (const source of readSources([file], { recursive: false, readStdin: () => readFile('/dev/stdin') })) {
    if (source instanceof ManifestError) return source;
  }
  return [];
}
