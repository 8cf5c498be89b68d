import type { AdviceKind, AdviceOutcome } from '../admission/advice.ts';
import type { Decision } from '../admission/decide.ts';
import type { RequestError } from '../admission/errors.ts';
import type { Policy } from '../admission/namespacePolicy.ts';
import type { AdmissionRequest } from '../admission/review.ts';
import { type Shadow, shadowDifferences, shadowSides } from '../admission/shadow.ts';
import { scopes } from '../policy/control.ts';
import type { Change } from '../policy/harden.ts';
import type { Metrics } from './metrics.ts';

/** What became of one request. */
export interface Answered {
  readonly request?: AdmissionRequest;
  readonly decision?: Decision;
  readonly error?: RequestError;
}

/**
 * Counts what became of requests. Namespaces are told apart for the first `maxNamespaces` that had a pod filled;
 * later ones count as `_other`, and with 0 none is counted.
 */
export function createRecorder(metrics: Metrics, maxNamespaces: number) {
  const known = new Set<string>();
  const labelOf = (namespace: string) => {
    if (known.size < maxNamespaces) known.add(namespace);
    return known.has(namespace) ? namespace : '_other';
  };
  return (answered: Answered, seconds: number, shadow?: Shadow): void => {
    const { request, decision, error } = answered;
    metrics.duration.observe(seconds);
    metrics.requests.inc({
      operation: request?.operation ?? 'other',
      resource: request?.resource ?? 'other',
      outcome: error || !decision ? 'failed' : decision.outcome,
      dry_run: String(request?.dryRun ?? false),
    });
    if (request?.dryRun) return;
    if (error) metrics.errors.inc({ stage: error.stage });
    else if (decision?.policy) countFields(metrics, decision, decision.policy);
    if (decision?.policy && shadow) countShadow(metrics, decision.policy, shadow);
    if (error || !request || !decision || maxNamespaces === 0) return;
    if (decision.filled.length === 0) return;
    const resource_namespace = labelOf(request.namespace);
    for (const [field, count] of countByField(decision.filled)) {
      metrics.namespaceFilled.inc({ resource_namespace, field }, count);
    }
  };
}

/** What became of one request for advice. */
export interface Advised {
  readonly kind: AdviceKind;
  readonly outcome: AdviceOutcome;
  readonly request?: { readonly dryRun: boolean };
}

/** Counts what became of a request for advice. */
export function recordAdvice(metrics: Metrics, { kind, outcome, request }: Advised): void {
  if (!request?.dryRun) metrics.advice.inc({ kind, outcome });
}

function countFields(metrics: Metrics, decision: Decision, { profile, problems }: Policy): void {
  countChanges(metrics.filled, decision.filled, profile);
  countChanges(metrics.wouldFill, decision.wouldFill, profile);
  for (const { control, reason } of decision.left) metrics.left.inc({ field: control, reason });
  for (const key of new Set(problems.map((problem) => problem.key))) metrics.problems.inc({ key });
  const { levels } = decision;
  if (levels) metrics.decisions.inc({ profile, level_before: levels.before, level_after: levels.after });
}

/** A pair of profiles is known when the first pod meets it: then all its series are there. */
function countShadow(metrics: Metrics, { profile }: Policy, { policy, difference, changes }: Shadow): void {
  for (const one of shadowDifferences) {
    const labels = { profile, shadow_profile: policy.profile, difference: one };
    metrics.shadowDecisions.inc(labels, one === difference ? 1 : 0);
  }
  for (const side of shadowSides) {
    for (const [field, count] of countByField(changes[side])) {
      metrics.shadowFields.inc({ field, difference: side }, count);
    }
  }
}

/** A pod has the same field filled in many containers, so fields are counted before a counter is told. */
function countChanges(counter: Metrics['filled'], changes: readonly Change[], profile: string): void {
  if (changes.length === 0) return;
  for (const scope of scopes) {
    const inScope = changes.filter((change) => change.scope === scope);
    for (const [field, count] of countByField(inScope)) counter.inc({ field, scope, profile }, count);
  }
}

function countByField(changes: readonly Change[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { control } of changes) counts.set(control, (counts.get(control) ?? 0) + 1);
  return counts;
}
