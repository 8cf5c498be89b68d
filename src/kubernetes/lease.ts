import type { ApiClient, ApiResponse } from './client.ts';
import { ResyncError, reasonOf } from './errors.ts';
import { evidenceObjectIn } from './evidenceObject.ts';
import type { ObjectPlace } from './evidenceStore.ts';
import { decodeObjectMeta, isRecord } from './objectMeta.ts';

export interface LeaseLimits {
  /** Whoever has not renewed the Lease for so long has lost it. */
  readonly durationMs: number;
  /** Between two looks at it. */
  readonly everyMs: number;
  readonly requestMs: number;
}

export const leaseLimits: LeaseLimits = { durationMs: 30_000, everyMs: 8_000, requestMs: 5_000 };

export interface LeaseOptions {
  readonly client: ApiClient;
  readonly place: ObjectPlace;
  /** Who we are: the name of a replica, and something that no other one has. */
  readonly identity: string;
  /** Wall-clock time, which others read in the Lease but nobody relies on. */
  readonly now: () => number;
  /** Milliseconds that never go back. */
  readonly elapsed: () => number;
  readonly signal: AbortSignal;
  readonly limits?: Partial<LeaseLimits>;
}

export interface Lease {
  /** Whether it is ours now. Of several replicas it is never more than one's, whatever their clocks say. */
  holds(): boolean;
  /** Takes, renews or looks at it. Resolves with the milliseconds until the next attempt; never rejects. */
  attempt(): Promise<number>;
  /** Lets another one have it at once. */
  release(): Promise<void>;
  /** Why the last attempt failed. */
  problem(): string | undefined;
}

interface Seen {
  readonly resourceVersion: string;
  readonly holder: string;
  readonly transitions: number;
}

/** Returns a share in one Lease, which the manifests make. Nobody holds it before the first attempt. */
export function createLease({ client, place, identity, now, elapsed, signal, ...options }: LeaseOptions): Lease {
  const limits = { ...leaseLimits, ...options.limits };
  const { namespace, name } = place;
  const path = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases/${encodeURIComponent(name)}`;
  /** What was seen last, and since when it has not changed. */
  let seen: Seen | undefined;
  let unchangedSince = 0;
  let heldUntil = Number.NEGATIVE_INFINITY;
  let isReleased = false;
  let problem: string | undefined;

  async function read(): Promise<Seen> {
    return decodeAnswer(await client.get(path, { timeoutMs: limits.requestMs, signal }));
  }

  async function write(holder: string, from: Seen): Promise<Seen | 'conflict'> {
    const isNew = holder !== from.holder;
    const time = new Date(now()).toISOString().replace('Z', '000Z');
    const spec = {
      holderIdentity: holder,
      leaseDurationSeconds: Math.ceil(limits.durationMs / 1000),
      renewTime: time,
      ...(isNew && { acquireTime: time, leaseTransitions: from.transitions + 1 }),
    };
    const body = JSON.stringify({ metadata: { resourceVersion: from.resourceVersion }, spec });
    const contentType = 'application/merge-patch+json';
    const response = await client.send(path, {
      ...{ method: 'PATCH', contentType, body, timeoutMs: limits.requestMs, signal },
    });
    return response.status === 409 ? 'conflict' : decodeAnswer(response);
  }

  function decodeAnswer(response: ApiResponse): Seen {
    return decodeLease(evidenceObjectIn(response, `Lease ${namespace}/${name}`));
  }

  function look(next: Seen): Seen {
    if (seen?.resourceVersion !== next.resourceVersion) unchangedSince = elapsed();
    seen = next;
    return next;
  }

  /** Times in the Lease are by another clock, so only how long it has stayed as it is counts. */
  function isFree({ holder }: Seen): boolean {
    return holder === '' || holder === identity || elapsed() - unchangedSince > limits.durationMs;
  }

  async function takeOrRenew(): Promise<void> {
    const found = look(await read());
    if (isReleased || !isFree(found)) {
      heldUntil = Number.NEGATIVE_INFINITY;
      return;
    }
    const askedAt = elapsed();
    const written = await write(identity, found);
    // Somebody was faster: the next look shows who.
    if (written === 'conflict') return;
    look(written);
    // Counted from before the question, so that we have stopped when others may take it.
    heldUntil = askedAt + limits.durationMs;
  }

  return {
    holds: () => !isReleased && elapsed() < heldUntil,
    async attempt() {
      try {
        await takeOrRenew();
        problem = undefined;
      } catch (error) {
        problem = reasonOf(error);
      }
      return limits.everyMs;
    },
    async release() {
      const isOurs = !isReleased && elapsed() < heldUntil;
      isReleased = true;
      if (!isOurs || seen === undefined) return;
      // Whatever becomes of it: it runs out by itself.
      await write('', seen).catch(() => {});
    },
    problem: () => problem,
  };
}

function decodeLease(object: unknown): Seen {
  const { resourceVersion } = decodeObjectMeta(object);
  const spec = isRecord(object) ? (object.spec ?? {}) : undefined;
  if (!isRecord(spec)) throw new ResyncError('the API server sent a Lease that is none');
  const { holderIdentity, leaseTransitions } = spec;
  return {
    resourceVersion,
    holder: typeof holderIdentity === 'string' ? holderIdentity : '',
    transitions: Number.isSafeInteger(leaseTransitions) ? Number(leaseTransitions) : 0,
  };
}
