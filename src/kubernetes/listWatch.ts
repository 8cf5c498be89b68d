import type { ApiClient } from './client.ts';
import { ResyncError, reasonOf, StatusError, TooLargeError } from './errors.ts';
import { defaultLimits, type ListWatchLimits } from './limits.ts';
import { type Item, listAll } from './list.ts';
import type { Log } from './log.ts';
import { createMemory, differences, type OnChange } from './memory.ts';
import { createRetryPolicy } from './retry.ts';
import { sleep } from './timing.ts';
import { watchOnce } from './watch.ts';

export interface ListWatchOptions<T extends Item> {
  readonly client: ApiClient;
  /** The collection's path, made of constant or encoded parts. */
  readonly path: string;
  /** Turns one object into what is kept of it; may throw, which leads to a new list. */
  readonly decode: (object: unknown) => T;
  readonly onChange?: OnChange<T>;
  /** What to accept for a list and for an object; only metadata when left out. */
  readonly accept?: string;
  /** What to tell an administrator, once, when the API server does not allow it. */
  readonly forbidden?: string;
  readonly log: Log;
  readonly limits?: Partial<ListWatchLimits>;
  readonly random?: () => number;
}

export interface ListWatchStatus {
  /** Whether a list has succeeded once. */
  readonly synced: boolean;
  /** Watches and lists that ended in any way but the usual one. */
  readonly restarts: number;
  /** Objects in memory that a check found to be wrong although the watch was healthy. */
  readonly drift: number;
  readonly callbackErrors: number;
  /** Why the last attempt failed; undefined while a watch is open. */
  readonly problem: string | undefined;
}

export interface ListWatch<T extends Item> {
  /** What is known now, by name. */
  readonly items: ReadonlyMap<string, T>;
  status(): ListWatchStatus;
  /** Ends everything at once; no callback follows. */
  stop(): void;
}

/**
 * Begins to keep every object of a collection in memory, and goes on until `stop()`, whatever the API server does. Lists
 * once, then watches; after a fault it resumes where it was, or lists again where that is impossible. From time to time
 * it compares its memory with a list.
 */
export function startListWatch<T extends Item>(options: ListWatchOptions<T>): ListWatch<T> {
  const { client, path, decode, forbidden, log, random = Math.random } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const ending = new AbortController();
  const { signal } = ending;
  const retry = createRetryPolicy(limits, random);
  const accept = options.accept === undefined ? {} : { accept: options.accept };
  const memory = createMemory<T>(options.onChange ?? (() => {}), (error) => {
    callbackErrors += 1;
    log('error', 'A callback of the watch failed.', { path, error: String(error) });
  });

  let pageSize = limits.pageSize;
  /** The resourceVersion at which the next watch begins; none: a list has to come first. */
  let resumeAt: string | undefined;
  let watching: AbortController | undefined;
  let watchBeganAt = 0;
  /** Names that events have named since the check in progress began. */
  let touched: Set<string> | undefined;
  let synced = false;
  let restarts = 0;
  let drift = 0;
  let callbackErrors = 0;
  let problem: string | undefined;

  function list() {
    return listAll({ client, path, decode, ...accept, pageSize, timeoutMs: limits.requestMs, signal });
  }

  async function relist(): Promise<string> {
    try {
      const { items, resourceVersion } = await list();
      signal.throwIfAborted();
      memory.replace(items);
      log('info', 'Listed.', { path, objects: items.size });
      synced = true;
      return resourceVersion;
    } catch (error) {
      if (error instanceof TooLargeError) pageSize = Math.max(1, Math.floor(pageSize / 2));
      throw error;
    }
  }

  async function watchFrom(resourceVersion: string): Promise<void> {
    watching = new AbortController();
    const abortWatching = () => watching?.abort(signal.reason);
    signal.addEventListener('abort', abortWatching);
    watchBeganAt = performance.now();
    try {
      await watchOnce({
        client,
        path,
        ...accept,
        resourceVersion,
        timeoutSeconds: Math.floor(limits.watchSeconds * (1 + random() / 4)),
        inactivityMs: limits.inactivityMs,
        signal: watching.signal,
        onOpen() {
          retry.opened();
          problem = undefined;
        },
        onEvent(event) {
          if (signal.aborted) return;
          resumeAt = event.type === 'BOOKMARK' ? event.resourceVersion : remember(event.type, decode(event.object));
        },
      });
    } finally {
      signal.removeEventListener('abort', abortWatching);
      watching = undefined;
    }
  }

  function remember(type: 'ADDED' | 'MODIFIED' | 'DELETED', item: T): string {
    touched?.add(item.name);
    if (type === 'DELETED') memory.remove(item);
    else memory.put(item);
    return item.resourceVersion;
  }

  /** Returns the milliseconds to wait before the next round. */
  async function round(): Promise<number> {
    try {
      resumeAt ??= await relist();
      await watchFrom(resumeAt);
      return retry.ended(watchBeganAt);
    } catch (error) {
      return signal.aborted ? 0 : afterFault(error);
    }
  }

  function afterFault(error: unknown): number {
    const { waitMs, list, failures } = retry.failed(error);
    if (list) resumeAt = undefined;
    restarts += 1;
    const isForbidden = forbidden !== undefined && error instanceof StatusError && error.status === 403;
    const isKnown = isForbidden && problem === forbidden;
    problem = isForbidden ? forbidden : reasonOf(error);
    if (isKnown) return waitMs;
    log('warn', 'The watch was interrupted.', { path, reason: problem, waitMs: Math.round(waitMs), failures });
    return waitMs;
  }

  /** Compares memory with a list. What an event has named meanwhile is in motion and proves nothing. */
  async function check(): Promise<void> {
    const restartsBefore = restarts;
    touched = new Set();
    try {
      const { items } = await list();
      await sleep(limits.settleMs, signal);
      if (signal.aborted || restarts !== restartsBefore || watching === undefined) return;
      const missed = differences(memory.items, items).filter((name) => !touched?.has(name));
      if (missed.length === 0) return;
      drift += missed.length;
      watching.abort(new ResyncError(`the watch had missed changes of ${missed.length} objects`));
    } finally {
      touched = undefined;
    }
  }

  async function keepWatching(): Promise<void> {
    while (!signal.aborted) await sleep(await round(), signal);
  }

  async function keepChecking(): Promise<void> {
    while (!signal.aborted) {
      await sleep(limits.checkMs * (0.9 + random() / 5), signal);
      if (signal.aborted || watching === undefined) continue;
      await check().catch((error) => log('warn', 'Memory could not be checked.', { path, reason: reasonOf(error) }));
    }
  }

  keepWatching();
  keepChecking();
  return {
    items: memory.items,
    status: () => ({ synced, restarts, drift, callbackErrors, problem }),
    stop: () => ending.abort(),
  };
}
