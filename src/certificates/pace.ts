/** How often something may be done that somebody else may keep undoing, in milliseconds. */
export interface PaceLimits {
  /** Between the first time and the second. It doubles from then on. */
  readonly shortestMs: number;
  readonly longestMs: number;
  /** After this time without need all is forgotten. */
  readonly forgetMs: number;
}

export const defaultPace: PaceLimits = { shortestMs: 1_000, longestMs: 300_000, forgetMs: 600_000 };

export interface Pace {
  /** Milliseconds until it may be done again; 0 for now. */
  waitMs(): number;
  /** To be called when it was done; returns how many times that is in a row. */
  done(): number;
}

/** Lets something be done at once, and the less often the more often it was necessary. */
export function createPace(now: () => number, { shortestMs, longestMs, forgetMs }: PaceLimits = defaultPace): Pace {
  let times = 0;
  let last = Number.NEGATIVE_INFINITY;

  function forgetIfQuiet(): void {
    const quietMs = now() - last;
    // A clock that was set back says nothing.
    if (quietMs > forgetMs || quietMs < 0) times = 0;
  }

  return {
    waitMs() {
      forgetIfQuiet();
      if (times === 0) return 0;
      const spacing = Math.min(longestMs, shortestMs * 2 ** Math.min(times - 1, 30));
      return Math.max(0, last + spacing - now());
    },
    done() {
      forgetIfQuiet();
      last = now();
      times += 1;
      return times;
    },
  };
}
