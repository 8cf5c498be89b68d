import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { bundle } from './build.ts';
import { findKubeRay } from './kubeRay.ts';
import { createControlGroups, removeControlGroups } from './node/cgroups.ts';
import { toImageArchive } from './node/image.ts';
import { isolated, obstacle } from './node/isolation.ts';
import { programImage } from './node/programImage.ts';
import { linkNodePrograms } from './node/programs.ts';
import { runScript } from './runScript.ts';

const help = `Usage: npm run e2e:node [-- OPTIONS] [FILES]

Tests pod-hardener in a whole cluster on this machine: a control plane, and a node that runs its replicas as real pods.
All of it lives in mount, network and process namespaces of its own, so nothing of the machine is changed. Needs root.
OPTIONS and FILES go to mocha: --grep TEXT, --bail, test/node/restricted.test.ts. Without FILES, all tests run.

  KUBEBUILDER_ASSETS=DIR    where programs of Kubernetes are; those that are not there are built once with Go
`;

const started = Date.now();
const say = (line: string) => console.error(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line}`);

await runScript(help, say, main);

async function main(args: readonly string[]): Promise<number> {
  const reason = await obstacle();
  if (reason !== undefined) {
    console.log(`skipped: ${reason}`);
    return 0;
  }
  const folder = await mkdtemp(join(tmpdir(), 'pod-hardener-node-'));
  const controlGroup = basename(folder);
  try {
    const env = await prepare(folder, args);
    await createControlGroups(controlGroup);
    return await run([...isolated, process.execPath, ...mochaArgs(args)], env);
  } finally {
    await removeControlGroups(controlGroup);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    say('everything is ended and removed');
  }
}

/** Puts programs and the image into the folder, and answers with the environment in which the tests find them. */
async function prepare(folder: string, args: readonly string[]): Promise<NodeJS.ProcessEnv> {
  const programs = join(folder, 'bin');
  const libraries = await linkNodePrograms(programs, process.env, say);
  const files = args.filter((arg) => arg.endsWith('.test.ts'));
  // The tests find it in the cache: there is no way to it from where they run.
  if (files.length === 0 || files.some((file) => file.endsWith('rayCluster.test.ts'))) {
    await findKubeRay(process.env, say);
  }
  say(`builds the image of pod-hardener, with Node ${process.version}`);
  await bundle(join(folder, 'dist'));
  await mkdir(join(folder, 'images'));
  const image = await programImage(await installedImage(), join(folder, 'dist'));
  await writeFile(join(folder, 'images', 'pod-hardener.tar'), toImageArchive(image));
  return {
    ...process.env,
    PATH: [programs, process.env.PATH].join(delimiter),
    LD_LIBRARY_PATH: [...libraries, process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter),
    POD_HARDENER_NODE_FOLDER: folder,
    POD_HARDENER_NODE_CONTROL_GROUP: basename(folder),
    POD_HARDENER_NODE_STARTED: String(started),
  };
}

/** The name by which the manifests ask for the image. */
async function installedImage(): Promise<string> {
  const name = /^\s+(?:- )?image: (\S+)$/m.exec(await readFile('manifests/install.yaml', 'utf8'))?.[1];
  if (name === undefined) throw new Error('manifests/install.yaml names no image');
  return name;
}

/** When the tests are over, what runs beside them is not waited for: it ends with them. */
function mochaArgs(args: readonly string[]): string[] {
  const mocha = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
  const options = ['--no-config', '--exit', '--require=test/node/hooks.ts', '--timeout=300000', '--slow=60000'];
  const files = args.some((arg) => arg.endsWith('.test.ts')) ? [] : ['test/node/*.test.ts'];
  return ['--import=tsx', mocha, ...options, '--forbid-only', ...args, ...files];
}

/** Runs a command and answers with its exit code. A signal ends it, and with it everything that it has started. */
function run([command = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(command, args, { env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => child.once('error', reject).once('close', (code) => resolve(code ?? 1)));
}
