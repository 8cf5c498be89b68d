import type { Control, GivenValues } from '../policy/control.ts';
import { controls } from '../policy/controls/index.ts';
import { entryOf } from '../policy/entry.ts';
import { heldEntries } from '../policy/held.ts';
import type { Path } from '../policy/path.ts';
import { isFor, isSet, type Place, placesOf, type Rule, valueAt } from '../policy/place.ts';
import { containerLists, containersOf, type Pod } from '../policy/pod.ts';
import { allTargets } from '../policy/targets.ts';
import { noteOn } from './note.ts';

/** A field that our annotation names, and that stands in the pod with a value which may have been filled. */
export interface FilledField {
  readonly control: string;
  /** The name of the container that the field belongs to; absent for the pod's own fields. */
  readonly container?: string;
  readonly path: Path;
  readonly value: unknown;
}

/** What our annotation says of a pod, as far as the pod bears it out. */
export interface FilledFields {
  readonly fields: readonly FilledField[];
  /** The entries that it does not bear out. */
  readonly doubted: readonly string[];
  /** How many more fields were filled for whose names there was no room. */
  readonly unnamed: number;
}

/**
 * What was filled in a pod, as its annotation says and the pod bears out: whatever the policy was by then, so any value that
 * an administrator can give counts as one that was given. Undefined where there is no such annotation.
 */
export function filledFields(pod: Pod): FilledFields | undefined {
  const note = noteOn(pod);
  if (!note) return undefined;
  const { entries, unnamed } = note;
  const claims = new Set(entries);
  const places = placesIn(pod).map((place) => ({ place, held: heldAt(pod, place, claims) }));
  const fields = places.flatMap(({ place, held }) =>
    controls.flatMap((control) => (held.has(entryAt(place, control)) ? fieldAt(place, control) : [])),
  );
  const held = new Set(places.flatMap((one) => [...one.held]));
  const doubted = entries.filter((entry) => entry !== '' && !held.has(entry));
  return { fields, doubted, unnamed };
}

const everyControl = controls.map((control) => ({ control, mode: 'fill' as const }));

/** The claims about a place that it bears out, if the values that stand there were given. */
function heldAt(pod: Pod, place: Place, claims: ReadonlySet<string>): ReadonlySet<string> {
  const own = controls.map((control) => entryAt(place, control)).filter((entry) => claims.has(entry));
  if (own.length === 0) return none;
  return new Set(heldEntries(aloneIn(pod, place), own, everyControl, givenAt(place)));
}

const none: ReadonlySet<string> = new Set();

/** The pod with that container and no other, but for those that make it one for Windows: so it takes no longer to look at. */
function aloneIn(pod: Pod, { container }: Place): Pod {
  if (!container) return pod;
  const lists = containerLists.map((list) => [
    list,
    containersOf(pod.spec, list).filter((one) => one === container || one.securityContext?.windowsOptions),
  ]);
  return { ...pod, spec: { ...pod.spec, ...Object.fromEntries(lists) } };
}

function placesIn(pod: Pod): readonly Place[] {
  return allTargets(pod).flatMap((target) => placesOf(pod, target));
}

function entryAt({ container }: Place, { id }: Control): string {
  return entryOf({ control: id, ...(container && { container: container.name }) });
}

function fieldAt(place: Place, control: Control): readonly FilledField[] {
  const rule = control.rules?.find((one) => isFor(place, one) && isSet(one, valueAt(place.context, one.field)));
  if (!rule) return [];
  const value = filledPart(rule, valueAt(place.context, rule.field));
  const { path, container } = place;
  return [
    { control: control.id, ...(container && { container: container.name }), path: [...path, ...rule.field], value },
  ];
}

/** Of a list that is set because of one of its members, only that one was filled. */
function filledPart(rule: Rule, value: unknown): unknown {
  return rule.isSet && Array.isArray(value) ? value.filter((item) => isSet(rule, [item])) : value;
}

/** The values that may have been given when the place was filled: those that stand there. */
function givenAt({ context }: Place): GivenValues {
  const at = (key: string) => valueAt(context, [key]);
  const ids = Object.fromEntries(
    ['runAsUser', 'runAsGroup', 'fsGroup'].flatMap((key) => (isId(at(key)) ? [[key, at(key)]] : [])),
  );
  const groups = at('supplementalGroups');
  const isProfile = ['RuntimeDefault', 'Localhost'].includes(String(valueAt(context, ['seccompProfile', 'type'])));
  return {
    ...ids,
    ...(Array.isArray(groups) && groups.every(isId) && { supplementalGroups: groups }),
    ...(isProfile && { seccompProfile: at('seccompProfile') as NonNullable<GivenValues['seccompProfile']> }),
  };
}

/** Whether an administrator can give the id: root is none of them. */
function isId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0;
}

/** The pod without the fields that were filled: as it was written, so far as anything else is known. */
export function withoutFilled(pod: Pod, fields: readonly FilledField[]): Pod {
  return fields.reduce<Pod>((rest, { path, value }) => without(rest, path, value) as Pod, pod);
}

function without(branch: unknown, [key, ...path]: Path, value: unknown): unknown {
  if (key === undefined || typeof branch !== 'object' || branch === null) return branch;
  const copy = (Array.isArray(branch) ? branch.slice() : { ...branch }) as Record<string | number, unknown>;
  const own = copy[key];
  if (path.length > 0) copy[key] = without(own, path, value);
  else if (Array.isArray(own) && Array.isArray(value) && value.length < own.length) {
    copy[key] = own.filter((item) => !value.includes(item));
  } else delete copy[key];
  return copy;
}
