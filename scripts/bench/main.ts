import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundle } from '../build.ts';
import { startContender } from './contender.ts';
import { measureDecisions } from './decisions.ts';
import { measureManifests } from './manifests.ts';
import { measureThroughput } from './throughput.ts';

const namespaces = `apiVersion: v1
kind: Namespace
metadata:
  name: bench
  labels:
    pod-hardener.io/profile: restricted
`;

const folder = await mkdtemp(join(tmpdir(), 'pod-hardener-bench-'));
try {
  console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} processors`);
  showDecisions();
  showManifests();
  await showServing(folder);
} finally {
  await rm(folder, { recursive: true });
}

function showDecisions(): void {
  console.log('\nA decision with its check, beside structuredClone and a comparison of the clone (microseconds)\n');
  console.log('  containers    pod KiB   decision   of it judging   clone+compare   ratio   decision per container');
  for (const { containers, bytes, decision, judging, cloneAndCompare } of measureDecisions([1, 3, 10, 50, 500])) {
    const row = [
      String(containers).padStart(12),
      (bytes / 1024).toFixed(1).padStart(11),
      decision.toFixed(1).padStart(11),
      judging.toFixed(1).padStart(16),
      cloneAndCompare.toFixed(1).padStart(16),
      (decision / cloneAndCompare).toFixed(2).padStart(8),
      (decision / containers).toFixed(1).padStart(25),
    ];
    console.log(row.join(''));
  }
}

function showManifests(): void {
  const { bytes, hardened, parsed } = measureManifests();
  console.log(`\nManifests on the command line, YAML of ${(bytes / 1024).toFixed(1)} KiB (documents per second)\n`);
  console.log('  hardened and checked   only parsed   ratio');
  const row = [
    hardened.toFixed(0).padStart(22),
    parsed.toFixed(0).padStart(14),
    (hardened / parsed).toFixed(2).padStart(8),
  ];
  console.log(row.join(''));
}

async function showServing(work: string): Promise<void> {
  await writeFile(join(work, 'namespaces.yaml'), namespaces);
  await bundle('dist');
  const constantFile = join(work, 'constant.mjs');
  await build({
    entryPoints: ['scripts/bench/constantServer.ts'],
    outfile: constantFile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    minify: true,
    logLevel: 'warning',
    banner: { js: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);" },
  });
  const serve = ['serve', '--standalone', '--namespaces', join(work, 'namespaces.yaml'), '--port', '0'];
  const ours = await startContender(['dist/main.js', ...serve, '--metrics-port', '0']);
  const constant = await startContender([constantFile]);
  const idle = [ours.rss(), constant.rss()];
  const [a, b] = await measureThroughput([ours.mutate, constant.mutate], 5);
  if (!a || !b) throw new Error('nothing was measured');
  console.log('\nHTTPS, a review of 4 KiB, 25 connections, the server on one processor\n');
  console.log('                                 requests/s   p50 ms   p99 ms   RSS idle   after   start ms');
  for (const [name, server, result, rss] of [
    ['pod-hardener', ours, a, idle[0]],
    ['Express, parses, constant answer', constant, b, idle[1]],
  ] as const) {
    const row = [
      name.padEnd(33),
      result.perSecond.toFixed(0).padStart(10),
      String(result.p50).padStart(9),
      String(result.p99).padStart(9),
      (rss ?? Number.NaN).toFixed(0).padStart(11),
      server.rss().toFixed(0).padStart(8),
      server.startMs.toFixed(0).padStart(11),
    ];
    console.log(row.join(''));
  }
  console.log(`\nRatio of the requests per second: ${(a.perSecond / b.perSecond).toFixed(2)}`);
  await Promise.all([ours.stop(), constant.stop()]);
}
