import { createReadStream } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ManifestError } from '../manifests/errors.ts';

/** A text with manifests, and the file that it is from; none when it is from standard input. */
export interface Source {
  readonly name: string;
  readonly path?: string;
  readonly text: string;
}

/** Standard input, as much of it as can be too much. */
export type ReadStdin = () => Promise<Uint8Array>;

/** The target that is no file. */
export const standardInput = '-';

/** The largest text that is read, in bytes: many times what etcd takes of one object. */
export const maxBytes = 16 * 1024 * 1024;

/**
 * The texts that the targets (files, folders, or `-` for standard input) stand for, in their order, each once, the
 * files of a folder by name. What cannot be read is an error in the place of its text; what is passed over is told.
 */
export async function readSources(
  targets: readonly string[],
  recursive: boolean,
  readStdin: ReadStdin,
  tell: (note: string) => void = () => {},
): Promise<readonly (Source | ManifestError)[]> {
  const read = new Map<string, Source | ManifestError>();
  for (const target of targets) {
    for (const found of await filesOf(target, recursive, tell).catch(only)) {
      const name = found instanceof ManifestError ? found.message : found;
      if (read.has(name)) continue;
      const reading = found instanceof ManifestError ? found : readSource(found, readStdin).catch(expectManifestError);
      read.set(name, await reading);
    }
  }
  return [...read.values()];
}

/** The text of a file, or of standard input. Rejects with a ManifestError when it cannot be read. */
export async function readSource(path: string, readStdin: ReadStdin): Promise<Source> {
  if (path === '') throw nameless();
  if (path !== standardInput)
    return { name: path, path, text: decode(path, await reading(path, readBytes(createReadStream(path)))) };
  const name = 'standard input';
  return { name, text: decode(name, await reading(name, readStdin())) };
}

/** The bytes of a stream, which may never end; no more of them than make it too large. */
export async function readBytes(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) break;
  }
  return Buffer.concat(chunks);
}

function nameless(): ManifestError {
  return new ManifestError('the name of a file is empty; - is standard input');
}

type Tell = (note: string) => void;

async function filesOf(target: string, recursive: boolean, tell: Tell): Promise<readonly (string | ManifestError)[]> {
  if (target === '') throw nameless();
  if (target === standardInput || !(await reading(target, stat(target))).isDirectory()) return [target];
  let isPassedOver = false;
  const files = await manifestsIn(target, recursive, (note) => {
    isPassedOver = true;
    tell(note);
  });
  if (files.length > 0) return files;
  if (isPassedOver) throw new ManifestError('there is nothing else in this folder', { file: target });
  const hint = recursive ? '' : '; -R looks into the folders below it, too';
  throw new ManifestError(`there is no .yaml, .yml or .json file in this folder${hint}`, { file: target });
}

const skipped = new Set(['.git', 'node_modules']);

async function manifestsIn(
  folder: string,
  recursive: boolean,
  tell: Tell,
): Promise<readonly (string | ManifestError)[]> {
  if (await isOfChart(folder)) {
    tell(`${folder}: these templates of a Helm chart are passed over; pipe in what helm template makes of them`);
    return [];
  }
  const files: (string | ManifestError)[] = [];
  const entries = await reading(folder, readdir(folder, { withFileTypes: true }));
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (recursive && !skipped.has(entry.name)) files.push(...(await manifestsIn(path, recursive, tell).catch(only)));
    } else if (/\.(ya?ml|json)$/i.test(entry.name)) files.push(path);
  }
  return files;
}

/** Whether what is in the folder becomes manifests only once Helm has filled it in. */
async function isOfChart(folder: string): Promise<boolean> {
  const whole = resolve(folder);
  if (basename(whole) !== 'templates') return false;
  return access(join(dirname(whole), 'Chart.yaml')).then(
    () => true,
    () => false,
  );
}

/** Keeps the byte order mark, since what goes in has to come out. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(name: string, bytes: Uint8Array): string {
  if (bytes.length > maxBytes)
    throw new ManifestError(`this is larger than ${maxBytes / 1024 ** 2} MiB`, { file: name });
  if (bytes.includes(0) && !isUtf16(bytes)) throw new ManifestError('this is no text', { file: name });
  try {
    return utf8.decode(bytes);
  } catch {
    throw new ManifestError(`this is no text in UTF-8${isUtf16(bytes) ? ', but in UTF-16' : ''}`, { file: name });
  }
}

/** PowerShell writes such files. */
function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

const sentences: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'this must not be read',
  EPERM: 'this must not be read',
  EISDIR: 'this is a folder',
  ELOOP: 'this is a link that leads to itself',
  ENXIO: 'this is no file',
  ENAMETOOLONG: 'this name is too long for a file',
};

/** What is read, or a ManifestError that says why it cannot be. */
async function reading<T>(path: string, result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new ManifestError(sentences[code] ?? message, { file: path });
  }
}

function only(error: unknown): readonly ManifestError[] {
  return [expectManifestError(error)];
}

/** The error, if it is of the kind that says what is wrong with the input; throws any other. */
export function expectManifestError(error: unknown): ManifestError {
  if (error instanceof ManifestError) return error;
  throw error;
}
