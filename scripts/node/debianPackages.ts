import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, findProgram } from '../goPrograms.ts';

const run = promisify(execFile);

export interface Unpacked {
  /** The folders that hold programs, as a PATH. */
  readonly path: string;
  /** Folders that hold shared libraries. */
  readonly libraries: readonly string[];
}

/**
 * Unpacks Debian packages, and those that they need and that are not installed, into the user's cache. The machine
 * itself stays as it is. Throws one sentence where there is no apt-get.
 */
export async function unpackPackages(
  packages: readonly string[],
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<Unpacked> {
  const folder = join(cacheFolder(env), 'debian', packages.join('-'));
  if (!existsSync(folder)) await fill(folder, packages, env, say);
  const folders = ['usr/bin', 'usr/sbin', 'bin', 'sbin'].map((name) => join(folder, name));
  return { path: folders.join(delimiter), libraries: await libraryFolders(folder) };
}

async function fill(
  folder: string,
  packages: readonly string[],
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<void> {
  if ((await findProgram('apt-get', env.PATH)) === undefined) {
    throw new Error(`install ${packages.join(', ')}: there is no apt-get that could fetch them`);
  }
  say(`fetches the Debian packages ${packages.join(', ')} into ${folder}, without installing them, once`);
  await mkdir(join(folder, '..'), { recursive: true });
  const unfinished = await mkdtemp(`${folder}.unpacking-`);
  try {
    const archives = join(unfinished, 'archives');
    await mkdir(join(archives, 'partial'), { recursive: true });
    await download(archives, packages);
    const root = join(unfinished, 'root');
    for (const archive of (await readdir(archives)).filter((name) => name.endsWith('.deb'))) {
      await run('dpkg-deb', ['-x', join(archives, archive), root]);
    }
    // Another run may have been faster, with the same packages.
    await rename(root, folder).catch((error: Error) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** apt-get knows best which packages are missing; it is only kept from installing them. */
async function download(archives: string, packages: readonly string[]): Promise<void> {
  const options = ['install', '--download-only', '--no-install-recommends', '--yes', '-qq'];
  const fetch = () => run('apt-get', [...options, '-o', `Dir::Cache::archives=${archives}`, ...packages]);
  // Lists of packages may be missing, or too old to be true.
  await fetch().catch(async () => {
    await run('apt-get', ['update', '-qq']);
    await fetch();
  });
}

async function libraryFolders(folder: string): Promise<readonly string[]> {
  const above = ['usr/lib', 'lib'].map((name) => join(folder, name)).filter(existsSync);
  const names = await Promise.all(above.map(async (lib) => (await readdir(lib)).map((name) => join(lib, name))));
  return names.flat().filter((name) => name.endsWith('-linux-gnu'));
}
