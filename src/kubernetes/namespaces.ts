import { setMaxListeners } from 'node:events';
import { isNamespaceName } from '../admission/namespaceName.ts';
import { type NamespaceRecord, writtenProfile } from '../admission/namespacePolicy.ts';
import type { ApiClient } from './client.ts';
import { reasonOf } from './errors.ts';
import type { ListWatchLimits } from './limits.ts';
import { startListWatch } from './listWatch.ts';
import { createLiveLookup } from './liveLookup.ts';
import type { Log } from './log.ts';
import { decodeNamespace, type NamespaceItem } from './namespaceRecord.ts';
import { countProfiles, createUnroutedLog, type RoutedBy, reportSilence } from './namespaceReports.ts';
import { isLater } from './objectMeta.ts';

export type { NamespaceRecord };

/** Whether a namespace is opted in cannot be said now; the request should be tried again. */
export class LookupError extends Error {
  override readonly name = 'LookupError';
}

/** Where the answer to a lookup came from. */
export type LookupOutcome = 'memory' | 'live' | 'failed';

export interface NamespaceSource {
  /**
   * Returns the namespace, or undefined if it does not exist: at once if memory knows a profile for it, otherwise after
   * asking the API server, for at most `deadlineMs` milliseconds. Rejects with LookupError if that cannot be said.
   */
  find(name: string, deadlineMs: number): Promise<NamespaceRecord | undefined> | NamespaceRecord | undefined;
  /** Whether all namespaces have been listed once. */
  synced(): boolean;
  status(): NamespaceSourceStatus;
  /** Ends everything at once. The client is its creator's to close. */
  stop(): void;
}

export interface NamespaceSourceStatus {
  readonly synced: boolean;
  /** Epoch milliseconds of the last byte from the API server. */
  readonly lastContact: number | undefined;
  /** How often the watch broke. That the server ends it every few minutes is not counted. */
  readonly restarts: number;
  /** How many namespaces were found changed although the watch had reported nothing. */
  readonly drift: number;
  /** Namespaces by the profile that they name, in lower case; only those whose pods are sent to us. */
  readonly optedIn: Map<string, number>;
  /** Namespaces that name a profile where the routing does not look. */
  readonly unrouted: number;
  /** Why the API server cannot be watched at the moment. */
  readonly problem: string | undefined;
}

export interface NamespaceSourceOptions {
  readonly client: ApiClient;
  readonly routedBy: RoutedBy;
  readonly log: Log;
  /** Told of each lookup. */
  readonly observe?: (outcome: LookupOutcome) => void;
  readonly limits?: Partial<ListWatchLimits & NamespaceLimits>;
  readonly random?: () => number;
  readonly elapsed?: () => number;
}

export interface NamespaceLimits {
  readonly lookupMs: number;
  readonly keepMs: number;
  readonly keepAtMost: number;
  /** Silence of the API server that is worth a line in the log. */
  readonly staleMs: number;
}

const defaultLimits: NamespaceLimits = { lookupMs: 500, keepMs: 1_000, keepAtMost: 1_000, staleMs: 120_000 };

/** Begins to watch the cluster's namespaces and returns what is known of them. Goes on until `stop()`. */
export function createNamespaceSource(options: NamespaceSourceOptions): NamespaceSource {
  const { client, routedBy, log, observe = () => {}, elapsed = () => performance.now() } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const ending = new AbortController();
  // Every lookup under way listens to it. Node warns of more than ten, in a line that is no JSON.
  setMaxListeners(0, ending.signal);
  const live = createLiveLookup({ ...limits, timeoutMs: limits.lookupMs, client, signal: ending.signal });
  const unrouted = createUnroutedLog(routedBy, log);
  const namespaces = startListWatch<NamespaceItem>({
    ...options,
    path: '/api/v1/namespaces',
    decode: decodeNamespace,
    onChange(previous, next) {
      live.forget(next?.name ?? previous?.name ?? '');
      unrouted.see(previous, next);
    },
  });
  const silence = reportSilence({ client, log, elapsed, staleMs: limits.staleMs });

  function withProfile(name: string): NamespaceItem | undefined {
    const item = namespaces.items.get(name);
    return item !== undefined && writtenProfile(item.record) !== undefined ? item : undefined;
  }

  async function findLive(name: string, deadlineMs: number): Promise<NamespaceRecord | undefined> {
    const item = await live.read(name, Math.min(limits.lookupMs, deadlineMs));
    // The watch may have been faster than the answer.
    const watched = withProfile(name);
    if (watched !== undefined && !isLater(item?.resourceVersion ?? '', watched.resourceVersion)) return watched.record;
    return item?.record;
  }

  async function findElsewhere(name: string, deadlineMs: number): Promise<NamespaceRecord | undefined> {
    try {
      const record = await findLive(name, deadlineMs);
      observe('live');
      return record;
    } catch (error) {
      observe('failed');
      // Where the pods of every namespace are sent to us, our trouble must not become everyone's.
      if (routedBy === 'annotation' && namespaces.status().synced) return namespaces.items.get(name)?.record;
      throw new LookupError(`Namespace ${name} could not be looked up: ${reasonOf(error)}.`);
    }
  }

  return {
    find(name, deadlineMs) {
      const item = withProfile(name);
      if (item !== undefined) {
        observe('memory');
        return item.record;
      }
      if (isNamespaceName(name)) return findElsewhere(name, deadlineMs);
      observe('failed');
      return Promise.reject(new LookupError('The request names a namespace that cannot exist.'));
    },
    synced: () => namespaces.status().synced,
    status() {
      const { synced, restarts, drift, problem } = namespaces.status();
      const counts = countProfiles(namespaces.items.values(), routedBy);
      return { synced, restarts, drift, problem, lastContact: client.lastContact(), ...counts };
    },
    stop() {
      ending.abort();
      namespaces.stop();
      clearInterval(silence);
    },
  };
}
