import type { Decision } from '../admission/decide.ts';
import type { FilledField } from '../admission/filledFields.ts';
import { applyChanges } from '../policy/apply.ts';
import type { Control, Mode, Reason, Target } from '../policy/control.ts';
import { controls } from '../policy/controls/index.ts';
import type { Change, Left } from '../policy/harden.ts';
import { type Path, toDotted } from '../policy/path.ts';
import { inheritedValue, isFor, isSet, type Place, placesOf, type Rule, valueAt } from '../policy/place.ts';
import type { ContainerList, Pod } from '../policy/pod.ts';
import { allTargets } from '../policy/targets.ts';

/** How a field of a pod came to its value: `unset` ones have the value that they would be given. */
export type FieldState = 'filled' | 'set' | 'inherited' | 'left' | 'unset';

/** A field that can be filled, as it stands in a pod. */
export interface PodField {
  readonly control: string;
  /** The name of the container that the field belongs to, and its list; absent for the pod's own fields. */
  readonly container?: string;
  readonly list?: ContainerList;
  /** From the pod's root, dotted. */
  readonly path: string;
  readonly state: FieldState;
  readonly value?: unknown;
  /** Why it was left. */
  readonly reason?: Reason;
  /** What is done about an unset one: only in the mode `fill` it gets the value. */
  readonly mode?: Mode;
}

/** What is known of a pod, where its fields are asked about. */
export interface Known {
  readonly pod: Pod;
  /** The fields that were filled. */
  readonly filled: readonly FilledField[];
  /** The pod without them. */
  readonly written: Pod;
  /** What is decided on that now; absent where the namespace is not opted in. */
  readonly decision?: Pick<Decision, 'filled' | 'wouldFill' | 'left'> | undefined;
}

/** The fields that are set, were filled or left, or would be filled, in the order of the places and of the controls. */
export function podFields(known: Known): readonly PodField[] {
  const changes = [...(known.decision?.filled ?? []), ...(known.decision?.wouldFill ?? [])];
  const asked: Asked = { ...known, changes, after: applyChanges(known.written, changes) };
  return allTargets(known.pod).flatMap((target) => fieldsOf(target, asked));
}

interface Asked extends Known {
  readonly changes: readonly Change[];
  readonly after: Pod;
}

function fieldsOf(target: Target, asked: Asked): readonly PodField[] {
  const places = placesOf(asked.pod, target);
  const fields = controls.flatMap((control) =>
    places.flatMap((place) =>
      (control.rules ?? [])
        .filter((rule) => isAbout(place, rule))
        .flatMap((rule) => fieldAt(place, control, rule, asked)),
    ),
  );
  return target.container ? fields : [...fields, ...weakForAll(asked)];
}

/** Whether the rule fills fields of such a place. */
function isAbout(place: Place, rule: Rule): boolean {
  return isFor(place, rule) && !(rule.scope === 'container' && rule.only && rule.only !== place.scope);
}

function fieldAt(place: Place, { id }: Control, rule: Rule, asked: Asked): readonly PodField[] {
  const path: Path = [...place.path, rule.field[0]];
  const field = { control: id, ...namesOf(place), path: toDotted(path) };
  const own = valueAt(place.context, [rule.field[0]]) ?? undefined;
  const is = (one: { readonly control: string; readonly container?: string }) =>
    one.control === id && one.container === place.container?.name;
  if (asked.filled.some(is)) return [{ ...field, state: 'filled', value: own }];
  const left = asked.decision?.left.find(is);
  if (left) return [{ ...field, state: 'left', ...(own !== undefined && { value: own }), reason: left.reason }];
  if (isSet(rule, valueAt(place.context, rule.field))) return [{ ...field, state: 'set', value: own }];
  const inherited = inheritedValue(asked.pod, rule);
  if (isSet(rule, inherited)) return [{ ...field, state: 'inherited', value: inherited }];
  const change = asked.changes.find(is);
  return change ? [{ ...field, state: 'unset', value: valueAt(asked.after, path.map(String)), mode: change.mode }] : [];
}

function namesOf({ container, path: [, list] }: Place): Pick<PodField, 'container' | 'list'> {
  return container ? { container: container.name, list: list as ContainerList } : {};
}

/** What the pod says for all containers, though it is no field of its own that is filled. */
function weakForAll({ pod, decision }: Asked): readonly PodField[] {
  const isOfContainers = ({ control, container }: Left) =>
    container === undefined &&
    !controls.some(({ id, rules }) => id === control && rules?.some((rule) => rule.scope === 'pod'));
  return (decision?.left ?? []).filter(isOfContainers).map(({ control, path, reason }) => ({
    control,
    path: toDotted(path),
    state: 'left',
    value: valueAt(pod, path.map(String)),
    reason,
  }));
}
