import { oneLine } from '../policy/text.ts';
import { type NamespaceReadiness, type ShapeReadiness, standardOf } from './readiness.ts';
import { type UserState, userStates } from './userFindings.ts';
import { workloadName } from './workloadName.ts';

/** So many workloads are named; of the others the number is told. */
const maxNames = 3;

/** The pods of one workload that have something in common. */
interface Group {
  readonly name: string;
  readonly pods: number;
}

/**
 * A namespace in one line: `restricted: 12 pods, 9 would change, 1 runs as uid 0 (deploy/web)`. Each pod that is in the
 * way is counted once, for the gravest reason. The workloads are left out for those who are not to know their names.
 */
export function namespaceLine(namespace: NamespaceReadiness, isNaming = true): string {
  const { pods, thing } = namespace;
  const standard = standardOf(namespace);
  if (pods === 0) return `${standard}: no ${thing}s`;
  const changing = podsIn(namespace, ({ filled }) => filled.length > 0);
  const parts = [
    ...(changing > 0 ? [`${changing} would change`] : []),
    ...shortPart(namespace, isNaming),
    ...userStates.flatMap((state) => userPart(namespace, state, isNaming)),
  ];
  const isFine = parts.length === 0;
  const count = `${pods} ${pods === 1 ? thing : `${thing}s`}`;
  if (isFine) return `${standard}: ${count}, ${pods === 1 ? 'which passes as it is' : 'all pass as they are'}`;
  return oneLine(`${standard}: ${[count, ...parts].join(', ')}`);
}

/** How many pods would get a field filled. */
export function changingPods(namespace: NamespaceReadiness): number {
  return podsIn(namespace, ({ filled }) => filled.length > 0);
}

function shortPart(namespace: NamespaceReadiness, isNaming: boolean): readonly string[] {
  const groups = groupsIn(namespace, ({ standing }) => standing === 'short');
  return groups.length === 0
    ? []
    : [`${total(groups)} ${verb(groups, 'stays', 'stay')} short${isNaming ? namesOf(groups) : ''}`];
}

const phrases: Readonly<Record<UserState, (groups: readonly Group[], names: string) => string>> = {
  'runs-as-root': (groups, names) => `${total(groups)} ${verb(groups, 'runs', 'run')} as uid 0${names}`,
  'image-root': (groups, names) => `${total(groups)} ${verb(groups, 'uses', 'use')} an image that runs as root${names}`,
  'named-user': (groups, names) =>
    `${total(groups)} ${verb(groups, 'uses', 'use')} an image that names its user${names}`,
  unknown: (groups) => `${total(groups)} ${verb(groups, 'uses', 'use')} an image whose user is unknown`,
};

function userPart(namespace: NamespaceReadiness, state: UserState, isNaming: boolean): readonly string[] {
  const groups = groupsIn(namespace, (shape) => shape.standing !== 'short' && gravestUser(shape) === state);
  return groups.length === 0 ? [] : [phrases[state](groups, isNaming ? namesOf(groups) : '')];
}

function gravestUser({ users }: ShapeReadiness): UserState | undefined {
  return userStates.find((state) => users.some((user) => user.state === state));
}

function groupsIn(namespace: NamespaceReadiness, has: (shape: ShapeReadiness) => boolean): readonly Group[] {
  return namespace.workloads.flatMap(({ workload, shapes }) => {
    const pods = shapes.filter(has).reduce((sum, { shape }) => sum + shape.pods, 0);
    return pods === 0 ? [] : [{ name: workloadName(workload), pods }];
  });
}

function podsIn(namespace: NamespaceReadiness, has: (shape: ShapeReadiness) => boolean): number {
  return total(groupsIn(namespace, has));
}

function total(groups: readonly Group[]): number {
  return groups.reduce((sum, { pods }) => sum + pods, 0);
}

function verb(groups: readonly Group[], one: string, many: string): string {
  return total(groups) === 1 ? one : many;
}

function namesOf(groups: readonly Group[]): string {
  const names = groups.slice(0, maxNames).map(({ name }) => name);
  const rest = groups.length - names.length;
  return ` (${names.join(', ')}${rest === 0 ? '' : ` and ${rest} more`})`;
}
