import autocannon from 'autocannon';
import { processorMicrosOf } from '../processFigures.ts';
import type { Contender } from './contender.ts';
import { median } from './decisions.ts';
import { podWith, reviewOf } from './pods.ts';

export interface Throughput {
  /** Requests per second, the median of the rounds, as are the others. */
  readonly perSecond: number;
  /** Microseconds of processor time that the server takes for one request. */
  readonly processorMicros: number;
  /** Milliseconds within which half, and 99 of 100, of the requests were answered. */
  readonly p50: number;
  readonly p99: number;
}

export interface Load {
  readonly connections: number;
  readonly seconds: number;
  readonly rounds: number;
  /** Requests per second; without it as many as are answered. */
  readonly rate?: number;
}

/** The throughput of each server for a review of about 4 KiB, in turns. Throws when a request is not answered with 200. */
export async function measureThroughput(servers: readonly Contender[], load: Load): Promise<readonly Throughput[]> {
  const body = reviewOf(podWith(3));
  const results = servers.map((): Throughput[] => []);
  for (const server of servers) await run(server, body, { ...load, seconds: 1 });
  for (let round = 0; round < load.rounds; round++) {
    for (const [index, server] of servers.entries()) results[index]?.push(await run(server, body, load));
  }
  const medianOf = (rounds: readonly Throughput[], key: keyof Throughput) => median(rounds.map((one) => one[key]));
  return results.map((rounds) => ({
    perSecond: medianOf(rounds, 'perSecond'),
    processorMicros: medianOf(rounds, 'processorMicros'),
    p50: medianOf(rounds, 'p50'),
    p99: medianOf(rounds, 'p99'),
  }));
}

async function run(server: Contender, body: Buffer, { connections, seconds, rate }: Load): Promise<Throughput> {
  const before = processorMicrosOf(server.pid);
  const { requests, latency, errors, non2xx } = await autocannon({
    url: server.mutate,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    connections,
    duration: seconds,
    ...(rate !== undefined && { overallRate: rate }),
    tlsOptions: { rejectUnauthorized: false },
  });
  const bad = errors + non2xx;
  if (bad > 0) throw new Error(`${bad} requests to ${server.mutate} were not answered with 200`);
  const processorMicros = (processorMicrosOf(server.pid) - before) / requests.total;
  return { perSecond: requests.average, processorMicros, p50: latency.p50, p99: latency.p99 };
}
