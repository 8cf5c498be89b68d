import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Cluster, createCluster } from '../../test/e2e/cluster.ts';
import { buildImage } from '../../test/webhook/image.ts';
import { controlPlaneAssets } from '../controlPlane.ts';
import { memoryOf, processorMicrosOf } from '../processFigures.ts';
import { exitOnSignals, runScript } from '../runScript.ts';
import { type Admission, type AdmissionsOptions, bare, patching, startAdmissions } from './admissions.ts';
import { bundleConstantServer } from './constantBundle.ts';
import { type Creates, createPods } from './creates.ts';
import { median } from './decisions.ts';
import type { Engine } from './engines/engine.ts';
import { gatekeeper } from './engines/gatekeeper.ts';
import { kyverno } from './engines/kyverno.ts';
import { creatablePod } from './pods.ts';
import { quantile } from './quantile.ts';
import { createReport } from './report.ts';
import type { Row } from './table.ts';

const help = `Usage: npm run bench:cluster [-- --rounds N] [--with ENGINE]...

Measures what the creation of a pod through a real kube-apiserver takes longer
with pod-hardener, beside webhooks that answer a constant and beside the
MutatingAdmissionPolicy (CEL) of examples/ that fills the same four fields. All
take turns, in N rounds (default 7, about four minutes). What the figures mean
is in docs/performance.md.

  --with gatekeeper        have Gatekeeper beside them, or Kyverno, or both: each
  --with kyverno           is built once with Go, which takes some minutes

  KUBEBUILDER_ASSETS=DIR   where etcd and kube-apiserver are; else they are
                           built once with Go`;

/** How many clients create pods at the same time, and how many pods in a round. */
const loads = [
  { atOnce: 1, count: 100 },
  { atOnce: 10, count: 400 },
  { atOnce: 50, count: 800 },
];

const known: readonly Engine[] = [gatekeeper, kyverno];

/** What one way has left to do, as garbage to collect, is not counted against the next: milliseconds in between. */
const restMs = 500;

const say = (line: string) => console.error(`bench: ${line}`);

await runScript(help, say, main);

async function main(args: readonly string[]): Promise<number> {
  const { rounds, engines } = readOptions(args);
  const assets = await controlPlaneAssets(process.env, say);
  const folder = mkdtempSync(join(tmpdir(), 'pod-hardener-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  exitOnSignals();
  say('building pod-hardener, starting a control plane …');
  const { runtime } = await buildImage(folder);
  const cluster = await createCluster(assets, { apiServer: { 'audit-log-path': '', 'audit-policy-file': '' } });
  try {
    const constantFile = await bundleConstantServer(folder);
    await measure(cluster, { constantFile, runtime, engines, say }, rounds);
  } finally {
    await cluster.stop();
  }
  return 0;
}

function readOptions(args: readonly string[]): { readonly rounds: number; readonly engines: readonly Engine[] } {
  const options = { rounds: { type: 'string', default: '7' }, with: { type: 'string', multiple: true } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds}: a whole number from 1 on`);
  const wrong = values.with?.find((wanted) => !known.some(({ name }) => name === wanted));
  if (wrong !== undefined) throw new Error(`--with ${wrong}: there are ${known.map(({ name }) => name).join(' and ')}`);
  return { rounds, engines: known.filter(({ name }) => values.with?.includes(name)) };
}

async function measure(cluster: Cluster, options: AdmissionsOptions, rounds: number): Promise<void> {
  const report = createReport('cluster');
  const { all, stop } = await startAdmissions(cluster, options);
  try {
    // What starts is slow at first, and the API server compiles a policy when it is needed.
    for (const admission of all) await createIn(cluster, admission, { atOnce: 10, count: 400 });
    for (const load of loads) {
      say(`${load.atOnce} at once: ${rounds} rounds of ${load.count} pods for each of ${all.length}`);
      const results = new Map(all.map(({ name }): [string, Measured[]] => [name, []]));
      for (let round = 0; round < rounds; round++) {
        // Whoever comes first, or after a certain other one, is that only once.
        const order = [...all.slice(round % all.length), ...all.slice(0, round % all.length)];
        for (const admission of order) results.get(admission.name)?.push(await createIn(cluster, admission, load));
      }
      report.table(
        `${load.atOnce} at once: creating a pod, and what is added to it`,
        all.map(({ name, pid }) => ({ ...rowOf(name, results), MiB: memoryOf(pid).now })),
      );
    }
    await report.save();
  } finally {
    await stop();
  }
}

interface Measured extends Creates {
  /** Milliseconds of processor time for one pod, of the API server and the webhook together. */
  readonly processorMs: number;
}

async function createIn(cluster: Cluster, admission: Admission, load: (typeof loads)[number]): Promise<Measured> {
  await new Promise((resolve) => setTimeout(resolve, restMs));
  const used = () => processorMicrosOf(cluster.apiServerPid()) + (admission.pid ? processorMicrosOf(admission.pid) : 0);
  const before = used();
  const creates = await createPods(cluster.api, admission.namespace, creatablePod(3), load);
  return { ...creates, processorMs: (used() - before) / load.count / 1000 };
}

/** The medians of the rounds. What is added is taken from what stands beside it in the same round. */
function rowOf(name: string, results: ReadonlyMap<string, readonly Measured[]>): Row {
  const roundsOf = (which: string) => results.get(which) ?? [];
  const without = roundsOf(bare);
  const added = (which: string, share: number) => {
    if (which === bare) return Number.NaN;
    return median(roundsOf(which).map((one, round) => took(one, share) - took(without[round] ?? one, share)));
  };
  const own = roundsOf(name);
  return {
    '': name,
    'pods/s': median(own.map(({ perSecond }) => perSecond)),
    'p50 ms': median(own.map((one) => took(one, 0.5))),
    '+p50': added(name, 0.5),
    '+p95': added(name, 0.95),
    '+p99': added(name, 0.99),
    ratio: added(name, 0.5) / added(patching, 0.5),
    'CPU ms': median(own.map(({ processorMs }) => processorMs)),
  };
}

/** The milliseconds within which that share of the pods was created. */
function took({ milliseconds }: Creates, share: number): number {
  return quantile(milliseconds, share);
}
