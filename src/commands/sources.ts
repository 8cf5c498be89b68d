import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ManifestError } from '../manifests/errors.ts';

/** A text with manifests, and the file that it is from; none when it is from standard input. */
export interface Source {
  readonly name: string;
  readonly path?: string;
  readonly text: string;
}

/** All of standard input. */
export type ReadStdin = () => Promise<Uint8Array>;

/** The target that is no file. */
export const standardInput = '-';

/**
 * The texts that the targets (files, folders, or `-` for standard input) stand for, in their order, each once, the
 * files of a folder by name. What cannot be read is an error in the place of its text.
 */
export async function readSources(
  targets: readonly string[],
  recursive: boolean,
  readStdin: ReadStdin,
): Promise<readonly (Source | ManifestError)[]> {
  const read = new Map<string, Source | ManifestError>();
  for (const target of targets) {
    try {
      for (const path of await filesOf(target, recursive)) {
        if (!read.has(path)) read.set(path, await readSource(path, readStdin).catch(expectManifestError));
      }
    } catch (error) {
      read.set(target, expectManifestError(error));
    }
  }
  return [...read.values()];
}

/** The text of a file, or of standard input. Rejects with a ManifestError when it cannot be read. */
export async function readSource(path: string, readStdin: ReadStdin): Promise<Source> {
  if (path === standardInput) return { name: 'standard input', text: decode('standard input', await readStdin()) };
  return { name: path, path, text: decode(path, await reading(path, readFile(path))) };
}

async function filesOf(target: string, recursive: boolean): Promise<readonly string[]> {
  if (target === standardInput || !(await reading(target, stat(target))).isDirectory()) return [target];
  const files = await manifestsIn(target, recursive);
  if (files.length > 0) return files;
  const hint = recursive ? '' : '; -R looks into the folders below it, too';
  throw new ManifestError(`${target}: there is no .yaml, .yml or .json file in this folder${hint}`);
}

const skipped = new Set(['.git', 'node_modules']);

async function manifestsIn(folder: string, recursive: boolean): Promise<readonly string[]> {
  const files: string[] = [];
  const entries = await reading(folder, readdir(folder, { withFileTypes: true }));
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (recursive && !skipped.has(entry.name)) files.push(...(await manifestsIn(path, recursive)));
    } else if (/\.(ya?ml|json)$/i.test(entry.name)) files.push(path);
  }
  return files;
}

/** Keeps the byte order mark, since what goes in has to come out. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(name: string, bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new ManifestError(`${name}: this is no text in UTF-8`);
  }
}

const sentences: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this must not be read',
};

/** What is read, or a ManifestError that says why it cannot be. */
async function reading<T>(path: string, result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new ManifestError(`${path}: ${sentences[code] ?? message}`);
  }
}

function expectManifestError(error: unknown): ManifestError {
  if (error instanceof ManifestError) return error;
  throw error;
}
