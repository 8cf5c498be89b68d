import autocannon from 'autocannon';
import { median } from './decisions.ts';
import { podWith, reviewOf } from './pods.ts';

export interface Throughput {
  /** Requests per second, the median of the rounds. */
  readonly perSecond: number;
  /** Milliseconds within which half, and 99 of 100, of the requests were answered. */
  readonly p50: number;
  readonly p99: number;
}

const connections = 25;
const roundSeconds = 3;

/** The throughput of each server for a review of about 4 KiB, in turns. Throws when a request is not answered with 200. */
export async function measureThroughput(urls: readonly string[], rounds: number): Promise<readonly Throughput[]> {
  const body = reviewOf(podWith(3));
  const results = urls.map((): autocannon.Result[] => []);
  for (const url of urls) await load(url, body, 1);
  for (let round = 0; round < rounds; round++) {
    for (const [index, url] of urls.entries()) results[index]?.push(await load(url, body, roundSeconds));
  }
  return results.map((of) => ({
    perSecond: median(of.map(({ requests }) => requests.average)),
    p50: median(of.map(({ latency }) => latency.p50)),
    p99: median(of.map(({ latency }) => latency.p99)),
  }));
}

async function load(url: string, body: Buffer, duration: number): Promise<autocannon.Result> {
  const result = await autocannon({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    connections,
    duration,
    tlsOptions: { rejectUnauthorized: false },
  });
  const bad = result.errors + result.non2xx;
  if (bad > 0) throw new Error(`${bad} requests to ${url} were not answered with 200`);
  return result;
}
