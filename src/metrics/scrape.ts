import type { Registry } from 'prom-client';

export interface ScrapeOptions {
  readonly registry: Registry;
  /** Brings what is known elsewhere into the registry. */
  readonly beforeScrape: () => void;
  /** Milliseconds that never go back. */
  readonly elapsed: () => number;
}

/** Of all time, one part in so many may go into the text; as much as these milliseconds have earned may go at once. */
const limits = { partOf: 10, earnedMs: 10_000 };

/**
 * Returns what gives the text of the metrics: a new one for each scrape, and the last one where new ones would take more
 * than a tenth of the time, as for many scrapers and very many namespaces. They must not keep reviews waiting.
 */
export function createScrape({ registry, beforeScrape, elapsed }: ScrapeOptions): () => Promise<Buffer> {
  let last: Promise<Buffer> | undefined;
  /** When what has been taken will be earned. */
  let owedUntil = Number.NEGATIVE_INFINITY;

  async function render(): Promise<Buffer> {
    const beganAt = elapsed();
    try {
      beforeScrape();
      return Buffer.from(await registry.metrics());
    } finally {
      const now = elapsed();
      owedUntil = Math.max(owedUntil, now) + (now - beganAt) * limits.partOf;
    }
  }

  return async () => {
    if (last === undefined || owedUntil - elapsed() <= limits.earnedMs) last = render();
    const given = last;
    try {
      return await given;
    } catch (error) {
      if (last === given) last = undefined;
      throw error;
    }
  };
}
