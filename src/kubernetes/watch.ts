import type { ApiClient } from './client.ts';
import { statusErrorOf } from './list.ts';
import { metadataOnly } from './objectMeta.ts';
import { decodeWatchEvent, type WatchEvent } from './watchEvent.ts';

export interface WatchOptions {
  readonly client: ApiClient;
  readonly path: string;
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
  const query = new URLSearchParams({
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion,
    timeoutSeconds: String(timeoutSeconds),
  });
  const response = await client.stream(`${path}?${query}`, {
    inactivityMs,
    accept: metadataOnly,
    signal,
    onOpen,
    onLine: (line) => onEvent(decodeWatchEvent(line)),
  });
  if (response.status !== 200) throw statusErrorOf(response);
}
