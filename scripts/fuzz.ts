import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { patience } from '../src/webhook/server.ts';
import { type Attack, besiege, wrongWords } from '../test/webhook/attacks.ts';
import { type ListeningProcess, listening, startServe } from '../test/webhook/child.ts';
import { oneConnection, patchOf, send } from '../test/webhook/client.ts';
import { harmOf } from '../test/webhook/harmless.ts';
import { hostileBodies, secret } from '../test/webhook/hostileBodies.ts';
import { buildImage } from '../test/webhook/image.ts';
import { creation, padded, rayHeadPatch } from '../test/webhook/reviews.ts';
import { memoryOf } from './processFigures.ts';

const help = `Usage: npm run fuzz [-- --minutes N] [--seed N]

Attacks the bundled webhook, run as its image runs it, in rounds: hostile bodies, every kind of attack on its port,
2,000 silent connections, and more large bodies than it has room for. Meanwhile a normal review is sent again and
again. Ends with 1 if anything was answered that should not be, if a normal review went unanswered or one in a hundred
had to wait longer than an API server does, if the process ended or logged a fault or what is in a pod, or if its
memory grew. Linux only.
`;

const mostMiB = 256;
/** As long as the API server waits. */
const patienceMs = 3_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) console.log(help);
else process.exitCode = await main(Number(values.minutes), Number(values.seed));

async function main(minutes: number, seed: number): Promise<number> {
  const image = await buildImage();
  const namespaces = join(image.folder, 'namespaces.yaml');
  const labels = '{pod-hardener.io/profile: restricted}';
  await writeFile(namespaces, `apiVersion: v1\nkind: Namespace\nmetadata: {name: team, labels: ${labels}}\n`);
  const options = ['--standalone', '--namespaces', namespaces, '--port', '0', '--metrics-port', '0'];
  const started = startServe(options, undefined, image.runtime);
  try {
    const serve = await listening(started);
    return await attackFor(serve, minutes, seed);
  } finally {
    started.child.kill('SIGKILL');
    await started.ended;
    await image.remove();
  }
}

async function attackFor(serve: ListeningProcess, minutes: number, seed: number): Promise<number> {
  const faults = new Set<string>();
  const waits: number[] = [];
  const memory: number[] = [];
  let bodies = 0;
  const end = performance.now() + minutes * 60_000;
  say(`${minutes} min, seed ${seed}`);
  const probing = probe(serve, () => performance.now() < end, waits, faults);
  for (let round = 0; performance.now() < end || round < 2; round++) {
    bodies += await sendHostileBodies(serve, seed + round, faults);
    await attackPort(serve, round % 2 === 0 ? 20 : 40, faults);
    await sendLargeBodies(serve, faults);
    memory.push(memoryOf(serve.child.pid).now);
    say(`round ${round + 1}: ${Math.round(memory.at(-1) ?? 0)} MiB, ${bodies} bodies, ${waits.length} normal reviews`);
    if (serve.child.exitCode !== null) break;
  }
  await probing;
  for (const fault of faultsAfterwards(serve, memory)) faults.add(fault);
  waits.sort((a, b) => a - b);
  const at = (share: number) => Math.round(waits[Math.floor(share * (waits.length - 1))] ?? 0);
  say(`normal reviews waited ${at(0.5)} ms in the median, ${at(0.99)} ms at the 99th percentile, ${at(1)} ms at most`);
  if (at(0.99) > patienceMs) faults.add(`one in a hundred normal reviews waited longer than ${patienceMs} ms`);
  for (const fault of faults) say(`FAULT ${fault}`);
  say(faults.size === 0 ? 'no fault was found' : `${faults.size} faults were found`);
  return faults.size === 0 ? 0 : 1;
}

/** Sends one normal review after the other, each on a connection of its own. */
async function probe(serve: ListeningProcess, goesOn: () => boolean, waits: number[], faults: Set<string>) {
  const ownDelay = monitorEventLoopDelay({ resolution: 10 });
  ownDelay.enable();
  while (goesOn()) {
    ownDelay.reset();
    const start = performance.now();
    try {
      const answer = await send(serve, creation(), { agent: false });
      const filled = answer.status === 200 && JSON.stringify(patchOf(answer)) === JSON.stringify(rayHeadPatch);
      if (!filled) faults.add(`a normal review was answered ${answer.status} ${answer.body.slice(0, 100)}`);
    } catch (error) {
      faults.add(`a normal review was not answered: ${error} after ${Math.round(performance.now() - start)} ms`);
    }
    // The attackers are at work in this process, and must not be taken for the webhook.
    const waited = performance.now() - start - 2 * (ownDelay.max / 1e6);
    waits.push(waited);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  ownDelay.disable();
}

async function sendHostileBodies(serve: ListeningProcess, seed: number, faults: Set<string>): Promise<number> {
  const agent = oneConnection();
  const bodies = fc.sample(hostileBodies, { seed, numRuns: 500 });
  for (const body of bodies) {
    const answer = await send(serve, body, { agent }).catch((error) => String(error));
    const harm = typeof answer === 'string' ? answer : harmOf(body, answer);
    if (harm !== undefined) faults.add(`${harm.slice(0, 300)} (a body of the seed ${seed})`);
  }
  agent.destroy();
  return bodies.length;
}

async function attackPort(serve: ListeningProcess, count: number, faults: Set<string>): Promise<void> {
  const countOf = ({ name }: Attack) => (name === 'silence' ? 2_000 : count);
  const siege = await besiege(serve, countOf);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  for (const word of wrongWords(siege.said())) faults.add(`the port answered ${word}`);
  siege.end();
}

async function sendLargeBodies(serve: ListeningProcess, faults: Set<string>): Promise<void> {
  const [large, tooLarge] = [creation(padded(2_900_000)), Buffer.alloc(7 * 1024 * 1024 + 1)];
  const start = performance.now();
  const sent = [...Array(60).fill(large), ...Array(20).fill(tooLarge)].map(async (body) => {
    try {
      const { status } = await send(serve, body, { agent: false });
      if (![200, 413, 503].includes(status)) faults.add(`a large body was answered ${status}`);
    } catch (error) {
      const waited = performance.now() - start;
      // A machine that is too busy to send a body in the time that there is for one gets no answer.
      if (waited < patience.headers)
        faults.add(`a large body was not answered: ${error} after ${Math.round(waited)} ms`);
    }
  });
  await Promise.all(sent);
}

function faultsAfterwards(serve: ListeningProcess, memory: readonly number[]): readonly string[] {
  if (serve.child.exitCode !== null) return [`the process ended with ${serve.child.exitCode}`];
  const { most } = memoryOf(serve.child.pid);
  const [warm, last] = [median(memory.slice(1, 4)), median(memory.slice(-3))];
  const errors = serve.log().filter(({ level, stage }) => level === 'error' && stage !== 'overload');
  say(
    `memory: ${Math.round(warm)} MiB after the first rounds, ${Math.round(last)} at the end, ${Math.round(most)} at most`,
  );
  return [
    ...(most < mostMiB ? [] : [`the process took ${Math.round(most)} MiB`]),
    ...(last < warm * 1.25 + 10 ? [] : [`its memory grew from ${Math.round(warm)} to ${Math.round(last)} MiB`]),
    ...errors.map(({ message, cause }) => `it logged ${message}: ${String(cause).slice(0, 300)}`),
    ...(serve.text().includes(secret) ? ['it logged what is in a pod'] : []),
  ];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function say(line: string): void {
  console.error(`fuzz: ${line}`);
}
