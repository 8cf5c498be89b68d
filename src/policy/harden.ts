import {
  type Control,
  type FillValue,
  type GivenValues,
  leave,
  type Mode,
  milder,
  type Reason,
  type Scope,
  type Target,
} from './control.ts';
import type { Evidence } from './evidence.ts';
import { type FromImage, fromImage } from './fromImage.ts';
import type { Path } from './path.ts';
import {
  type Ask,
  askAt,
  inheritedValue,
  isFor,
  isLeave,
  isSet,
  type Place,
  placesOf,
  podPath,
  type Rule,
  valueAt,
} from './place.ts';
import { type Container, effective, type Pod } from './pod.ts';
import { hasHostProcess, isWindows } from './windows.ts';

/** A control that takes part in a namespace, and what is to be done about it there. */
export interface ActiveControl {
  readonly control: Control;
  readonly mode: Mode;
  /** Set when the control is not to be filled in this pod, whatever its fields say. */
  readonly withheld?: Reason;
  /** Set when it is filled only where another control could not be filled without it: nobody gave its value. */
  readonly beside?: true;
}

/** Whether an administrator spares a container the control; the pod itself where none is named. */
export type Spares = (control: string, container?: Container) => boolean;

/** One field that was unset, and the value for it. */
export interface Change {
  readonly control: string;
  readonly path: Path;
  readonly value: FillValue;
  readonly scope: Scope;
  /** The name of the container that the field belongs to; absent for the pod's own fields. */
  readonly container?: string;
  /** Whether the change is made, or only told or recorded. */
  readonly mode: Mode;
  /** The container's paths that are each given a volume together with the value. */
  readonly writable?: readonly string[];
}

/** One field that is unset or weak and was not filled, and why. */
export interface Left {
  readonly control: string;
  readonly path: Path;
  readonly reason: Reason;
  readonly container?: string;
}

export interface Hardening {
  readonly changes: readonly Change[];
  readonly left: readonly Left[];
}

/**
 * Which unset fields of the targets to fill and which to leave, and why: in the order of the targets and, within
 * each, of the controls. The pod is not touched, and a field that its author set is never among the changes. With evidence,
 * no container is kept from starting that is known to start.
 */
export function harden(
  pod: Pod,
  targets: readonly Target[],
  active: readonly ActiveControl[],
  values: GivenValues,
  evidence?: Evidence,
  spares?: Spares,
): Hardening {
  const pass: Pass = {
    pod,
    values,
    evidence,
    spares,
    windows: isWindows(pod),
    hostProcess: hasHostProcess(pod),
    changes: [],
    left: [],
    leftAtPod: new Set(),
  };
  for (const target of targets) {
    for (const place of placesOf(pod, target)) hardenPlace(pass, place, active);
  }
  return { changes: pass.changes, left: pass.left };
}

interface Pass {
  readonly pod: Pod;
  readonly values: GivenValues;
  readonly evidence: Evidence | undefined;
  readonly spares: Spares | undefined;
  readonly windows: boolean;
  readonly hostProcess: boolean;
  readonly changes: Change[];
  readonly left: Left[];
  /** The controls left at pod level, which every container that inherits the value would repeat. */
  readonly leftAtPod: Set<string>;
}

function hardenPlace(pass: Pass, place: Place, controls: readonly ActiveControl[]): void {
  const active = pass.spares ? controls.map((one) => sparedIn(pass, place, one)) : controls;
  const filled = new Map<string, Mode>();
  let current: Mode = 'audit';
  // What is only recorded does not take place, so nothing that does take place may rest on it.
  const alsoFills = (id: string) => (current === 'fill' ? filled.get(id) === 'fill' : filled.has(id));
  const { pod, windows, values } = pass;
  const image = imageAt(pass, place);
  const ask = askAt(place, { pod, windows, values, alsoFills }, image);
  const user = image && userFor(image, pass, place, active, ask);
  // Other controls rest on it, also those that stand before it.
  if (user) filled.set(user.control.id, user.mode);
  for (const one of active) {
    const considered = one.control === user?.control ? user : one;
    if (considered.beside && considered !== user) continue;
    current = considered.mode;
    for (const rule of one.control.rules ?? []) {
      if (isFor(place, rule) && considerRule(pass, place, considered, rule, ask)) filled.set(one.control.id, current);
    }
  }
}

function sparedIn({ spares }: Pass, { container }: Place, one: ActiveControl): ActiveControl {
  return spares?.(one.control.id, container) ? { ...one, withheld: 'exempt' } : one;
}

/** What follows from the container's image, where its user is left to that. */
function imageAt({ pod, evidence, values, windows, hostProcess }: Pass, { container }: Place): FromImage | undefined {
  if (!evidence || !container?.image || windows || hostProcess) return undefined;
  if (effective(pod, container, 'runAsUser') !== undefined) return undefined;
  return fromImage(evidence(container.image), values);
}

/** The control that gives the container a user, in the mode in which it does; undefined where the image's own stays. */
function userFor(
  image: FromImage,
  { pod }: Pass,
  { container }: Place,
  active: readonly ActiveControl[],
  ask: Ask,
): ActiveControl | undefined {
  const user = active.find(({ control }) => control.beside !== undefined);
  const answer = user?.withheld ? undefined : user?.control.rules?.map(ask.fill)[0];
  if (!user || answer === undefined || isLeave(answer)) return undefined;
  if (!user.beside) return user;
  if (image.uid === undefined) return undefined;
  if (container && effective(pod, container, 'runAsNonRoot')) return user;
  const other = active.find(({ control }) => control.id === user.control.beside);
  return other && !other.withheld ? { ...user, mode: milder(user.mode, other.mode) } : undefined;
}

/** Whether the rule's field is among the changes now; what is left is recorded too. */
function considerRule(pass: Pass, place: Place, active: ActiveControl, rule: Rule, ask: Ask): boolean {
  const own = valueAt(place.context, rule.field);
  if (isSet(rule, own)) {
    if (rule.isWeaker(own)) recordLeft(pass, place, active, rule, barrier(pass, active, rule) ?? 'set-by-author');
    return false;
  }
  const inherited = inheritedValue(pass.pod, rule);
  if (isSet(rule, inherited)) {
    if (rule.isWeaker(inherited)) recordLeftAtPod(pass, active, rule, barrier(pass, active, rule) ?? 'set-by-author');
    return false;
  }
  if (rule.scope === 'container' && rule.only && rule.only !== place.scope) return false;
  // A pod is spared nothing where nothing is missed.
  if (active.withheld && ask.fill(rule) === undefined) return false;
  const reason = barrier(pass, active, rule);
  const answer = reason ? leave(reason) : ask.fill(rule);
  if (answer === undefined) return false;
  if (isLeave(answer)) {
    recordLeft(pass, place, active, rule, answer.reason);
    return false;
  }
  recordChanges(pass, place, active, rule, own, answer, ask.keepsWritable(rule));
  return true;
}

/** What keeps the control from this pod before its rule is asked. */
function barrier(pass: Pass, active: ActiveControl, rule: Rule): Reason | undefined {
  if (active.withheld) return active.withheld;
  return pass.hostProcess || (pass.windows && rule.os === 'linux') ? 'windows' : undefined;
}

function recordChanges(
  { changes }: Pass,
  place: Place,
  active: ActiveControl,
  { field }: Rule,
  own: unknown,
  value: FillValue,
  writable: readonly string[],
): void {
  const to = [...place.path, ...field];
  // A list that the author wrote keeps its members: ours are put behind them.
  if (Array.isArray(own) && Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      changes.push(changeAt(place, active, [...to, own.length + index], item, writable));
    }
  } else {
    changes.push(changeAt(place, active, to, value, writable));
  }
}

function changeAt(
  { scope, container }: Place,
  { control, mode }: ActiveControl,
  path: Path,
  value: FillValue,
  writable: readonly string[],
): Change {
  const change: Change = container
    ? { control: control.id, path, value, scope, container: container.name, mode }
    : { control: control.id, path, value, scope, mode };
  return writable.length > 0 ? { ...change, writable } : change;
}

function recordLeft(pass: Pass, place: Place, { control }: ActiveControl, { field }: Rule, reason: Reason): void {
  if (!place.container) pass.leftAtPod.add(control.id);
  pass.left.push({
    control: control.id,
    path: [...place.path, field[0]],
    reason,
    ...(place.container && { container: place.container.name }),
  });
}

function recordLeftAtPod(pass: Pass, active: ActiveControl, rule: Rule, reason: Reason): void {
  if (pass.leftAtPod.has(active.control.id)) return;
  recordLeft(pass, { scope: 'pod', path: podPath, context: undefined }, active, rule, reason);
}
