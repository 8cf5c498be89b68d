import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Cluster, createCluster } from '../../test/e2e/cluster.ts';
import { bundle } from '../build.ts';
import { controlPlaneAssets } from '../controlPlane.ts';
import { exitOnSignals, runScript } from '../runScript.ts';
import { type Admission, bare, patching, startAdmissions } from './admissions.ts';
import { bundleConstantServer } from './constantBundle.ts';
import { processorMicrosOf } from './contender.ts';
import { type Creates, createPods } from './creates.ts';
import { median } from './decisions.ts';
import { creatablePod } from './pods.ts';
import { quantile } from './quantile.ts';
import { createReport } from './report.ts';
import type { Row } from './table.ts';

const help = `Usage: npm run bench:cluster [-- --rounds N]

Measures what the creation of a pod through a real kube-apiserver takes longer
with pod-hardener, beside webhooks that answer a constant and beside the
MutatingAdmissionPolicy (CEL) of examples/ that fills the same four fields. All
take turns, in N rounds (default 7, about three minutes). What the figures mean
is in docs/performance.md.

  KUBEBUILDER_ASSETS=DIR   where etcd and kube-apiserver are; else they are
                           built once with Go`;

/** How many clients create pods at the same time, and how many pods in a round. */
const loads = [
  { atOnce: 1, count: 100 },
  { atOnce: 10, count: 400 },
  { atOnce: 50, count: 800 },
];

const say = (line: string) => console.error(`bench: ${line}`);

await runScript(help, say, main);

async function main(args: readonly string[]): Promise<number> {
  const rounds = roundsIn(args);
  const assets = await controlPlaneAssets(process.env, say);
  const folder = mkdtempSync(join(tmpdir(), 'pod-hardener-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  exitOnSignals();
  say('building pod-hardener, starting a control plane …');
  await bundle('dist');
  const cluster = await createCluster(assets, { apiServer: { 'audit-log-path': '', 'audit-policy-file': '' } });
  try {
    await measure(cluster, await bundleConstantServer(folder), rounds);
  } finally {
    await cluster.stop();
  }
  return 0;
}

function roundsIn(args: readonly string[]): number {
  const { values } = parseArgs({ args: [...args], options: { rounds: { type: 'string', default: '7' } } });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds}: a whole number from 1 on`);
  return rounds;
}

async function measure(cluster: Cluster, constantFile: string, rounds: number): Promise<void> {
  const report = createReport('cluster');
  const { all, stop } = await startAdmissions(cluster, constantFile);
  try {
    // What starts is slow at first, and the API server compiles a policy when it is needed.
    for (const admission of all) await createIn(cluster, admission, { atOnce: 10, count: 400 });
    for (const load of loads) {
      say(`${load.atOnce} at once: ${rounds} rounds of ${load.count} pods for each of ${all.length}`);
      const results = new Map(all.map(({ name }): [string, Measured[]] => [name, []]));
      for (let round = 0; round < rounds; round++) {
        for (const admission of all) results.get(admission.name)?.push(await createIn(cluster, admission, load));
      }
      report.table(
        `${load.atOnce} at once: creating a pod, and what is added to it`,
        all.map(({ name }) => rowOf(name, results)),
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
  const used = () => processorMicrosOf(cluster.apiServerPid()) + (admission.processorMicros?.() ?? 0);
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
