import type { Violation } from '../policy/check.ts';
import type { Reason } from '../policy/control.ts';
import type { ActiveControl, Change, Left } from '../policy/harden.ts';
import { allContainers, type Pod } from '../policy/pod.ts';
import { clip, oneLine } from '../policy/text.ts';
import { hasHostProcess, isWindows } from '../policy/windows.ts';
import { keyPrefix } from './keys.ts';
import type { Policy } from './namespacePolicy.ts';
import { quoted } from './words.ts';

const maxWarnings = 8;
/** What the API server asks for, in characters. */
export const maxLength = 120;

/** What the client is told of. */
export interface Warned {
  readonly pod: Pod;
  readonly policy: Policy;
  readonly active: readonly ActiveControl[];
  readonly notes: readonly string[];
  readonly wouldFill: readonly Change[];
  readonly left: readonly Left[];
  /** What would stand between the pod and its profile's level even if everything were filled. */
  readonly lasting: readonly Violation[];
}

/**
 * The warnings for the client, at most 8 of at most 120 characters on one line each: what keeps the pod from the
 * profile's level because its author set it, what `warn` mode would fill, then what is wrong with the policy. None for
 * a pod that could be filled completely.
 */
export function warningsOf({ pod, policy, active, notes, wouldFill, left, lasting }: Warned): readonly string[] {
  const ofImages = left.filter(({ reason }) => imagesDoing[reason] !== undefined);
  const occasions = [lasting, wouldFill, ofImages, notes, policy.problems];
  if (occasions.every(({ length }) => length === 0)) return [];
  const told = wouldFill.filter(({ mode }) => mode === 'warn');
  const explained = left.filter(({ control, reason }) => {
    if (imagesDoing[reason] !== undefined) return true;
    return authorsDoing[reason] !== undefined && lasting.some((violation) => violation.control === control);
  });
  const unexplained = lasting.filter((violation) => {
    return !isExplained(violation, pod, left) && !isTakenOut(violation, policy, active);
  });
  return toWarnings([
    ...byPlace(explained).map(sayLeft),
    ...unexplained.map(({ reason, detail }) => `short of ${policy.level}: ${reason} (${detail})`),
    ...byPlace(told).map(({ where, controls }) => `${where} would get ${controls}`),
    ...osWarnings(pod, policy, left),
    ...notes,
    ...policy.problems.map(({ message }) => message),
  ]);
}

/** The sentences as the API server takes warnings: one line each, said by whom, the first 8, of 120 characters at most. */
export function toWarnings(sentences: readonly string[]): readonly string[] {
  const all = sentences.map((text) => {
    return clip(oneLine(text.startsWith(keyPrefix) ? text : `pod-hardener: ${text}`), maxLength);
  });
  if (all.length <= maxWarnings) return all;
  return [...all.slice(0, maxWarnings - 1), `pod-hardener: and ${all.length - maxWarnings + 1} more warnings`];
}

/** Whether fields that were left say all of it: each container that the violation names is among them, or the pod is. */
function isExplained({ control, detail }: Violation, pod: Pod, left: readonly Left[]): boolean {
  const reasons = left.filter((one) => one.control === control && (doing[one.reason] || silent.includes(one.reason)));
  if (reasons.length === 0) return false;
  const named = allContainers(pod).filter(({ name }) => detail.includes(`"${name}"`));
  const covered = new Set(reasons.map(({ container }) => container));
  return covered.has(undefined) || named.every(({ name }) => covered.has(name));
}

/** Whether it is the administrator's choice that the control does not take part, although the profile has it. */
function isTakenOut({ control }: Violation, { profileControls }: Policy, active: readonly ActiveControl[]): boolean {
  return profileControls.includes(control) && !active.some((one) => one.control.id === control);
}

/** What an author did that keeps a field from being filled, before the names of the fields. */
const authorsDoing: Partial<Record<Reason, string>> = {
  'set-by-author': 'keeps what its author set',
  'pod-override': 'is spared by its own annotation',
  privileged: 'is privileged and is left without',
  'adds-sys-admin': 'adds CAP_SYS_ADMIN and is left without',
  'runs-as-root': 'runs as root and is left without',
};

/** What else is told in the same way, also where the profile's level does not ask for the field. */
const imagesDoing: Partial<Record<Reason, string>> = {
  'image-runs-as-root': 'may be root by its image and is left without',
};

const doing: Partial<Record<Reason, string>> = { ...authorsDoing, ...imagesDoing };

/** What nobody who creates a pod has to be told, or is told in other words. */
const silent: readonly Reason[] = ['windows', 'exempt'];

interface Group {
  readonly where: string;
  readonly reason: Reason | undefined;
  readonly controls: string;
}

function sayLeft({ where, reason, controls }: Group): string {
  return `${where} ${reason && doing[reason]}: ${controls}`;
}

/** The fields of one place with one reason together, so that a warning speaks of a place and not of a field. */
function byPlace(fields: readonly (Change | Left)[]): readonly Group[] {
  const groups = new Map<string, { where: string; reason: Reason | undefined; controls: string[] }>();
  for (const field of fields) {
    const reason = 'reason' in field ? field.reason : undefined;
    const where = field.container === undefined ? 'the pod' : `container ${quoted(field.container, 32)}`;
    const key = `${field.container ?? ''} ${reason}`;
    const group = groups.get(key) ?? { where, reason, controls: [] };
    groups.set(key, group);
    group.controls.push(field.control);
  }
  return Array.from(groups.values(), (group) => ({ ...group, controls: group.controls.join(', ') }));
}

function osWarnings(pod: Pod, policy: Policy, left: readonly Left[]): readonly string[] {
  const isLeft = policy.level === 'restricted' && left.some(({ reason }) => reason === 'windows');
  const unsaid = isLeft && isWindows(pod) && !hasHostProcess(pod) && !pod.spec.os?.name;
  return unsaid ? ['a Windows pod passes "restricted" only with spec.os.name: windows'] : [];
}
