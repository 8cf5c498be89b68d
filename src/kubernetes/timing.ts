/** Resolves after `ms` milliseconds, or at once when the signal is aborted; never rejects. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish);
  });
}

/**
 * Settles as `promise` does, or rejects with the signal's reason as soon as that is aborted. The promise itself goes on,
 * and a later rejection of it is nobody's.
 */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

export interface Watchdog {
  readonly signal: AbortSignal;
  /** Starts the wait again, with `ms` milliseconds from now on if given. */
  touch(ms?: number): void;
  /** Must be called in the end: lets go of the timer and of the outer signal. */
  done(): void;
}

/**
 * Returns a signal that is aborted with `reason()` when `ms` milliseconds pass without `touch()`, and with the outer
 * signal's reason when that is aborted. (AbortSignal.any holds on to its sources for their lifetime in Node 20.)
 */
export function createWatchdog(ms: number, reason: () => Error, outer?: AbortSignal): Watchdog {
  const controller = new AbortController();
  let limit = ms;
  let timer = setTimeout(() => controller.abort(reason()), limit);
  const follow = () => controller.abort(outer?.reason);
  if (outer?.aborted) follow();
  outer?.addEventListener('abort', follow);
  return {
    signal: controller.signal,
    touch(next = limit) {
      limit = next;
      clearTimeout(timer);
      timer = setTimeout(() => controller.abort(reason()), limit);
    },
    done() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', follow);
    },
  };
}

/**
 * Returns the milliseconds to wait after the nth failure in a row (n from 1): random between `shortest` and a ceiling
 * that doubles up to `longest`, so that many clients do not come back together.
 */
export function backoffMs(failures: number, shortest: number, longest: number, random: () => number): number {
  const ceiling = Math.min(longest, shortest * 2 ** Math.min(failures, 30));
  return shortest + random() * (ceiling - shortest);
}
