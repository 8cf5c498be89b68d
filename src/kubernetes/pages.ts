import type { ApiClient, ApiResponse } from './client.ts';
import { ForbiddenError, StatusError, TooLargeError } from './errors.ts';
import { decodePage, statusErrorOf } from './list.ts';
import { backoffMs, sleep } from './timing.ts';

export interface PagesOptions {
  readonly client: ApiClient;
  /** The collection's path, made of constant or encoded parts. */
  readonly path: string;
  readonly accept?: string;
  /** Told each page's objects, and how many have been read of how many, as far as the API server tells. */
  readonly onPage: (objects: readonly unknown[], done: number, all: number) => void;
  /** Told that the list expired between two pages and begins again: whatever came so far comes once more. */
  readonly onRestart: () => void;
  readonly pageSize?: number;
  /** Milliseconds for each page. */
  readonly timeoutMs?: number;
  /** Milliseconds to wait at least after an answer that may be better the next time. */
  readonly shortestWaitMs?: number;
}

const maxRestarts = 3;
const maxTries = 4;
const passing = [429, 500, 502, 503, 504];

/**
 * Reads a collection page by page and keeps nothing of it. Throws ForbiddenError for a 403, StatusError for any other
 * answer that does not get better, ResyncError for what is no list.
 */
export async function readPages(options: PagesOptions): Promise<void> {
  for (let restarts = 0; ; restarts++) {
    try {
      return await readOnce(options);
    } catch (error) {
      const isExpired = error instanceof StatusError && error.status === 410;
      if (!isExpired || restarts === maxRestarts) throw error;
      options.onRestart();
    }
  }
}

async function readOnce(options: PagesOptions): Promise<void> {
  const { path, onPage } = options;
  let { pageSize = 500 } = options;
  let token = '';
  let done = 0;
  for (;;) {
    const query = new URLSearchParams({ limit: String(pageSize) });
    if (token !== '') query.set('continue', token);
    try {
      const page = decodePage(await getPage(`${path}?${query}`, options));
      done += page.objects.length;
      onPage(page.objects, done, done + page.remaining);
      if (page.token === '') return;
      token = page.token;
    } catch (error) {
      // Some objects are large: what is too much at once may be read in smaller parts.
      if (!(error instanceof TooLargeError) || pageSize === 1) throw error;
      pageSize = Math.ceil(pageSize / 4);
    }
  }
}

async function getPage(path: string, options: PagesOptions): Promise<ApiResponse> {
  const { client, accept, timeoutMs = 60_000, shortestWaitMs = 500 } = options;
  const never = new AbortController().signal;
  for (let tries = 1; ; tries++) {
    const response = await client.get(path, { timeoutMs, ...(accept !== undefined && { accept }) });
    if (response.status === 403) throw new ForbiddenError(`the API server does not allow GET ${path.split('?')[0]}`);
    if (!passing.includes(response.status) || tries === maxTries) return response;
    const { retryAfterMs = 0 } = statusErrorOf(response);
    await sleep(Math.max(Math.min(retryAfterMs, 10_000), backoffMs(tries, shortestWaitMs, 10_000, Math.random)), never);
  }
}
