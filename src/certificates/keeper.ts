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

/** So many in a row are no race among replicas: a write is refused for another reason. */
const suspiciousConflicts = 10;

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

  function tell(reason: string): void {
    if (reason !== problem) log('error', 'The certificates cannot be kept in order.', { reason });
    problem = reason;
  }

  return {
    async attempt() {
      try {
        const outcome = await work();
        if (outcome === 'conflict') {
          if (failures >= suspiciousConflicts) tell('the API server takes no change of what we have just read');
          return retryMs();
        }
        [problem, failures] = [undefined, 0];
        return outcome;
      } catch (error) {
        tell(error instanceof Error ? error.message : String(error));
        return retryMs();
      }
    },
    problem: () => problem,
  };
}
