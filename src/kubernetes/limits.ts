export interface ListWatchLimits {
  readonly pageSize: number;
  /** For one page of a list. */
  readonly requestMs: number;
  /** Longer than the minute in which the API server sends a bookmark. */
  readonly inactivityMs: number;
  /** A watch ends itself after this time and up to a quarter more. */
  readonly watchSeconds: number;
  readonly shortestWaitMs: number;
  readonly longestWaitMs: number;
  /** Least time between the beginnings of two watches. */
  readonly spacingMs: number;
  /** A watch that lasted this long makes earlier failures forgotten. */
  readonly healthyMs: number;
  /** Between two checks of what is in memory, a tenth more or less. */
  readonly checkMs: number;
  /** How long an event may be on its way before it counts as missed. */
  readonly settleMs: number;
}

export const defaultLimits: ListWatchLimits = {
  pageSize: 500,
  requestMs: 30_000,
  inactivityMs: 90_000,
  watchSeconds: 240,
  shortestWaitMs: 500,
  longestWaitMs: 30_000,
  spacingMs: 500,
  healthyMs: 60_000,
  checkMs: 600_000,
  settleMs: 5_000,
};
