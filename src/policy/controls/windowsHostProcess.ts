import type { Judged, Objection } from '../check.ts';
import type { Control } from '../control.ts';
import { nameSetters } from '../wording.ts';

/**
 * Windows HostProcess: no container runs in the node's own space.
 *
 * Fields:  spec.securityContext.windowsOptions.hostProcess,
 *          spec.{c,initC,ephemeralC}ontainers[*].securityContext.windowsOptions.hostProcess
 * Allowed: undefined, false
 * Spec:    https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
 */
export const windowsHostProcess: Control = {
  id: 'windowsHostProcess',
  checks: [{ id: 'windowsHostProcess', level: 'baseline', revisions: [{ since: 0, check: mustNotBeTrue }] }],
};

function mustNotBeTrue({ pod, containers }: Judged): Objection | undefined {
  const bad = containers.filter(({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true);
  const setters = nameSetters(pod.spec.securityContext?.windowsOptions?.hostProcess === true, bad);
  if (setters === '') return undefined;
  return { reason: 'hostProcess', detail: `${setters} must not set securityContext.windowsOptions.hostProcess=true` };
}
