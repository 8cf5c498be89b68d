import type { ApiClient, ApiResponse } from './client.ts';
import { ResyncError, StatusError } from './errors.ts';
import { isRecord, metadataListOnly, parseJson } from './objectMeta.ts';

/** An object as it is kept: what a list-and-watch needs to know, and whatever the decoder adds. */
export interface Item {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

export interface Listing<T extends Item> {
  readonly items: ReadonlyMap<string, T>;
  /** Where a watch has to begin. */
  readonly resourceVersion: string;
}

export interface ListOptions<T extends Item> {
  readonly client: ApiClient;
  /** The collection's path, made of constant or encoded parts. */
  readonly path: string;
  /** Turns one object into an item; may throw. */
  readonly decode: (object: unknown) => T;
  /** What to accept for a page of the list; only the metadata of its objects when left out. */
  readonly accept?: string;
  readonly pageSize: number;
  /** Milliseconds for each page. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Returns every object of the collection by name, at one resourceVersion, read page by page. Throws StatusError for an
 * answer other than 200 (410 if the list expired between two pages), ResyncError if it is no list.
 */
export async function listAll<T extends Item>(options: ListOptions<T>): Promise<Listing<T>> {
  const { client, path, decode, accept = metadataListOnly, pageSize, timeoutMs, signal } = options;
  const items = new Map<string, T>();
  let token = '';
  for (;;) {
    const query = new URLSearchParams({ limit: String(pageSize) });
    if (token !== '') query.set('continue', token);
    const page = decodePage(await client.get(`${path}?${query}`, { timeoutMs, accept, signal }));
    for (const object of page.objects) {
      const item = decode(object);
      items.set(item.name, item);
    }
    if (page.token === '') return { items, resourceVersion: page.resourceVersion };
    if (page.token === token) throw new ResyncError('the API server sent the same page of a list twice');
    token = page.token;
  }
}

/** One page of a list. */
export interface Page {
  readonly objects: readonly unknown[];
  /** What continues the list; empty at its end. */
  readonly token: string;
  readonly resourceVersion: string;
  /** How many objects are still to come, as far as the API server tells. */
  readonly remaining: number;
}

/** Returns the page in an answer; throws StatusError for another status than 200, ResyncError if it is no list. */
export function decodePage(response: ApiResponse): Page {
  if (response.status !== 200) throw statusErrorOf(response);
  const list = parseJson(response.body);
  const metadata = isRecord(list) ? list.metadata : undefined;
  if (!isRecord(list) || !isRecord(metadata)) throw new ResyncError('the API server sent something that is not a list');
  const { resourceVersion, continue: token = '', remainingItemCount } = metadata;
  // An empty list may come as null.
  const objects = list.items ?? [];
  if (!Array.isArray(objects) || typeof resourceVersion !== 'string' || typeof token !== 'string') {
    throw new ResyncError('the API server sent something that is not a list');
  }
  return {
    objects,
    token,
    resourceVersion,
    remaining: typeof remainingItemCount === 'number' ? remainingItemCount : 0,
  };
}

/** Returns the error for an answer other than 200, with the milliseconds that the server asks us to wait. */
export function statusErrorOf({ status, headers }: ApiResponse): StatusError {
  const seconds = headers['retry-after'] ?? '';
  return new StatusError(status, /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1000 : undefined);
}
