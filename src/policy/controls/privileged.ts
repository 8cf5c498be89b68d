import type { Judged, Objection } from '../check.ts';
import type { Control } from '../control.ts';
import { nameContainers } from '../wording.ts';

/** Privileged containers. */
export const privileged: Control = {
  id: 'privileged',
  about: {
    title: 'No container is privileged',
    meaning:
      'A privileged container has every capability and all devices of its node, and nothing that confines other ' +
      'containers confines it. Root in it is root on the node.',
    fields: ['spec.containers[*].securityContext.privileged'],
    allowed: 'none, or `false`',
    spec: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline',
  },
  checks: [{ id: 'privileged', level: 'baseline', revisions: [{ since: 0, check: mustNotBeTrue }] }],
};

function mustNotBeTrue({ containers }: Judged): Objection | undefined {
  const bad = containers.filter(({ securityContext }) => securityContext?.privileged === true);
  if (bad.length === 0) return undefined;
  return { reason: 'privileged', detail: `${nameContainers(bad)} must not set securityContext.privileged=true` };
}
