import { ResyncError, StatusError, TooLargeError } from './errors.ts';
import type { ListWatchLimits } from './limits.ts';
import { backoffMs } from './timing.ts';

export interface Retry {
  /** How long to wait, and whether what was known has to be listed again first. */
  readonly waitMs: number;
  readonly list: boolean;
  /** Failures in a row, this one included. */
  readonly failures: number;
}

export interface RetryPolicy {
  /** To be called when a watch is open. */
  opened(): void;
  /** To be called when the server has ended a watch that began at `beganAt`; returns the milliseconds to wait. */
  ended(beganAt: number): number;
  /** To be called when a list or a watch has failed. */
  failed(error: unknown): Retry;
}

// After so many failures in a row the place to resume from is suspected itself.
const failuresBeforeList = 5;
const longestRetryAfterMs = 60_000;
// These say that the server has trouble, or we have with it, but nothing of what is in memory.
const passingStatuses = [401, 403, 429, 500, 502, 503];

/** Returns what decides when to try again. Failures are forgotten after a healthy time. */
export function createRetryPolicy(limits: ListWatchLimits, random: () => number): RetryPolicy {
  let failures = 0;
  let healthySince: number | undefined;
  let lastExpired = false;

  function forgetFailuresIfHealthy(): void {
    if (healthySince !== undefined && performance.now() - healthySince >= limits.healthyMs) failures = 0;
  }

  function waitFor(error: unknown): number {
    const asked = error instanceof StatusError ? (error.retryAfterMs ?? 0) : 0;
    const own = backoffMs(failures, limits.shortestWaitMs, limits.longestWaitMs, random);
    return Math.max(own, Math.min(asked, longestRetryAfterMs));
  }

  return {
    opened() {
      healthySince ??= performance.now();
    },
    ended(beganAt) {
      forgetFailuresIfHealthy();
      lastExpired = false;
      // Node warns of a timer that should have run already, in words that are no line of our log.
      return Math.max(0, limits.spacingMs - (performance.now() - beganAt));
    },
    failed(error) {
      forgetFailuresIfHealthy();
      healthySince = undefined;
      failures += 1;
      const expired = needsList(error);
      // What has expired may be listed at once; a second time in a row it has to wait like everything else.
      const waitMs = expired && !lastExpired ? 0 : waitFor(error);
      lastExpired = expired;
      return { waitMs, list: expired || failures % failuresBeforeList === 0, failures };
    },
  };
}

function needsList(error: unknown): boolean {
  if (error instanceof StatusError) return !passingStatuses.includes(error.status);
  return error instanceof ResyncError || error instanceof TooLargeError;
}
