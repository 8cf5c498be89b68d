import type { Decision } from '../admission/decide.ts';
import type { RequestError } from '../admission/errors.ts';
import type { AdmissionRequest } from '../admission/review.ts';
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
  return (answered: Answered, seconds: number): void => {
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
    if (error || !request || !decision || maxNamespaces === 0) return;
    for (const { control } of decision.filled) {
      metrics.namespaceFilled.inc({ resource_namespace: labelOf(request.namespace), field: control });
    }
  };
}

function countFields(
  metrics: Metrics,
  decision: Decision,
  { profile, problems }: NonNullable<Decision['policy']>,
): void {
  for (const { control, scope } of decision.filled) metrics.filled.inc({ field: control, scope, profile });
  for (const { control, scope } of decision.wouldFill) metrics.wouldFill.inc({ field: control, scope, profile });
  for (const { control, reason } of decision.left) metrics.left.inc({ field: control, reason });
  for (const { key } of problems) metrics.problems.inc({ key });
}
