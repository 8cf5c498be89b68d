import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, cp, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Programs that are built from one pinned Go module, whose `go.mod` and `go.sum` stand in a folder beside this file. */
export interface GoModule {
  /** The folder beside this file, and the one in the cache. */
  readonly name: string;
  /** The Go packages of the programs. */
  readonly packages: Readonly<Record<string, string>>;
  /** The required module whose version is that of the programs. */
  readonly versionOf: string;
  /** Parts that are built in or left out. */
  readonly tags?: readonly string[];
  /** What the linker is told, besides leaving out what only debuggers read. */
  linkerFlags(version: string): readonly string[];
  /** What else can be done by those who have no Go. */
  readonly instead: string;
}

/**
 * The path of the program in the user's cache, where `go build` puts it the first time. Calls `say` with what takes
 * time. Throws one clear sentence when that cannot be done.
 */
export async function goProgram(
  module: GoModule,
  program: string,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<string> {
  const path = join(await folderInCache(module, env), program);
  if (!(await isExecutable(path))) await build(module, program, await goModuleVersion(module), path, env, say);
  return path;
}

async function folderInCache(module: GoModule, env: NodeJS.ProcessEnv): Promise<string> {
  return join(cacheFolder(env), module.name, `${await goModuleVersion(module)}-${await sourceHash(module)}`);
}

/**
 * The path of a file or folder in the sources that the programs are built from, of which the user's cache gets a copy.
 * Throws one clear sentence where it cannot be had.
 */
export async function goSource(module: GoModule, path: string, env: NodeJS.ProcessEnv): Promise<string> {
  const copy = join(await folderInCache(module, env), 'sources', path);
  if (await stat(copy).catch(() => undefined)) return copy;
  const sources = await downloadSources(module, env);
  await mkdir(dirname(copy), { recursive: true });
  const unfinished = await mkdtemp(`${copy}.copying-`);
  await cp(join(sources, path), join(unfinished, 'copy'), { recursive: true });
  await rename(join(unfinished, 'copy'), copy);
  await rm(unfinished, { recursive: true });
  return copy;
}

async function downloadSources(module: GoModule, env: NodeJS.ProcessEnv): Promise<string> {
  const go = await findGo(module, `the sources of ${module.name}`, env);
  const options = { cwd: folderOf(module.name), env: { ...env, GOWORK: 'off' } };
  const download = promisify(execFile)(go, ['mod', 'download', '-json', module.versionOf], options);
  // What went wrong stands in the same JSON.
  const { stdout } = await download.catch((error: { readonly stdout: string }) => error);
  const { Dir, Error: reason } = JSON.parse(stdout || '{}') as { readonly Dir?: string; readonly Error?: string };
  if (Dir === undefined)
    throw new Error(`go mod download ${module.versionOf} failed: ${reason ?? 'no reason was given'}`);
  return Dir;
}

/** The version of the programs, without its `v`. */
export async function goModuleVersion({ name, versionOf }: GoModule): Promise<string> {
  const lines = (await readFile(join(folderOf(name), 'go.mod'), 'utf8')).split('\n');
  const version = lines.map((line) => line.trim().split(' ')).find(([path]) => path === versionOf)?.[1];
  if (version === undefined) throw new Error(`scripts/${name}/go.mod does not name a version of ${versionOf}`);
  return version.replace(/^v/, '');
}

/** Whether there is a file that may be run. */
export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The path of the first program of that name in the folders of a PATH. */
export async function findProgram(name: string, path = ''): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found?.isFile()) return join(folder, name);
  }
  return undefined;
}

function folderOf(name: string): string {
  return fileURLToPath(new URL(`${name}/`, import.meta.url));
}

/** Where the project keeps what is made once for a user. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'pod-hardener');
}

/** A home folder may be shared by machines of several kinds, so the platform counts as a part of the source. */
async function sourceHash({ name }: GoModule): Promise<string> {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  for (const file of ['go.mod', 'go.sum']) hash.update(await readFile(join(folderOf(name), file)));
  return hash.digest('hex').slice(0, 12);
}

/** Built beside its final place and renamed into it: two builds at once cost time, and nothing else. */
async function build(
  module: GoModule,
  program: string,
  version: string,
  path: string,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<void> {
  const go = await findGo(module, program, env);
  await mkdir(dirname(path), { recursive: true });
  const unfinished = await mkdtemp(`${path}.building-`);
  const started = Date.now();
  const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
  say(`builds ${path}: a few minutes, once`);
  try {
    await goBuild(go, module, program, join(unfinished, program), version, env, (compiled, downloaded) =>
      say(`… ${program}: ${downloaded} modules downloaded, ${compiled} packages compiled, ${elapsed()}`),
    );
    await rename(join(unfinished, program), path);
    say(`built ${program} in ${elapsed()}`);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function findGo(module: GoModule, program: string, env: NodeJS.ProcessEnv): Promise<string> {
  const go = await findProgram('go', env.PATH);
  if (go !== undefined) return go;
  throw new Error(
    `Go is missing. It builds ${program} once: install Go 1.26 or newer (https://go.dev/dl), or ${module.instead}`,
  );
}

/** `go build -v` names every module it downloads and every package it compiles; a count of them is our progress. */
async function goBuild(
  go: string,
  module: GoModule,
  program: string,
  output: string,
  version: string,
  env: NodeJS.ProcessEnv,
  progress: (compiled: number, downloaded: number) => void,
): Promise<void> {
  const target = module.packages[program];
  if (target === undefined) throw new Error(`scripts/${module.name} builds no ${program}`);
  const linkerFlags = ['-s -w', ...module.linkerFlags(version)].join(' ');
  const options = ['-tags', (module.tags ?? []).join(','), '-ldflags', linkerFlags, '-o', output];
  const args = ['build', '-v', '-mod=readonly', '-buildvcs=false', ...options, target];
  const child = spawn(go, args, {
    cwd: folderOf(module.name),
    env: { ...env, GOWORK: 'off' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const stop = () => child.kill();
  const said: string[] = [];
  let downloaded = 0;
  let compiled = 0;
  createInterface(child.stderr).on('line', (line) => {
    if (line.startsWith('go: downloading ')) downloaded++;
    else if (/^[\w./~-]+$/.test(line)) compiled++;
    else said.push(line);
  });
  const timer = setInterval(() => progress(compiled, downloaded), 15_000);
  // Whoever interrupts the build gets an error, after the unfinished folder is gone.
  for (const event of ['SIGINT', 'SIGTERM'] as const) process.on(event, stop);
  try {
    const code = await new Promise((ended, failed) => child.once('close', ended).once('error', failed));
    if (code !== 0) throw new Error(`go build ${target} failed:\n${said.slice(-20).join('\n')}`);
  } finally {
    clearInterval(timer);
    for (const event of ['SIGINT', 'SIGTERM'] as const) process.off(event, stop);
  }
}
