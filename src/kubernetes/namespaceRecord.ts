import type { Item } from './list.ts';
import { decodeObjectMeta, isRecord } from './objectMeta.ts';

const prefix = 'pod-hardener.io/';
const profileKey = `${prefix}profile`;

/** A namespace as it concerns us: of its labels and annotations only those that are ours. */
export interface NamespaceRecord {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A namespace's record together with the state that it was read from. */
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
    return entry[0].startsWith(prefix) && typeof entry[1] === 'string';
  });
  return kept.length === 0 ? nothing : Object.fromEntries(kept);
}

/** Returns the profile that the namespace names, as it was written; the label wins. */
export function profileOf({ labels, annotations }: NamespaceRecord): string | undefined {
  return labels[profileKey] ?? annotations[profileKey];
}

/** Whether the namespace names its profile only where routing by label does not look. */
export function hasOnlyAnnotation({ labels, annotations }: NamespaceRecord): boolean {
  return labels[profileKey] === undefined && annotations[profileKey] !== undefined;
}

/** Whether the name is a DNS label as RFC 1123 defines it, which every namespace's name is. */
export function isNamespaceName(name: string): boolean {
  return name.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name);
}
