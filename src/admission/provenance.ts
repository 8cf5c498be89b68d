import type { GivenValues } from '../policy/control.ts';
import { entryOf, sortedEntries, toList } from '../policy/entry.ts';
import type { ActiveControl } from '../policy/harden.ts';
import { heldEntries } from '../policy/held.ts';
import type { Pod } from '../policy/pod.ts';
import { allTargets } from '../policy/targets.ts';
import { filledAnnotation } from './keys.ts';

/** Our annotation's limit, and the API server's for all annotations of an object together, in bytes. */
const ownLimit = 4096;
const totalLimit = 256 * 1024;

/**
 * The value of our annotation on a pod: what is filled now (sorted entries) and what an earlier call
 * filled, so far as the pod bears it out. Undefined when the pod's annotations leave no room for it.
 */
export function provenanceOf(
  pod: Pod,
  filled: readonly string[],
  active: readonly ActiveControl[],
  values: GivenValues,
): string | undefined {
  const annotations = pod.metadata?.annotations ?? {};
  const text = annotations[filledAnnotation];
  const earlier = heldEntries(pod, claimedEntries(text), active, values);
  const entries = earlier.length === 0 ? filled : sortedEntries([...filled, ...earlier]);
  const unnamed = unnamedIn(text);
  const borneOut =
    unnamed === 0 ? 0 : heldEntries(pod, everyEntry(pod, active), active, values).length - earlier.length;
  const list = toList(entries, ownLimit, Math.min(unnamed, borneOut));
  return hasRoom(annotations, list) ? list : undefined;
}

function claimedEntries(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(',').map((entry) => entry.trim());
}

/** How many entries an earlier call found no room for. */
function unnamedIn(text: string | undefined): number {
  return Number(/,…\+(\d{1,5})$/.exec(text ?? '')?.[1] ?? 0);
}

function everyEntry(pod: Pod, active: readonly ActiveControl[]): readonly string[] {
  return allTargets(pod).flatMap(({ container }) => {
    const name = container && { container: container.container.name };
    return active.map(({ control }) => entryOf({ control: control.id, ...name }));
  });
}

function hasRoom(annotations: Readonly<Record<string, string>>, list: string): boolean {
  let size = filledAnnotation.length + Buffer.byteLength(list);
  for (const key of Object.keys(annotations)) {
    if (key !== filledAnnotation) size += Buffer.byteLength(key) + Buffer.byteLength(annotations[key] ?? '');
  }
  return size <= totalLimit;
}
