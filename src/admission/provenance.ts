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
import { noteLimit, noteOn } from './note.ts';

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
  const { entries: claimed, unnamed } = noteOn(pod) ?? { entries: [], unnamed: 0 };
  const earlier = heldEntries(pod, claimed, active, values, evidence);
  const entries = earlier.length === 0 ? filled : sortedEntries([...filled, ...earlier]);
  const borneOut =
    unnamed === 0 ? 0 : heldEntries(pod, everyEntry(pod, active), active, values, evidence).length - earlier.length;
  const list = toList(entries, noteLimit, Math.min(unnamed, borneOut));
  if (!hasRoomFor(annotationsOf(hardened), filledAnnotation, list)) return [];
  return [{ path: ['metadata', 'annotations', filledAnnotation], value: list }];
}

function everyEntry(pod: Pod, active: readonly ActiveControl[]): readonly string[] {
  return allTargets(pod).flatMap(({ container }) => {
    const name = container && { container: container.container.name };
    return active.map(({ control }) => entryOf({ control: control.id, ...name }));
  });
}
