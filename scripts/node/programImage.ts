import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Image, type ImageConfig, withFolders } from './image.ts';
import type { TarEntry } from './tar.ts';

/**
 * pod-hardener's image as the Dockerfile describes it, without Docker: the bundle of a folder beside the Node that runs
 * this, with the libraries that Node is linked to. Nothing else is in it: no shell, no package manager.
 */
export async function programImage(name: string, bundle: string): Promise<Image> {
  const libraries = await sharedLibraries(process.execPath);
  const files = withFolders([
    { name: 'nodejs/bin/node', content: await readFile(process.execPath) },
    ...(await Promise.all(libraries.map((path) => copyOf(path, path.slice(1))))),
    ...(await bundleFiles(bundle)),
    await copyOf('LICENSE', 'LICENSE', 0o644),
  ]);
  return { name, config: await dockerfileConfig(), files };
}

async function copyOf(path: string, name: string, mode?: number): Promise<TarEntry> {
  return { name, content: await readFile(path), ...(mode !== undefined && { mode }) };
}

async function bundleFiles(folder: string): Promise<readonly TarEntry[]> {
  const names = await readdir(folder);
  return Promise.all(names.sort().map((name) => copyOf(join(folder, name), `app/${name}`, 0o644)));
}

/** The paths that the dynamic linker opens for a program, itself included. */
async function sharedLibraries(program: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('ldd', [program]);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].flatMap(([, path]) => path ?? []);
}

/** What the last stage of the Dockerfile says about running the image. The entry point is that of its base image. */
async function dockerfileConfig(): Promise<ImageConfig> {
  const stage = (await readFile('Dockerfile', 'utf8')).split(/^FROM /m).at(-1) ?? '';
  const valuesOf = (instruction: string) =>
    [...stage.matchAll(new RegExp(`^${instruction} (.*)$`, 'gm'))].flatMap(([, value]) => value ?? []);
  const [user, command] = [valuesOf('USER')[0], valuesOf('CMD')[0]];
  if (user === undefined || command === undefined) throw new Error('the Dockerfile names no USER or no CMD');
  return { User: user, Env: valuesOf('ENV'), Entrypoint: ['/nodejs/bin/node'], Cmd: JSON.parse(command) as string[] };
}
