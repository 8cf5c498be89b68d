import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Runtime } from '../../test/webhook/child.ts';
import { buildImage } from '../../test/webhook/image.ts';
import { memoryOf } from '../processFigures.ts';
import { exitOnSignals, runScript } from '../runScript.ts';
import { measureCommands } from './commandLine.ts';
import { bundleConstantServer } from './constantBundle.ts';
import { type Contender, startContender } from './contender.ts';
import { measureDecisions } from './decisions.ts';
import { measureManifests } from './manifests.ts';
import { podWith } from './pods.ts';
import { createReport, type Report } from './report.ts';
import { measureThroughput } from './throughput.ts';

const help = `Usage: npm run bench

Measures, each time beside what it is worth comparing with and in turns: a decision
and its growth with the pod, manifests on the command line, starting, and the
webhook over HTTPS beside servers that answer a constant. Takes about three minutes.
What the figures mean is in docs/performance.md.`;

const namespaces = `apiVersion: v1
kind: Namespace
metadata:
  name: bench
  labels:
    pod-hardener.io/profile: restricted
`;

await runScript(help, (line) => console.error(`bench: ${line}`), main);

async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'pod-hardener-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  exitOnSignals();
  const report = createReport('bench');
  report.table(
    'A decision and its check, of it the judging, and for each container (microseconds)',
    await measureDecisions([1, 3, 10, 50, 500]),
  );
  report.table('Manifests on the command line, one pod each (documents per second)', [measureManifests()]);
  const { runtime } = await buildImage(folder);
  const manifest = join(folder, 'pod.yaml');
  await writeFile(manifest, stringify(podWith(3)));
  report.table('Programs, from start to end', measureCommands(runtime.node.at(-1) ?? '', manifest));
  await showServing(folder, runtime, report);
  await report.save();
  return 0;
}

async function showServing(folder: string, { node, env }: Runtime, report: Report): Promise<void> {
  await writeFile(join(folder, 'namespaces.yaml'), namespaces);
  const constantFile = await bundleConstantServer(folder);
  const serve = ['serve', '--standalone', '--namespaces', join(folder, 'namespaces.yaml'), '--port', '0'];
  const servers: readonly (readonly [string, Contender])[] = [
    ['pod-hardener', await startContender([...node, ...serve, '--metrics-port', '0'], { env })],
    ['Express, constant answer', await startContender([constantFile, 'express'])],
    ['node:https, constant answer', await startContender([constantFile, 'plain'])],
  ];
  const contenders = servers.map(([, contender]) => contender);
  try {
    const idle = contenders.map(({ pid }) => memoryOf(pid).now);
    const full = await measureThroughput(contenders, { connections: 25, seconds: 3, rounds: 5 });
    const express = full[1]?.perSecond ?? Number.NaN;
    report.table(
      'HTTPS, a review of 4 KiB, 25 connections, the server on one processor',
      servers.map(([server], index) => ({
        server,
        'requests/s': full[index]?.perSecond ?? Number.NaN,
        ratio: (full[index]?.perSecond ?? Number.NaN) / express,
        'processor us': full[index]?.processorMicros ?? Number.NaN,
        'p50 ms': full[index]?.p50 ?? Number.NaN,
        'p99 ms': full[index]?.p99 ?? Number.NaN,
      })),
    );
    report.table(
      'Memory of these servers before and after, and the time until they listen',
      servers.map(([server, contender], index) => ({
        server,
        'idle MiB': idle[index] ?? Number.NaN,
        'after MiB': memoryOf(contender.pid).now,
        'start ms': contender.startMs,
      })),
    );
    for (const rate of [100, 1000]) {
      const paced = await measureThroughput(contenders, { connections: 25, seconds: 3, rounds: 3, rate });
      report.table(
        `The same at ${rate} requests per second`,
        servers.map(([server], index) => ({
          server,
          'p50 ms': paced[index]?.p50 ?? Number.NaN,
          'p99 ms': paced[index]?.p99 ?? Number.NaN,
          'processor us': paced[index]?.processorMicros ?? Number.NaN,
        })),
      );
    }
  } finally {
    await Promise.all(contenders.map(({ stop }) => stop()));
  }
}
