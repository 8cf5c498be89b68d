import { ResyncError } from './errors.ts';
import { isRecord, parseJson } from './objectMeta.ts';

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: unknown }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

/**
 * Returns what one line of a watch says. Throws ResyncError for a line that is no event, and for an error that the server
 * reports, which most often is that it no longer knows our resourceVersion (410).
 */
export function decodeWatchEvent(line: string): WatchEvent {
  const event = parseJson(line);
  if (!isRecord(event)) throw new ResyncError('the API server sent something that is not an event');
  const { type, object } = event;
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object };
    case 'BOOKMARK':
      return { type, resourceVersion: bookmarked(object) };
    case 'ERROR':
      throw reportedError(object);
    default:
      throw new ResyncError('the API server sent an event of an unknown type');
  }
}

/** A bookmark is an object with nothing but a resourceVersion. */
function bookmarked(object: unknown): string {
  const metadata = isRecord(object) ? object.metadata : undefined;
  const resourceVersion = isRecord(metadata) ? metadata.resourceVersion : undefined;
  if (typeof resourceVersion !== 'string')
    throw new ResyncError('the API server sent a bookmark without resourceVersion');
  return resourceVersion;
}

function reportedError(status: unknown): Error {
  const code = isRecord(status) ? status.code : undefined;
  return new ResyncError(
    `the API server reported an error in the watch (${typeof code === 'number' ? code : 'no code'})`,
  );
}
