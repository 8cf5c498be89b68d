import type { Check, CheckPod, Judged, Violation } from './check.ts';
import { controls } from './controls/index.ts';
import { type Level, levels } from './level.ts';
import { allContainers, type Pod } from './pod.ts';
import { newestMinor } from './version.ts';

/** How a pod stands to one level of the Pod Security Standards. */
export interface Verdict {
  readonly level: Level;
  readonly allowed: boolean;
  readonly violations: readonly Violation[];
}

/**
 * What Pod Security admission of the given Kubernetes minor says of the pod at the level, in the same words and order.
 *
 * Spec: https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function evaluate(pod: Pod, level: Level, minor: number): Verdict {
  const judged: Judged = { pod, containers: allContainers(pod) };
  const violations: Violation[] = [];
  for (const check of checksFor(level, minor)) {
    const violation = check(judged);
    if (violation) violations.push(violation);
  }
  return { level, allowed: violations.length === 0, violations };
}

/** The highest level that the pod passes. */
export function levelOf(pod: Pod, minor: number): Level {
  const passed = (level: Level) => evaluate(pod, level, minor).allowed;
  return passed('restricted') ? 'restricted' : passed('baseline') ? 'baseline' : 'privileged';
}

/** The violations as one text: `privileged (container "a" must not set …), host namespaces (hostPID=true)`. */
export function messageOf(violations: readonly Violation[]): string {
  return violations.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ');
}

const allChecks: readonly Check[] = controls.flatMap(({ checks = [] }) => checks);

/** The checks of every level and minor, worked out once. */
const schedule: ReadonlyMap<Level, readonly (readonly CheckPod[])[]> = new Map(
  levels.map((level) => [level, Array.from({ length: newestMinor + 1 }, (_, minor) => inForce(level, minor))]),
);

function checksFor(level: Level, minor: number): readonly CheckPod[] {
  return schedule.get(level)?.[Math.min(minor, newestMinor)] ?? [];
}

function inForce(level: Level, minor: number): readonly CheckPod[] {
  const started = allChecks
    .filter((check) => levels.indexOf(check.level) <= levels.indexOf(level))
    .map((check) => ({ ...check, check: check.revisions.findLast(({ since }) => since <= minor)?.check }))
    .filter(({ check }) => check !== undefined);
  const replaced = new Set(started.map(({ replaces }) => replaces));
  return started
    .filter(({ id }) => !replaced.has(id))
    .sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level) || (a.id < b.id ? -1 : 1))
    .flatMap(({ check }) => (check ? [check] : []));
}
