import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import type { BreakField } from '../evidence/breaks.ts';
import { createTableKeeper } from '../evidence/keepTable.ts';
import { type Sighting, sightingOf } from '../evidence/sighting.ts';
import type { Speak } from '../evidence/stores.ts';
import { createEvidenceTable } from '../evidence/table.ts';
import { createTeller, type Teller } from '../evidence/teller.ts';
import { createApiClient } from '../kubernetes/client.ts';
import { createSpeak } from '../kubernetes/events.ts';
import { createEvidenceStore } from '../kubernetes/evidenceStore.ts';
import { createLease } from '../kubernetes/lease.ts';
import { watchPods } from '../kubernetes/pods.ts';
import { sleep } from '../kubernetes/timing.ts';
import type { Evidence, ImageUser } from '../policy/evidence.ts';
import type { Log } from './log.ts';
import { ownNamespace } from './ownNamespace.ts';

/** What is known of images, and how the gathering of it is doing. */
export interface EvidenceSource {
  readonly evidence: Evidence;
  readonly status: () => EvidenceStatus;
  /** Lets another replica speak and write; the gathering goes on until `stop()`. */
  readonly retire: () => Promise<void>;
  readonly stop: () => void;
}

export interface EvidenceStatus {
  /** How many images are known in each state. */
  readonly images: Readonly<Record<ImageUser['state'], number>>;
  /** Whether the pods have been listed once. */
  readonly synced: boolean;
  /** When the API server was last heard, in milliseconds since 1970. */
  readonly lastContact: number | undefined;
  /** How often the watch of the pods broke. */
  readonly restarts: number;
}

export interface EvidenceOptions {
  readonly kubeconfig?: string;
  readonly namespace?: string;
}

/** The name of the ConfigMap and of the Lease. */
const name = 'pod-hardener-evidence';
/** What was not seen for long is forgotten, and what is still broken is told again, so often. */
const sweepMs = 3_600_000;
/** What takes about a millisecond. */
const partSize = 100;
/** Between two Events, and between two looks whether there is one. */
const speakMs = 100;
const idleMs = 500;

/**
 * Begins to learn from the pods of the cluster as whom images run, and to tell of what we may have broken. Nothing of
 * it is needed to answer a request, and no fault of it reaches one. Rejects when there is no usable kubeconfig.
 */
export async function startEvidence(
  options: EvidenceOptions,
  log: Log,
  onTold: (field: BreakField) => void,
): Promise<EvidenceSource> {
  const place = { namespace: options.namespace ?? (await ownNamespace()), name };
  const client = await createApiClient({ kubeconfig: options.kubeconfig, log });
  const ending = new AbortController();
  const { signal } = ending;
  setMaxListeners(0, signal);
  const now = Date.now;
  const table = createEvidenceTable();
  const teller = createTeller({ onTold, now });
  const identity = `${hostname()}_${randomUUID()}`;
  const lease = createLease({ client, place, identity, now, elapsed: () => performance.now(), signal });

  const takeLater = inSmallParts(take, signal);
  const pods = watchPods<Sighting>({
    client,
    sight: sightingOf,
    log,
    onChange: (_, next) => next && takeLater(next.sighting),
  });

  function take({ observations, broken }: Sighting): void {
    table.learn(observations, now());
    if (broken !== undefined && lease.holds()) teller.tell(broken);
  }

  const keeper = createTableKeeper({
    store: createEvidenceStore(client, place, signal),
    table,
    mayWrite: () => lease.holds() && pods.status().synced,
    now,
    onUnreadable: (reason) => log('warn', 'The stored evidence cannot be read; it is gathered anew.', { reason }),
  });

  function sweep(): void {
    for (const { sighting } of pods.items.values()) takeLater(sighting);
    table.forget(now());
  }

  const complaintOf = (say: (reason: string) => void) => onceEach(say, signal);
  const complainOfStore = complaintOf((reason) =>
    log('warn', 'The evidence cannot be stored; it is kept in memory.', { reason }),
  );
  async function keep(): Promise<number> {
    const waitMs = await keeper.attempt();
    complainOfStore(keeper.problem());
    return waitMs;
  }

  const complainOfLease = complaintOf((reason) =>
    log('warn', 'No replica can be chosen that tells of breaks and stores the evidence.', { reason }),
  );
  async function share(): Promise<number> {
    const before = lease.holds();
    const waitMs = await lease.attempt();
    complainOfLease(lease.problem());
    if (lease.holds() && !before) {
      log('info', 'This replica tells of breaks and stores the evidence.');
      // Whoever did so before may not have come to all of it.
      for (const { sighting } of pods.items.values()) if (sighting.broken) teller.tell(sighting.broken);
    }
    return waitMs;
  }

  const complainOfEvent = complaintOf((reason) => log('warn', 'An Event cannot be created.', { reason }));
  const speak = speaker(createSpeak(client, signal), teller, complainOfEvent);
  for (const work of [share, keep, speak]) repeat(work, signal);
  const sweeping = setInterval(sweep, sweepMs).unref();

  return {
    evidence: table.evidence,
    status() {
      const { synced, restarts } = pods.status();
      return { images: table.counts(), synced, restarts, lastContact: client.lastContact() };
    },
    retire: lease.release,
    stop() {
      clearInterval(sweeping);
      ending.abort();
      pods.stop();
      client.close();
    },
  };
}

/** Says what is waiting to be said, one after the other; what cannot be said is lost, since it will be found again. */
function speaker(say: Speak, teller: Teller, complain: Complain): () => Promise<number> {
  return async () => {
    const said = teller.next();
    if (said === undefined) return idleMs;
    try {
      await say(said);
      complain(undefined);
    } catch (error) {
      complain(error instanceof Error ? error.message : String(error));
    }
    return speakMs;
  };
}

type Complain = (reason: string | undefined) => void;

/** Returns what says a reason once, and again when it has changed; no more when all was ended. */
function onceEach(say: (reason: string) => void, signal: AbortSignal): Complain {
  let told: string | undefined;
  return (reason) => {
    if (signal.aborted) return;
    if (reason !== undefined && reason !== told) say(reason);
    told = reason;
  };
}

/** Returns what does the work for each of many, but never for so many at once that a review would have to wait. */
function inSmallParts<T>(work: (one: T) => void, signal: AbortSignal): (one: T) => void {
  let waiting: T[] = [];
  const doSome = () => {
    if (signal.aborted) return;
    const some = waiting.slice(0, partSize);
    waiting = waiting.slice(partSize);
    for (const one of some) work(one);
    if (waiting.length > 0) setImmediate(doSome);
  };
  return (one) => {
    waiting.push(one);
    if (waiting.length === 1) setImmediate(doSome);
  };
}

/** Does the work again and again until the signal is aborted. */
async function repeat(work: () => Promise<number>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await sleep(await work(), signal);
}
