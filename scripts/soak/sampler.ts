import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Series as Scraped } from '../../test/e2e/prometheus.ts';
import type { Stage } from './stage.ts';
import type { Tally } from './tally.ts';

/** What is known of one second of the run. */
export interface Sample {
  /** Seconds from the start of the run. */
  readonly at: number;
  readonly heapMiB: number;
  readonly rssMiB: number;
  readonly descriptors: number;
  /** The longest that its event loop was held up, in milliseconds. */
  readonly lagMs: number;
  /** The same of this process, which shares the machine. */
  readonly ownLagMs: number;
  /** Reviews that were answered, with whatever status, per second. */
  readonly reviews: number;
  /** Requests that were lost. */
  readonly lost: number;
}

export interface Sampler {
  readonly samples: readonly Sample[];
  stop(): Promise<void>;
}

const names = [
  'nodejs_heap_size_used_bytes',
  'process_resident_memory_bytes',
  'process_open_fds',
  'nodejs_eventloop_lag_max_seconds',
  'pod_hardener_admission_duration_seconds_count',
];

/** Scrapes the webhook once a second until it is stopped, and calls back with each sample. */
export function startSampler(
  { installation }: Pick<Stage, 'installation'>,
  tally: Tally,
  now: () => number,
  onSample: (sample: Sample) => void,
): Sampler {
  const samples: Sample[] = [];
  const ownDelay = monitorEventLoopDelay({ resolution: 10 });
  ownDelay.enable();
  let before = { at: now(), reviews: Number.NaN, lost: 0 };
  let running = Promise.resolve();
  let busy = false;

  async function take(): Promise<void> {
    const scraped = await within(10_000, installation.series(...names));
    const ownLagMs = ownDelay.max / 1e6;
    ownDelay.reset();
    const reviews = numberOf(scraped, 'pod_hardener_admission_duration_seconds_count');
    const after = { at: now(), reviews, lost: tally.totals.lost };
    const sample = toSample(scraped, before, after, ownLagMs);
    before = after;
    if (Number.isNaN(sample.reviews)) return;
    samples.push(sample);
    onSample(sample);
  }

  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = take()
      .catch((error: Error) => tally.fault(`a scrape of /metrics failed: ${error.message}`))
      .finally(() => {
        busy = false;
      });
  }, 1000);
  return {
    samples,
    async stop() {
      clearInterval(timer);
      await running;
      ownDelay.disable();
    },
  };
}

interface Moment {
  readonly at: number;
  readonly reviews: number;
  readonly lost: number;
}

function toSample(scraped: Scraped, before: Moment, after: Moment, ownLagMs: number): Sample {
  return {
    at: after.at,
    heapMiB: numberOf(scraped, 'nodejs_heap_size_used_bytes') / 2 ** 20,
    rssMiB: numberOf(scraped, 'process_resident_memory_bytes') / 2 ** 20,
    descriptors: numberOf(scraped, 'process_open_fds'),
    lagMs: numberOf(scraped, 'nodejs_eventloop_lag_max_seconds') * 1000,
    ownLagMs,
    reviews: (after.reviews - before.reviews) / (after.at - before.at),
    lost: after.lost - before.lost,
  };
}

function numberOf(scraped: Scraped, name: string): number {
  return scraped[name] ?? Number.NaN;
}

async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
