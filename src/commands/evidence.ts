import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import type { BreakField } from '../evidence/breakFields.ts';
import { createTableKeeper } from '../evidence/keepTable.ts';
import type { Sighting } from '../evidence/sighting.ts';
import { createEvidenceTable } from '../evidence/table.ts';
import { createTeller } from '../evidence/teller.ts';
import { createApiClient } from '../kubernetes/client.ts';
import { createSpeak } from '../kubernetes/events.ts';
import { createEvidenceStore } from '../kubernetes/evidenceStore.ts';
import { createLease } from '../kubernetes/lease.ts';
import { watchPods } from '../kubernetes/pods.ts';
import type { Evidence, ImageUser } from '../policy/evidence.ts';
import type { Resident } from '../readiness/residents.ts';
import { inSmallParts } from './inSmallParts.ts';
import type { Log } from './log.ts';
import { ownNamespace } from './ownNamespace.ts';
import { createLook, type Look } from './podLook.ts';
import { onceEach, repeat } from './repeat.ts';
import { createSpeaker } from './speaker.ts';

/** What is known of images, and how the gathering of it is doing. */
export interface EvidenceSource {
  readonly evidence: Evidence;
  /** The pods of a namespace; undefined before all have been listed. */
  readonly residentsIn: (namespace: string) => Iterable<Resident> | undefined;
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

/**
 * Begins to learn from the pods of the cluster as whom images run, and to tell of what we may have broken. Nothing of
 * it is needed to answer a request, and no fault of it reaches one. Rejects when there is no usable kubeconfig.
 */
export async function startEvidence(
  { kubeconfig, namespace }: EvidenceOptions,
  log: Log,
  onTold: (field: BreakField) => void,
): Promise<EvidenceSource> {
  const place = { namespace: namespace ?? (await ownNamespace()), name };
  // What else is asked must not pass for news of pods.
  const [watching, client] = [await createApiClient({ kubeconfig, log }), await createApiClient({ kubeconfig, log })];
  const ending = new AbortController();
  const { signal } = ending;
  setMaxListeners(0, signal);
  const now = Date.now;
  const elapsed = () => performance.now();
  const table = createEvidenceTable();
  const teller = createTeller({ onTold, now });
  const identity = `${hostname()}_${randomUUID()}`;
  const lease = createLease({ client, place, identity, now, elapsed, signal });
  const onError = (error: unknown) => log('error', 'The gathering of evidence has failed.', { error: String(error) });

  const take = inSmallParts(takeNow, onError, signal);
  const pods = watchPods<Look>({
    client: watching,
    sight: createLook(),
    log,
    onChange: (_, next) => next && take(next.sighting.seen),
  });
  const keeper = createTableKeeper({
    store: createEvidenceStore(client, place, signal),
    table,
    mayWrite: () => lease.holds() && pods.status().synced,
    now,
    elapsed,
    onUnreadable: (reason) => log('warn', 'The stored evidence cannot be read; it is gathered anew.', { reason }),
  });

  function takeNow({ observations, broken }: Sighting): void {
    table.learn(observations, now());
    if (broken !== undefined && lease.holds()) teller.tell(broken);
  }

  function takeAll(): void {
    for (const { sighting } of pods.items.values()) take(sighting.seen);
  }

  async function share(): Promise<number> {
    const before = lease.holds();
    const waitMs = await lease.attempt();
    complainOfLease(lease.problem());
    if (!lease.holds() || before) return waitMs;
    log('info', 'This replica tells of breaks and stores the evidence.');
    // Whoever did so before may not have come to all of it.
    takeAll();
    return waitMs;
  }

  async function keep(): Promise<number> {
    const waitMs = await keeper.attempt();
    complainOfStore(keeper.problem());
    return waitMs;
  }

  const complainOfLease = onceEach((reason) => {
    log('warn', 'No replica can be chosen that tells of breaks and stores the evidence.', { reason });
  }, signal);
  const complainOfStore = onceEach((reason) => {
    log('warn', 'The evidence cannot be stored; it is kept in memory.', { reason });
  }, signal);
  const complain = onceEach((reason) => log('warn', 'An Event cannot be created.', { reason }), signal);
  const speak = createSpeaker({ next: teller.next, speak: createSpeak(client, signal), complain });
  for (const work of [share, keep, speak]) repeat(work, onError, signal);
  const sweeping = setInterval(() => {
    takeAll();
    table.forget(now());
  }, sweepMs);
  sweeping.unref();

  return {
    evidence: table.evidence,
    residentsIn(namespace) {
      if (!pods.status().synced) return undefined;
      const looks = Array.from(pods.items.values(), ({ sighting }) => sighting.resident);
      return looks.filter((resident) => resident !== undefined).filter((one) => one.namespace === namespace);
    },
    status() {
      const { synced, restarts } = pods.status();
      return { images: table.counts(), synced, restarts, lastContact: watching.lastContact() };
    },
    retire: lease.release,
    stop() {
      clearInterval(sweeping);
      ending.abort();
      pods.stop();
      for (const one of [watching, client]) one.close();
    },
  };
}
