import type { CheckPod, Judged, Violation } from './check.ts';
import { controls } from './controls/index.ts';
import { type Level, levels } from './level.ts';
import { allContainers, type Pod } from './pod.ts';
import { newestMinor } from './version.ts';

/** How a pod stands to the Pod Security Standards of one version. */
export interface Judgement {
  /** The highest level that the pod passes. */
  readonly level: Level;
  /** What stands between the pod and each level. */
  readonly violations: Readonly<Record<Level, readonly Violation[]>>;
}

/**
 * What Pod Security admission of the given Kubernetes minor says of the pod, in the same words and order, for all
 * levels at once.
 *
 * Spec: https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function judge(pod: Pod, minor: number): Judgement {
  const judged: Judged = { pod, containers: allContainers(pod) };
  const baseline: Violation[] = [];
  const restricted: Violation[] = [];
  for (const { control, check, isBaseline, isRestricted } of schedule[Math.min(minor, newestMinor)] ?? []) {
    const objection = check(judged);
    if (!objection) continue;
    const { reason, detail } = objection;
    const violation = { reason, detail, control };
    if (isBaseline) baseline.push(violation);
    if (isRestricted) restricted.push(violation);
  }
  const level = restricted.length === 0 ? 'restricted' : baseline.length === 0 ? 'baseline' : 'privileged';
  return { level, violations: { privileged: [], baseline, restricted } };
}

/** Whether the pod passes the level in that version, and if not, the text with which it would be refused. */
export function evaluate(
  pod: Pod,
  level: Level,
  minor: number,
): { readonly allowed: boolean; readonly message: string } {
  const violations = judge(pod, minor).violations[level];
  return { allowed: violations.length === 0, message: messageOf(violations) };
}

/** The violations as one text: `privileged (container "a" must not set …), host namespaces (hostPID=true)`. */
export function messageOf(violations: readonly Violation[]): string {
  return violations.map(({ reason, detail }) => `${reason} (${detail})`).join(', ');
}

interface Scheduled {
  readonly control: string;
  readonly check: CheckPod;
  /** At which levels it is in force. */
  readonly isBaseline: boolean;
  readonly isRestricted: boolean;
}

const allChecks = controls.flatMap(({ id, checks = [] }) => checks.map((check) => ({ control: id, ...check })));

/** The checks of every minor, worked out once. */
const schedule: readonly (readonly Scheduled[])[] = Array.from({ length: newestMinor + 1 }, (_, minor) =>
  inForce(minor),
);

/** The checks that have started by then, in upstream's order: the baseline ones first, each kind by name. */
function inForce(minor: number): readonly Scheduled[] {
  const started = allChecks.flatMap((one) => {
    const revision = one.revisions.findLast(({ since }) => since <= minor);
    return revision ? [{ ...one, check: revision.check }] : [];
  });
  const replaced = new Set(started.map(({ replaces }) => replaces));
  return started
    .sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level) || (a.id < b.id ? -1 : 1))
    .map(({ id, control, check, level }) => ({
      control,
      check,
      isBaseline: level === 'baseline',
      // A check of the restricted level may make one of the baseline superfluous there.
      isRestricted: !replaced.has(id),
    }));
}
