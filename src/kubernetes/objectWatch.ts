import type { ApiClient } from './client.ts';
import { ForbiddenError, ResyncError, reasonOf } from './errors.ts';
import { statusErrorOf } from './list.ts';
import type { Log } from './log.ts';
import { isRecord, parseJson } from './objectMeta.ts';
import { backoffMs, sleep } from './timing.ts';
import { watchOnce } from './watch.ts';

export interface ObjectWatchLimits {
  /** For one answer. */
  readonly requestMs: number;
  /** A watch ends itself after this time, and the object is read anew: so what a watch missed is found. */
  readonly watchSeconds: number;
  readonly inactivityMs: number;
  readonly shortestWaitMs: number;
  readonly longestWaitMs: number;
}

export const objectWatchLimits: ObjectWatchLimits = {
  requestMs: 5_000,
  watchSeconds: 60,
  inactivityMs: 90_000,
  shortestWaitMs: 250,
  longestWaitMs: 10_000,
};

export interface ObjectWatchOptions<T> {
  readonly client: ApiClient;
  /** The collection's path, made of constant or encoded parts. */
  readonly collection: string;
  readonly name: string;
  /** Turns the object into what is kept of it, undefined if it is as good as gone; may throw ResyncError. */
  readonly decode: (object: unknown) => T | undefined;
  /** Told of the object when it was read or has changed; undefined when it does not exist. */
  readonly onSeen: (object: T | undefined) => void;
  /** Told of why the object cannot be read, and of undefined when it can be again. */
  readonly onProblem: (problem: string | undefined) => void;
  /** What to tell an administrator when the API server does not allow it. */
  readonly forbidden: string;
  readonly log: Log;
  readonly limits?: Partial<ObjectWatchLimits>;
  readonly random?: () => number;
}

/**
 * Begins to watch one object and goes on until the function that it returns is called, whatever the API server does. It
 * asks by field selector, so that a right to list and watch which names the object is enough.
 */
export function watchObject<T>(options: ObjectWatchOptions<T>): () => void {
  const { client, collection, name, decode, onSeen, onProblem, forbidden, log, random = Math.random } = options;
  const limits = { ...objectWatchLimits, ...options.limits };
  const fieldSelector = `metadata.name=${name}`;
  const ending = new AbortController();
  const { signal } = ending;
  let failures = 0;

  async function list(): Promise<string> {
    const path = `${collection}?${new URLSearchParams({ fieldSelector })}`;
    const response = await client.get(path, { timeoutMs: limits.requestMs, signal });
    if (response.status === 403) throw new ForbiddenError(forbidden);
    if (response.status !== 200) throw statusErrorOf(response);
    const { items, resourceVersion } = decodeList(response.body);
    const [object] = items.map(decode);
    signal.throwIfAborted();
    onSeen(object);
    return resourceVersion;
  }

  async function follow(resourceVersion: string): Promise<void> {
    await watchOnce({
      client,
      path: collection,
      fieldSelector,
      accept: 'application/json',
      resourceVersion,
      timeoutSeconds: limits.watchSeconds,
      inactivityMs: limits.inactivityMs,
      signal,
      onOpen: () => {},
      onEvent(event) {
        failures = 0;
        if (signal.aborted || event.type === 'BOOKMARK') return;
        onSeen(event.type === 'DELETED' ? undefined : decode(event.object));
      },
    });
  }

  /** Returns the milliseconds to wait before the next round. */
  async function round(): Promise<number> {
    try {
      const resourceVersion = await list();
      onProblem(undefined);
      const started = performance.now();
      await follow(resourceVersion);
      // One that ends at once is as good as none.
      failures = performance.now() - started < limits.shortestWaitMs ? failures + 1 : 0;
      return backoffMs(failures, limits.shortestWaitMs, limits.longestWaitMs, random);
    } catch (error) {
      if (signal.aborted) return 0;
      failures += 1;
      const reason = reasonOf(error);
      onProblem(reason);
      const waitMs = backoffMs(failures, limits.shortestWaitMs, limits.longestWaitMs, random);
      log('warn', 'An object cannot be watched.', { collection, name, reason, waitMs: Math.round(waitMs) });
      return waitMs;
    }
  }

  async function keepWatching(): Promise<void> {
    while (!signal.aborted) await sleep(await round(), signal);
  }

  keepWatching();
  return () => ending.abort();
}

function decodeList(body: string): { readonly items: readonly unknown[]; readonly resourceVersion: string } {
  const list = parseJson(body);
  const metadata = isRecord(list) ? list.metadata : undefined;
  const items = isRecord(list) ? (list.items ?? []) : undefined;
  const resourceVersion = isRecord(metadata) ? metadata.resourceVersion : undefined;
  if (!Array.isArray(items) || typeof resourceVersion !== 'string') {
    throw new ResyncError('the API server sent something that is not a list');
  }
  return { items, resourceVersion };
}
