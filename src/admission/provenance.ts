import { annotationsOf, hasRoomFor } from '../policy/annotations.ts';
import type { Assignment } from '../policy/apply.ts';
import type { GivenValues } from '../policy/control.ts';
import { entryOf, sortedEntries, toList } from '../policy/entry.ts';
import type { ActiveControl } from '../policy/harden.ts';
import { heldEntries } from '../policy/held.ts';
import type { Pod } from '../policy/pod.ts';
import { allTargets } from '../policy/targets.ts';
import { filledAnnotation } from './keys.ts';

/** Our annotation's limit, in bytes. */
const ownLimit = 4096;

/**
 * Our annotation for a pod: what is filled now (sorted entries) and what an earlier call filled, so far as the pod
 * bears it out. None when the annotations that the pod has once it is hardened leave no room for it.
 */
export function provenanceOf(
  pod: Pod,
  hardened: Pod,
  filled: readonly string[],
  active: readonly ActiveControl[],
  values: GivenValues,
): readonly Assignment[] {
  const text = writtenBefore(pod);
  const earlier = heldEntries(pod, claimedEntries(text), active, values);
  const entries = earlier.length === 0 ? filled : sortedEntries([...filled, ...earlier]);
  const unnamed = unnamedIn(text);
  const borneOut =
    unnamed === 0 ? 0 : heldEntries(pod, everyEntry(pod, active), active, values).length - earlier.length;
  const list = toList(entries, ownLimit, Math.min(unnamed, borneOut));
  if (!hasRoomFor(annotationsOf(hardened), filledAnnotation, list)) return [];
  return [{ path: ['metadata', 'annotations', filledAnnotation], value: list }];
}

/** The annotation as it stands on the pod; none where it is longer than we write it, and so nothing of ours. */
function writtenBefore(pod: Pod): string | undefined {
  const text = annotationsOf(pod)[filledAnnotation];
  return text !== undefined && Buffer.byteLength(text) > ownLimit ? undefined : text;
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
