import { ResyncError } from './errors.ts';

/** What to accept for an object of which only the metadata matters. A server that cannot leave out the rest sends it whole. */
export const metadataOnly = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';

/** What to accept for a list of such objects. */
export const metadataListOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** The part of an object's metadata that identifies it and its state. */
export interface ObjectMeta {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels: unknown;
  readonly annotations: unknown;
}

/** Returns the metadata of an object from the API server; throws ResyncError if it is no such thing. */
export function decodeObjectMeta(object: unknown): ObjectMeta {
  const metadata = isRecord(object) ? object.metadata : undefined;
  if (!isRecord(metadata)) throw new ResyncError('the API server sent an object without metadata');
  const { name, uid, resourceVersion, labels, annotations } = metadata;
  if (typeof name !== 'string' || typeof uid !== 'string' || typeof resourceVersion !== 'string') {
    throw new ResyncError('the API server sent an object without name, uid or resourceVersion');
  }
  return { name, uid, resourceVersion, labels, annotations };
}

/** Whether the value is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the value of a JSON text; throws ResyncError if it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ResyncError('the API server sent something that is not JSON');
  }
}

/**
 * Whether the first resourceVersion is later than the second. They are decimal numbers of one sequence per resource,
 * too long for a double; anything else is never later.
 */
export function isLater(first: string, second: string): boolean {
  if (!/^\d{1,40}$/.test(first) || !/^\d{1,40}$/.test(second)) return false;
  return BigInt(first) > BigInt(second);
}
