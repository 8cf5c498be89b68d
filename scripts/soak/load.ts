import type { Tally } from './tally.ts';

/** One kind of request, which is sent now and then. */
export interface Errand {
  readonly kind: string;
  /** How often it comes among the others. */
  readonly share: number;
  /** Reviews that the webhook must have answered with 200 when nothing is wrong. */
  readonly reviews: number;
  /** Whether it needs no API server. */
  readonly always?: boolean;
  /** Sends it and says what is wrong with the answer; undefined when nothing is. */
  readonly run: () => Promise<string | undefined>;
}

export interface LoadOptions {
  readonly tally: Tally;
  readonly now: () => number;
  /** How many are under way at a time. */
  readonly atOnce: number;
  /** How long each rests afterwards, in milliseconds, so as not to measure this machine; after a failure ten times that. */
  readonly restMs: number;
}

/** Runs the errands in turns until it is stopped, which resolves when those under way have ended. */
export function startLoad(errands: readonly Errand[], { tally, now, atOnce, restMs }: LoadOptions) {
  const turns = inTurns(errands);
  let next = 0;
  let stopped = false;
  const runners = Array.from({ length: atOnce }, async () => {
    while (!stopped) {
      const errand = turns[next++ % turns.length];
      if (errand === undefined) return;
      const start = now();
      const fault = await errand.run().catch((error: Error) => error.message);
      tally.count({ ...errand, start, fault });
      await new Promise((resolve) => setTimeout(resolve, fault === undefined ? restMs : restMs * 10));
    }
  });
  return async (): Promise<void> => {
    stopped = true;
    await Promise.all(runners);
  };
}

/** Each errand as often as its share says, and those of one kind far apart. */
function inTurns(errands: readonly Errand[]): readonly Errand[] {
  const places = errands.flatMap((errand, index) =>
    Array.from({ length: errand.share }, (_, turn) => ({
      errand,
      place: (turn + index / errands.length) / errand.share,
    })),
  );
  return places.sort((one, other) => one.place - other.place).map(({ errand }) => errand);
}
