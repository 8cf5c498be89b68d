import { keyPrefix, profileKey } from '../admission/keys.ts';
import type { NamespaceRecord } from '../admission/namespacePolicy.ts';
import type { Item } from './list.ts';
import { decodeObjectMeta, isRecord } from './objectMeta.ts';

/** A namespace's record, with only those labels and annotations that are ours, and the state that it was read from. */
export interface NamespaceItem extends Item {
  readonly record: NamespaceRecord;
}

// Most namespaces carry nothing of ours and share it.
const nothing: Readonly<Record<string, string>> = Object.freeze({});

/** Returns the namespace in an object from the API server; throws ResyncError if it is none. */
export function decodeNamespace(object: unknown): NamespaceItem {
  const { name, uid, resourceVersion, labels, annotations } = decodeObjectMeta(object);
  return { name, uid, resourceVersion, record: { name, labels: ours(labels), annotations: ours(annotations) } };
}

function ours(map: unknown): Readonly<Record<string, string>> {
  const entries = isRecord(map) ? Object.entries(map) : [];
  const kept = entries.filter((entry): entry is [string, string] => {
    return entry[0].startsWith(keyPrefix) && typeof entry[1] === 'string';
  });
  return kept.length === 0 ? nothing : Object.fromEntries(kept);
}

/** Whether the namespace names its profile only where routing by label does not look. */
export function hasOnlyAnnotation({ labels, annotations }: NamespaceRecord): boolean {
  return labels[profileKey] === undefined && annotations[profileKey] !== undefined;
}
