import type { Log } from './log.ts';

/**
 * One attempt to put something right. Resolves with the milliseconds until the next one is due (Infinity: when something
 * else happens), or with `conflict` when somebody was faster. Rejects with a clause for people.
 */
export type Work = () => Promise<number | 'conflict'>;

export interface RetryLimits {
  readonly shortestRetryMs: number;
  readonly longestRetryMs: number;
}

export interface Keeper {
  /** Does the work and returns the milliseconds until it is to be done again. Never rejects. */
  attempt(): Promise<number>;
  /** Why the last attempt failed. */
  problem(): string | undefined;
}

/** Does some work again and again; the later, and at random, the more often it fails, since many replicas do the same. */
export function createKeeper(work: Work, random: () => number, limits: RetryLimits, log: Log): Keeper {
  const { shortestRetryMs, longestRetryMs } = limits;
  let failures = 0;
  let problem: string | undefined;

  function retryMs(): number {
    failures += 1;
    const ceiling = Math.min(longestRetryMs, shortestRetryMs * 2 ** Math.min(failures, 30));
    return shortestRetryMs + random() * (ceiling - shortestRetryMs);
  }

  return {
    async attempt() {
      try {
        const outcome = await work();
        problem = undefined;
        if (outcome === 'conflict') return retryMs();
        failures = 0;
        return outcome;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (reason !== problem) log('error', 'The certificates cannot be kept in order.', { reason });
        problem = reason;
        return retryMs();
      }
    },
    problem: () => problem,
  };
}
