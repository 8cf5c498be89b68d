import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const moduleFolder = fileURLToPath(new URL('control-plane/', import.meta.url));

/** The programs that a control plane for tests is made of, and the Go packages that they are built from. */
const packages = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
} as const;

type Program = keyof typeof packages;

const programs = Object.keys(packages) as Program[];

/**
 * The folder that holds etcd and kube-apiserver: `KUBEBUILDER_ASSETS` if set, else the user's cache, which is filled
 * by `go build` the first time. Calls `say` with what takes time. Throws one clear sentence when that cannot be done.
 */
export async function controlPlaneAssets(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<string> {
  if (env.KUBEBUILDER_ASSETS) return givenAssets(env.KUBEBUILDER_ASSETS);
  const version = await kubernetesVersion();
  const folder = join(cacheFolder(env), 'control-plane', `${version}-${await sourceHash()}`);
  if (await isComplete(folder, programs)) return folder;
  await build(folder, version, env, say);
  return folder;
}

/** Only what a control plane needs is asked of a folder that was given: kubectl may be missing there. */
async function givenAssets(given: string): Promise<string> {
  const folder = resolve(given);
  if (await isComplete(folder, ['etcd', 'kube-apiserver'])) return folder;
  throw new Error(`KUBEBUILDER_ASSETS is ${folder}, but etcd and kube-apiserver are not both there`);
}

/** The Kubernetes version that the Go module pins, without its `v`. */
export async function kubernetesVersion(): Promise<string> {
  const version = /^\s*k8s\.io\/kubernetes v(\S+)/m.exec(await readFile(join(moduleFolder, 'go.mod'), 'utf8'))?.[1];
  if (version === undefined)
    throw new Error('scripts/control-plane/go.mod does not name a version of k8s.io/kubernetes');
  return version;
}

function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'pod-hardener');
}

/** A home folder may be shared by machines of several kinds, so the platform counts as a part of the source. */
async function sourceHash(): Promise<string> {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  for (const file of ['go.mod', 'go.sum']) hash.update(await readFile(join(moduleFolder, file)));
  return hash.digest('hex').slice(0, 12);
}

async function isComplete(folder: string, wanted: readonly string[]): Promise<boolean> {
  const checks = wanted.map((program) => access(join(folder, program), constants.X_OK));
  return Promise.all(checks).then(
    () => true,
    () => false,
  );
}

/** Built beside its final place and renamed into it: two builds at once cost time, and nothing else. */
async function build(folder: string, version: string, env: NodeJS.ProcessEnv, say: (line: string) => void) {
  const go = await findGo(env);
  await mkdir(dirname(folder), { recursive: true });
  const unfinished = await mkdtemp(`${folder}.building-`);
  const started = Date.now();
  const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
  say(`builds etcd and kube-apiserver ${version} into ${folder}: about six minutes on two cores, once`);
  try {
    for (const program of programs) {
      await goBuild(go, program, join(unfinished, program), version, env, (compiled, downloaded) =>
        say(`… ${program}: ${downloaded} modules downloaded, ${compiled} packages compiled, ${elapsed()}`),
      );
    }
    await moveInto(unfinished, folder);
    say(`built in ${elapsed()}`);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function findGo(env: NodeJS.ProcessEnv): Promise<string> {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    const found = await stat(join(folder, 'go')).catch(() => undefined);
    if (found?.isFile()) return join(folder, 'go');
  }
  throw new Error(
    'Go is missing. It builds etcd and kube-apiserver once: install Go 1.26 or newer (https://go.dev/dl), ' +
      'or let KUBEBUILDER_ASSETS name a folder that holds etcd and kube-apiserver',
  );
}

/** `go build -v` names every module it downloads and every package it compiles; a count of them is our progress. */
async function goBuild(
  go: string,
  program: Program,
  output: string,
  version: string,
  env: NodeJS.ProcessEnv,
  progress: (compiled: number, downloaded: number) => void,
): Promise<void> {
  const args = ['build', '-v', '-mod=readonly', '-buildvcs=false', '-ldflags', linkerFlags(version), '-o', output];
  const child = spawn(go, [...args, packages[program]], {
    cwd: moduleFolder,
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
    if (code !== 0) throw new Error(`go build ${packages[program]} failed:\n${said.slice(-20).join('\n')}`);
  } finally {
    clearInterval(timer);
    for (const event of ['SIGINT', 'SIGTERM'] as const) process.off(event, stop);
  }
}

/** The version is what `/version` answers, and what Pod Security admission takes for `latest`. */
function linkerFlags(version: string): string {
  const [major, minor] = version.split('.');
  const variable = (name: string, value: string | undefined) => `-X k8s.io/component-base/version.${name}=${value}`;
  return [
    '-s -w',
    variable('gitVersion', `v${version}`),
    variable('gitMajor', major),
    variable('gitMinor', minor),
  ].join(' ');
}

/** A folder that is already there was put there by another build of the same source, or is incomplete. */
async function moveInto(unfinished: string, folder: string): Promise<void> {
  const moved = () =>
    rename(unfinished, folder).then(
      () => true,
      () => false,
    );
  if ((await moved()) || (await isComplete(folder, programs))) return;
  await rm(folder, { recursive: true, force: true });
  if (!(await moved()) && !(await isComplete(folder, programs))) throw new Error(`cannot write ${folder}`);
}
