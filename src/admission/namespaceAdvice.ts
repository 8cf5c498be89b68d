import { applyChanges } from '../policy/apply.ts';
import { assignmentsOf } from '../policy/assignments.ts';
import { judge } from '../policy/evaluate.ts';
import { harden } from '../policy/harden.ts';
import { type Level, levels } from '../policy/level.ts';
import type { Pod } from '../policy/pod.ts';
import { allTargets } from '../policy/targets.ts';
import { minorOf } from '../policy/version.ts';
import type { NamespaceVerdict, RoutedBy } from './advice.ts';
import type { NamespaceAdviceRequest } from './adviceReview.ts';
import { keyPrefix, profileKey } from './keys.ts';
import type { NamespaceRecord, Policy } from './namespacePolicy.ts';
import { controlsFor } from './podOverrides.ts';
import { parseVersion } from './values.ts';
import { toWarnings } from './warnings.ts';
import { quoted } from './words.ts';

export interface NamespaceAdviceOptions {
  readonly policyFrom: (namespace: NamespaceRecord) => Policy | undefined;
  readonly routedBy: RoutedBy;
  /** The cluster's minor of Kubernetes 1, where it is known. */
  readonly minor?: number | undefined;
  readonly verdict?: NamespaceVerdict | undefined;
}

/**
 * What to tell whoever writes our keys on a namespace, or the level that it enforces: what is wrong with them now. When
 * none of our keys has changed, only what was not wrong before. At most 8 warnings of at most 120 characters.
 */
export function namespaceAdvice(
  { after, before }: Pick<NamespaceAdviceRequest, 'after' | 'before'>,
  options: NamespaceAdviceOptions,
): readonly string[] {
  if (!after) return [];
  const isChanged = ownKeys(after) !== ownKeys(before);
  const known = new Set(before && [...problemsOf(before, options), ...hintsOf(before, options)]);
  const problems = [...problemsOf(after, options), ...lossOf(after, before, options)];
  return toWarnings([
    ...(isChanged && before ? verdictOf(after, options) : []),
    ...problems.filter((sentence) => isChanged || !known.has(sentence)),
    ...hintsOf(after, options).filter((sentence) => !known.has(sentence)),
  ]);
}

function verdictOf(namespace: NamespaceRecord, options: NamespaceAdviceOptions): readonly string[] {
  const policy = policyInForce(namespace, options);
  const sentence = policy && options.verdict?.(namespace);
  return sentence === undefined ? [] : [sentence];
}

/** What keeps the keys from doing what they seem to say. */
function problemsOf(namespace: NamespaceRecord, options: NamespaceAdviceOptions): readonly string[] {
  if (!hasOwnKeys(namespace)) return [];
  const { labels } = namespace;
  // Keys are often written before the label that brings them into force. The profile that has most controls misses least.
  const written = options.policyFrom(namespace) ?? options.policyFrom({ ...namespace, labels: withProfile(labels) });
  return [
    ...(isUnrouted(namespace, options)
      ? [`${profileKey}: as an annotation it does nothing here; set it as a label`]
      : []),
    ...(written?.problems.map(({ message }) => message) ?? []),
    ...contradictionOf(namespace, options),
  ];
}

function withProfile(labels: NamespaceRecord['labels']): NamespaceRecord['labels'] {
  return { ...labels, [profileKey]: 'hardened' };
}

/** What is as it was asked for, and yet seldom meant to stay. */
function hintsOf(namespace: NamespaceRecord, options: NamespaceAdviceOptions): readonly string[] {
  const policy = policyInForce(namespace, options);
  if (!policy) {
    const isSaid = !hasOwnKeys(namespace) || isUnrouted(namespace, options);
    return isSaid ? [] : [`${profileKey} is not set, so nothing is filled here`];
  }
  if (policy.level !== 'restricted' || enforcedLevel(namespace) !== 'privileged') return [];
  const enforced = namespace.labels[enforceKey] === undefined ? `${enforceKey} is not set` : `${enforceKey}=privileged`;
  return [`${enforced}: pods that fall short of restricted are let in all the same`];
}

/** What those lose who take the profile away while the namespace goes on enforcing a level. */
function lossOf(
  after: NamespaceRecord,
  before: NamespaceRecord | undefined,
  options: NamespaceAdviceOptions,
): readonly string[] {
  if (!before || policyInForce(after, options) || !policyInForce(before, options)) return [];
  if (missing(after, undefined, options.minor).length === 0) return [];
  return [
    `${profileKey}: without it nothing is filled, and enforce=${enforcedLevel(after)} refuses what pods leave out`,
  ];
}

/** What the namespace enforces but its policy does not fill, by the key that says so. */
function contradictionOf(namespace: NamespaceRecord, options: NamespaceAdviceOptions): readonly string[] {
  const policy = policyInForce(namespace, options);
  const unfilled = policy ? missing(namespace, policy, options.minor) : [];
  if (!policy || unfilled.length === 0) return [];
  const enforce = `enforce=${enforcedLevel(namespace)}`;
  if (unfilled.some((control) => !policy.profileControls.includes(control))) {
    const say = `${quoted(policy.profile)} fills less than ${enforce} demands`;
    return [`${profileKey}: ${say}: pods that leave it out are refused`];
  }
  if (policy.mode !== 'fill') {
    return [`${keyPrefix}mode: ${quoted(policy.mode)} fills nothing, and ${enforce} refuses pods that leave it out`];
  }
  const what = unfilled.length > 2 ? `${unfilled.length} controls` : unfilled.join(' and ');
  const are = unfilled.length === 1 ? 'is' : 'are';
  return [`${keyPrefix}controls: ${what} ${are} not filled, and ${enforce} refuses pods without`];
}

/** A pod whose author says nothing about security. */
const bare: Pod = Object.freeze({ spec: Object.freeze({ containers: Object.freeze([{ name: 'app' }]) }) });

/** The controls that stand between a bare pod, filled by the policy, and the level that the namespace enforces. */
function missing(namespace: NamespaceRecord, policy: Policy | undefined, minor: number | undefined): readonly string[] {
  const version = parseVersion(namespace.labels[`${enforceKey}-version`] ?? 'latest').value;
  const filled = policy ? filledBy(policy, minor) : bare;
  const violations = judge(filled, minorOf(version, minor)).violations[enforcedLevel(namespace)];
  return violations.map(({ control }) => control);
}

function filledBy(policy: Policy, minor: number | undefined): Pod {
  const { active } = controlsFor(bare, policy, minor);
  const { changes } = harden(bare, allTargets(bare), active, policy.values);
  const filled = changes.filter(({ mode }) => mode === 'fill');
  return applyChanges(bare, assignmentsOf(bare, filled));
}

const enforceKey = 'pod-security.kubernetes.io/enforce';

/** As Pod Security admission reads it: a level that it does not know is the strictest. */
function enforcedLevel({ labels }: NamespaceRecord): Level {
  const written = labels[enforceKey];
  if (written === undefined) return 'privileged';
  return levels.find((level) => level === written) ?? 'restricted';
}

/** The policy that its pods meet: none where they are never sent here. */
function policyInForce(namespace: NamespaceRecord, options: NamespaceAdviceOptions): Policy | undefined {
  return isUnrouted(namespace, options) ? undefined : options.policyFrom(namespace);
}

function isUnrouted({ labels, annotations }: NamespaceRecord, { routedBy }: NamespaceAdviceOptions): boolean {
  return routedBy === 'label' && labels[profileKey] === undefined && annotations[profileKey] !== undefined;
}

function hasOwnKeys(namespace: NamespaceRecord): boolean {
  return ownKeys(namespace) !== ownKeys(undefined);
}

/** Our labels and annotations as one text, which is another one when any of them is. */
function ownKeys(namespace: NamespaceRecord | undefined): string {
  const maps = [namespace?.labels ?? {}, namespace?.annotations ?? {}];
  return JSON.stringify(
    maps.map((map) =>
      Object.entries(map)
        .filter(([key]) => key.startsWith(keyPrefix))
        .sort(),
    ),
  );
}
