import type { ApiClient } from './client.ts';
import { statusErrorOf } from './list.ts';
import { metadataOnly } from './objectMeta.ts';
import { decodeWatchEvent, type WatchEvent } from './watchEvent.ts';

export interface WatchOptions {
  readonly client: ApiClient;
  readonly path: string;
  /** Which objects of the collection are of interest; all when left out. */
  readonly fieldSelector?: string;
  /** What to accept for each of them; only their metadata when left out. */
  readonly accept?: string;
  /** Only what happened after it is reported. */
  readonly resourceVersion: string;
  /** The server is asked to end the watch after this time. */
  readonly timeoutSeconds: number;
  readonly inactivityMs: number;
  readonly signal: AbortSignal;
  readonly onOpen: () => void;
  readonly onEvent: (event: WatchEvent) => void;
}

/**
 * Resolves when the server ends the watch. Throws StatusError for an answer other than 200, ResyncError for garbage and for
 * errors that are reported in the stream, and whatever `onEvent` and the connection throw.
 */
export async function watchOnce(options: WatchOptions): Promise<void> {
  const { client, path, resourceVersion, timeoutSeconds, inactivityMs, signal, onOpen, onEvent } = options;
  const { fieldSelector, accept = metadataOnly } = options;
  const query = new URLSearchParams({
    ...(fieldSelector !== undefined && { fieldSelector }),
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion,
    timeoutSeconds: String(timeoutSeconds),
  });
  const response = await client.stream(`${path}?${query}`, {
    inactivityMs,
    accept,
    signal,
    onOpen,
    onLine: (line) => onEvent(decodeWatchEvent(line)),
  });
  if (response.status !== 200) throw statusErrorOf(response);
}
