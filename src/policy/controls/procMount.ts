import type { Judged, Objection } from '../check.ts';
import type { Control } from '../control.ts';
import { hasUserNamespace } from '../pod.ts';
import { joinQuote, nameContainers, sortedSet } from '../wording.ts';

/** The proc mount. */
export const procMount: Control = {
  id: 'procMount',
  about: {
    title: 'What /proc tells of the node stays masked',
    meaning: 'Container runtimes hide the parts of /proc that tell of the node or change it. `Unmasked` shows them.',
    fields: ['spec.containers[*].securityContext.procMount'],
    allowed: 'none, or `Default`; at the level baseline and with `hostUsers: false` any, since v1.35',
    spec: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline',
  },
  checks: [
    {
      id: 'procMount',
      level: 'baseline',
      revisions: [
        { since: 0, check: mustBeMasked },
        // In a user namespace, what is unmasked belongs to the pod.
        { since: 35, check: (judged) => (hasUserNamespace(judged.pod) ? undefined : mustBeMasked(judged)) },
      ],
    },
    {
      id: 'procMount_restricted',
      level: 'restricted',
      replaces: 'procMount',
      revisions: [{ since: 35, check: mustBeMasked }],
    },
  ],
};

function mustBeMasked({ containers }: Judged): Objection | undefined {
  const bad = containers.filter(({ securityContext }) => (securityContext?.procMount ?? 'Default') !== 'Default');
  if (bad.length === 0) return undefined;
  const types = sortedSet(bad.map(({ securityContext }) => securityContext?.procMount ?? ''));
  const detail = `${nameContainers(bad)} must not set securityContext.procMount to ${joinQuote(types)}`;
  return { reason: 'procMount', detail };
}
