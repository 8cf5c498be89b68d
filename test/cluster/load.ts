import { plainPod } from '../e2e/pods.ts';
import type { Site } from '../e2e/site.ts';

/** What became of the pods that were created. */
export interface Tally {
  readonly created: number;
  /** Why pods were not created, each sentence with how often; a pod that was not filled is refused by its namespace. */
  readonly lost: Readonly<Record<string, number>>;
  /** The longest that a client waited, in milliseconds. */
  readonly slowestMs: number;
  /** Each time that pods were lost, and never for a second none: in milliseconds since the load began. */
  readonly outages: readonly Outage[];
}

export interface Outage {
  readonly start: number;
  readonly end: number;
}

export interface Load {
  /** Ends it when the requests that are running have their answers. */
  stop(): Promise<Tally>;
  /** How many pods were created so far. */
  created(): number;
}

const clients = 4;
/** Pods that were lost further apart than this were lost in two outages, in milliseconds. */
const outageGapMs = 1_000;

/**
 * Creates pods in dry runs, four at a time and without end, in a namespace that is opted in and refuses pods that fall
 * short of `restricted`: a pod that was not filled is lost as much as one that was refused.
 */
export function startLoad({ api }: Pick<Site, 'api'>, namespace: string): Load {
  const lost = new Map<string, number>();
  let [created, slowestMs, stopped] = [0, 0, false];
  const outages: Outage[] = [];
  const beginning = Date.now();

  async function createOne(): Promise<void> {
    const started = Date.now();
    const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
    const complaint = await api.request('POST', path, plainPod('app')).then(
      ({ status, body }) => (status === 201 ? undefined : `${status} ${body.message}`),
      (error: Error) => error.message,
    );
    slowestMs = Math.max(slowestMs, Date.now() - started);
    if (complaint === undefined) {
      created++;
      return;
    }
    lost.set(complaint, (lost.get(complaint) ?? 0) + 1);
    const { start, end } = { start: started - beginning, end: Date.now() - beginning };
    const last = outages.at(-1);
    if (last !== undefined && start - last.end < outageGapMs) outages.splice(-1, 1, { start: last.start, end });
    else outages.push({ start, end });
  }

  const running = Array.from({ length: clients }, async () => {
    while (!stopped) {
      await createOne();
      // As fast as it can, it would measure this machine and not the program.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
  return {
    created: () => created,
    async stop() {
      stopped = true;
      await Promise.all(running);
      return { created, lost: Object.fromEntries(lost), slowestMs, outages };
    },
  };
}

/** How many pods were lost. */
export function lostIn({ lost }: Tally): number {
  return Object.values(lost).reduce((sum, count) => sum + count, 0);
}

/** The longest time that pods were lost, in seconds; 0 when none was. */
export function longestOutage({ outages }: Tally): number {
  return Math.max(0, ...outages.map(({ start, end }) => end - start)) / 1000;
}

/** From the first to the last pod that was lost, in seconds; 0 when none was. */
export function timeOfLosses({ outages }: Tally): number {
  return ((outages.at(-1)?.end ?? 0) - (outages[0]?.start ?? 0)) / 1000;
}

/** The tally in a few words. */
export function toText(tally: Tally): string {
  const { created, slowestMs, outages } = tally;
  const lost = lostIn(tally);
  const times = outages.length > 1 ? `${outages.length} times for at most` : 'within';
  const outage = outages.length > 0 ? ` ${times} ${longestOutage(tally).toFixed(2)} s` : '';
  return `${lost} of ${created + lost} pods lost${outage}, the slowest in ${slowestMs} ms`;
}
