import type { Judged, Objection } from '../check.ts';
import type { Control } from '../control.ts';
import { nameSetters } from '../wording.ts';

/** Windows HostProcess. */
export const windowsHostProcess: Control = {
  id: 'windowsHostProcess',
  about: {
    title: 'No container runs as a process of its Windows node',
    meaning:
      "A HostProcess container is a process of its node, with the node's network and files. Whoever takes it " +
      'over has the node.',
    fields: [
      'spec.securityContext.windowsOptions.hostProcess',
      'spec.containers[*].securityContext.windowsOptions.hostProcess',
    ],
    allowed: 'none, or `false`',
    spec: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline',
  },
  checks: [{ id: 'windowsHostProcess', level: 'baseline', revisions: [{ since: 0, check: mustNotBeTrue }] }],
};

function mustNotBeTrue({ pod, containers }: Judged): Objection | undefined {
  const bad = containers.filter(({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true);
  const setters = nameSetters(pod.spec.securityContext?.windowsOptions?.hostProcess === true, bad);
  if (setters === '') return undefined;
  return { reason: 'hostProcess', detail: `${setters} must not set securityContext.windowsOptions.hostProcess=true` };
}
