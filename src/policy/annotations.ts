import type { Pod } from './pod.ts';

type Annotations = Readonly<Record<string, string>>;

/** The API server's limit for all annotations of an object together, in bytes. */
const totalLimit = 256 * 1024;

/** What is left to those who annotate a pod after us: a network plugin that cannot keeps it from starting. */
const reserved = 8 * 1024;

/** The pod's annotations; empty when it has none. */
export function annotationsOf({ metadata }: Pod): Annotations {
  return metadata?.annotations ?? {};
}

/** Whether the API server accepts the annotations with that one added, or in the place of its former value, and some more. */
export function hasRoomFor(annotations: Annotations, key: string, value: string): boolean {
  let size = Buffer.byteLength(key) + Buffer.byteLength(value);
  for (const other of Object.keys(annotations)) {
    if (other !== key) size += Buffer.byteLength(other) + Buffer.byteLength(annotations[other] ?? '');
  }
  return size <= totalLimit - reserved;
}
