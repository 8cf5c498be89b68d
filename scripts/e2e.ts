import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundle } from './build.ts';
import { controlPlaneAssets, kubectlProgram } from './controlPlane.ts';
import { isolated, obstacle } from './node/isolation.ts';
import { runScript } from './runScript.ts';

const help = `Usage: npm run e2e [-- OPTIONS] [FILES]

Tests pod-hardener on a real kube-apiserver and etcd, which are started in a temporary folder: first by itself on
loopback (test/e2e), then as two replicas behind its Service, in a network of its own (test/cluster; needs root).
OPTIONS and FILES go to mocha: --grep TEXT, --bail, test/e2e/audit.test.ts. Without FILES, all tests run.

  --kubernetes 1.35             an older minor of Kubernetes: 1.34 or 1.35
  KUBEBUILDER_ASSETS=DIR        where etcd and kube-apiserver are; else they are built once with Go
  POD_HARDENER_E2E_PODS=FILE    more pods to try: one {"id", "metadata", "spec"} a line
`;

const say = (line: string) => console.error(`e2e: ${line}`);

await runScript(help, say, main);

async function main(args: readonly string[]): Promise<number> {
  const { minor, rest } = withoutMinor(args);
  const assets = await controlPlaneAssets(process.env, say, minor);
  const folder = await mkdtemp(join(tmpdir(), 'pod-hardener-e2e-program-'));
  try {
    const program = await buildProgram(folder);
    const env = { KUBEBUILDER_ASSETS: assets, POD_HARDENER_E2E_PROGRAM: program };
    return await runSuites(rest, { ...process.env, ...env });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The bundle that is shipped, in a folder of its own: `dist` may be built anew while the tests run. */
async function buildProgram(folder: string): Promise<string> {
  const output = join(folder, 'dist');
  await bundle(output);
  await writeFile(join(folder, 'package.json'), '{"type": "module"}');
  return join(output, 'main.js');
}

/** The minor of Kubernetes that is asked for, and the other arguments. */
function withoutMinor(args: readonly string[]): { readonly minor?: string; readonly rest: readonly string[] } {
  const index = args.indexOf('--kubernetes');
  if (index === -1) return { rest: args };
  return { minor: args[index + 1] ?? 'without a minor', rest: args.toSpliced(index, 2) };
}

/** Runs the suites that the files are of, all without files, and answers 0 when each has passed. */
async function runSuites(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const files = args.filter((arg) => arg.endsWith('.test.ts'));
  const options = args.filter((arg) => !arg.endsWith('.test.ts'));
  const codes: number[] = [];
  for (const suite of ['test/e2e', 'test/cluster']) {
    const own = files.filter((file) => resolve(file).startsWith(`${resolve(suite)}/`));
    if (files.length > 0 && own.length === 0) continue;
    const command = [process.execPath, ...mochaArgs(suite, options, own)];
    const reason = suite === 'test/cluster' ? await obstacle() : undefined;
    if (reason !== undefined) say(`skipped ${suite}: ${reason}`);
    else if (suite === 'test/cluster') {
      // There is no network where the tests run, so nothing can be built there.
      await kubectlProgram(env, say);
      codes.push(await run([...isolated, ...command], env));
    } else codes.push(await run(command, env));
  }
  return Math.max(0, ...codes);
}

/** The tests of the API server need neither the configuration of the unit tests nor their time limit. */
function mochaArgs(suite: string, more: readonly string[], files: readonly string[]): string[] {
  const mocha = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
  const options = ['--no-config', `--require=${suite}/hooks.ts`, '--timeout=60000', '--slow=5000', '--forbid-only'];
  return ['--import=tsx', mocha, ...options, ...more, ...(files.length > 0 ? files : [`${suite}/*.test.ts`])];
}

/** Runs a command and answers with its exit code. A signal goes on to it, and is answered when it has cleaned up. */
function run([command = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(command, args, { env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => child.once('error', reject).once('close', (code) => resolve(code ?? 1)));
}
