import { applyChanges } from '../policy/apply.ts';
import { assignmentsOf } from '../policy/assignments.ts';
import type { Violation } from '../policy/check.ts';
import { entryOf, sortedEntries } from '../policy/entry.ts';
import { judge } from '../policy/evaluate.ts';
import type { Evidence } from '../policy/evidence.ts';
import { type Change, harden, type Left } from '../policy/harden.ts';
import type { Level } from '../policy/level.ts';
import { type AddOperation, toJsonPatch } from '../policy/patch.ts';
import { isMirror, type Pod } from '../policy/pod.ts';
import { allTargets, newEphemeralTargets } from '../policy/targets.ts';
import { minorOf } from '../policy/version.ts';
import { auditAnnotationsOf } from './auditAnnotations.ts';
import { type Exemptions, expiryNotes, noExemptions, sparesIn } from './exemptions.ts';
import type { Policy } from './namespacePolicy.ts';
import { controlsFor } from './podOverrides.ts';
import { provenanceOf } from './provenance.ts';
import type { AdmissionRequest, ReviewAnswer, Subject } from './review.ts';
import { warningsOf } from './warnings.ts';

/** How a request ends, as a label of the metric that counts requests; `failed` is the one that has no decision. */
export const outcomes = ['filled', 'unchanged', 'would_fill', 'not_opted_in', 'failed'] as const;

export type Outcome = (typeof outcomes)[number];

/** Everything that follows from one request under one policy. */
export interface Decision extends ReviewAnswer {
  readonly outcome: Exclude<Outcome, 'failed'>;
  /** The policy in force; absent when the namespace is not opted in or the request is none to be filled. */
  readonly policy?: Policy;
  readonly filled: readonly Change[];
  /** What the modes `audit` and `warn` did not do. */
  readonly wouldFill: readonly Change[];
  readonly left: readonly Left[];
  /** The pod's level of the Pod Security Standards; absent when it was not looked at. */
  readonly levels?: { readonly before: Level; readonly after: Level };
  /** What still stands between the pod and its profile's level. */
  readonly remaining: readonly Violation[];
  /** The pod with the patch made; absent when there is none. */
  readonly intended?: Pod;
}

export interface DecideOptions {
  /** Whether the pod gets the annotation that lists what was filled. */
  readonly provenance: boolean;
  /** The cluster's minor of Kubernetes 1, where it is known: what `latest` means, and which fields exist. */
  readonly minor?: number | undefined;
  /** What is known of the users that images run as. */
  readonly evidence?: Evidence | undefined;
  /** What administrators have exempted, as it stands now. */
  readonly exemptions?: Exemptions | undefined;
}

const nothing = {
  filled: [],
  wouldFill: [],
  left: [],
  remaining: [],
  operations: [],
  warnings: [],
  auditAnnotations: {},
} as const;

/** The decision on a request under its namespace's policy: always the same for the same arguments. */
export function decide(request: AdmissionRequest, policy: Policy | undefined, options: DecideOptions): Decision {
  const { subject } = request;
  if (!subject) return { outcome: 'unchanged', ...nothing };
  if (!policy) return { outcome: 'not_opted_in', ...nothing };
  if (isMirror(subject.pod)) return { outcome: 'unchanged', policy, ...nothing };
  return decideSubject(request.namespace, subject, policy, options);
}

function decideSubject(namespace: string, subject: Subject, policy: Policy, options: DecideOptions): Decision {
  const { pod } = subject;
  const { evidence, exemptions = noExemptions } = options;
  const { active, notes: ownNotes } = controlsFor(pod, policy, options.minor);
  const notes = [...ownNotes, ...expiryNotes(namespace, pod, active, exemptions.expired)];
  const spares = sparesIn(namespace, pod, exemptions.active);
  const { changes, left } = harden(pod, targetsOf(subject), active, policy.values, evidence, spares);
  const filled = changes.filter(({ mode }) => mode === 'fill');
  const wouldFill = changes.filter(({ mode }) => mode !== 'fill');
  const entries = sortedEntries(filled.map(entryOf));
  const fills = assignmentsOf(pod, filled);
  const hardened = applyChanges(pod, fills);
  const isNoted = options.provenance && filled.length > 0 && !subject.before;
  const provenance = isNoted ? provenanceOf(pod, hardened, entries, { active, values: policy.values, evidence }) : [];
  const operations: readonly AddOperation[] = toJsonPatch(pod, [...fills, ...provenance]);
  const intended = applyChanges(hardened, provenance);
  const minor = minorOf(policy.version, options.minor);
  const before = judge(pod, minor);
  const after = filled.length === 0 ? before : judge(intended, minor);
  const levels = { before: before.level, after: after.level };
  const remaining = after.violations[policy.level];
  const isWhole = wouldFill.length === 0 && !subject.before;
  const lasting = isWhole ? remaining : lastingIn(applyChanges(pod, changes), subject.before, policy.level, minor);
  return {
    outcome: outcomeOf(filled, wouldFill),
    policy,
    filled,
    wouldFill,
    left,
    levels,
    remaining,
    operations,
    warnings: warningsOf({ pod, policy, active, notes, wouldFill, left, lasting }),
    auditAnnotations: auditAnnotationsOf({ pod, policy, filled: entries, wouldFill, left, levels }),
    ...(operations.length > 0 && { intended }),
  };
}

/**
 * What would stand in the way even if the namespace filled everything: that is its author's doing. Of a running pod,
 * only what is added to it is of interest to whoever adds it.
 */
function lastingIn(whole: Pod, before: Pod | undefined, level: Level, minor: number): readonly Violation[] {
  if (!before) return judge(whole, minor).violations[level];
  const known = new Set(judge(withoutOld(before, before), minor).violations[level].map(({ detail }) => detail));
  return judge(withoutOld(whole, before), minor).violations[level].filter(({ detail }) => !known.has(detail));
}

function withoutOld(pod: Pod, before: Pod): Pod {
  const ephemeralContainers = newEphemeralTargets(pod, before).map(({ container }) => container.container);
  return { ...pod, spec: { ...pod.spec, initContainers: [], containers: [], ephemeralContainers } };
}

/** What this request may still change. */
function targetsOf({ pod, before }: Subject) {
  return before ? newEphemeralTargets(pod, before) : allTargets(pod);
}

function outcomeOf(filled: readonly Change[], wouldFill: readonly Change[]): Decision['outcome'] {
  if (filled.length > 0) return 'filled';
  return wouldFill.length > 0 ? 'would_fill' : 'unchanged';
}
