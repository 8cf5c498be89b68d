import { annotationsOf, hasRoomFor } from '../policy/annotations.ts';
import type { Assignment } from '../policy/apply.ts';
import type { GivenValues } from '../policy/control.ts';
import { entryOf, sortedEntries, toList } from '../policy/entry.ts';
import type { Evidence } from '../policy/evidence.ts';
import type { ActiveControl } from '../policy/harden.ts';
import { heldEntries } from '../policy/held.ts';
import type { Pod } from '../policy/pod.ts';
import { allTargets } from '../policy/targets.ts';
import { filledAnnotation } from './keys.ts';

/** Our annotation's limit, in bytes. */
const ownLimit = 4096;

/** What is filled in pods, and with what. */
export interface Grounds {
  readonly active: readonly ActiveControl[];
  readonly values: GivenValues;
  readonly evidence?: Evidence | undefined;
}

/**
 * Our annotation for a pod: what is filled now (sorted entries) and what an earlier call filled, so far as the pod
 * bears it out. None when the annotations that the pod has once it is hardened leave no room for it.
 */
export function provenanceOf(
  pod: Pod,
  hardened: Pod,
  filled: readonly string[],
  { active, values, evidence }: Grounds,
): readonly Assignment[] {
  const text = annotationsOf(pod)[filledAnnotation];
  const earlier = heldEntries(pod, claimedEntries(text), active, values, evidence);
  const entries = earlier.length === 0 ? filled : sortedEntries([...filled, ...earlier]);
  const unnamed = unnamedIn(text);
  const borneOut =
    unnamed === 0 ? 0 : heldEntries(pod, everyEntry(pod, active), active, values, evidence).length - earlier.length;
  const list = toList(entries, ownLimit, Math.min(unnamed, borneOut));
  if (!hasRoomFor(annotationsOf(hardened), filledAnnotation, list)) return [];
  return [{ path: ['metadata', 'annotations', filledAnnotation], value: list }];
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
