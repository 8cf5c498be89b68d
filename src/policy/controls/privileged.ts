import type { Judged, Objection } from '../check.ts';
import type { Control } from '../control.ts';
import { nameContainers } from '../wording.ts';

/**
 * Privileged containers: no container switches most of the kernel's protection off.
 *
 * Fields:  spec.{c,initC,ephemeralC}ontainers[*].securityContext.privileged
 * Allowed: undefined, false
 * Spec:    https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
 */
export const privileged: Control = {
  id: 'privileged',
  checks: [{ id: 'privileged', level: 'baseline', revisions: [{ since: 0, check: mustNotBeTrue }] }],
};

function mustNotBeTrue({ containers }: Judged): Objection | undefined {
  const bad = containers.filter(({ securityContext }) => securityContext?.privileged === true);
  if (bad.length === 0) return undefined;
  return { reason: 'privileged', detail: `${nameContainers(bad)} must not set securityContext.privileged=true` };
}
