/** When the API server was away: what fails then does not count against the webhook. */
export interface Absence {
  begin(): void;
  end(): void;
  isAway(): boolean;
  /** Whether it was away at any time since then, by the clock that was given. */
  wasAwaySince(start: number): boolean;
}

/** An absence that has not begun. */
export function createAbsence(now: () => number): Absence {
  let away = false;
  let lastEnd = Number.NEGATIVE_INFINITY;
  return {
    begin() {
      away = true;
    },
    end() {
      away = false;
      lastEnd = now();
    },
    isAway: () => away,
    wasAwaySince: (start) => away || lastEnd >= start,
  };
}
