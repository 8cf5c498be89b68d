import type { Judged, Objection } from '../check.ts';
import { type Control, leave } from '../control.ts';
import { effective, hasUserNamespace } from '../pod.ts';
import { nameSetters } from '../wording.ts';

/**
 * The user id that a container runs as.
 *
 * Fields:  spec.securityContext.runAsUser, spec.{c,initC,ephemeralC}ontainers[*].securityContext.runAsUser
 * Allowed: any but 0
 * Spec:    https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export const runAsUser: Control = {
  id: 'runAsUser',
  given: 'runAsUser',
  rules: [
    {
      scope: 'container',
      field: ['runAsUser'],
      os: 'linux',
      inherits: true,
      isWeaker: (value) => value === 0,
      fill({ pod, container, values }) {
        if (container.securityContext?.privileged) return leave('privileged');
        // Its author says that it may be root: another user could keep it from working.
        if (effective(pod, container, 'runAsNonRoot') === false) return leave('runs-as-root');
        return values.runAsUser;
      },
    },
  ],
  checks: [
    {
      id: 'runAsUser',
      level: 'restricted',
      revisions: [
        { since: 23, check: mustNotBeRoot },
        // In a user namespace, root is nobody outside of it.
        { since: 35, check: (judged) => (hasUserNamespace(judged.pod) ? undefined : mustNotBeRoot(judged)) },
      ],
    },
  ],
};

function mustNotBeRoot({ pod, containers }: Judged): Objection | undefined {
  const bad = containers.filter(({ securityContext }) => securityContext?.runAsUser === 0);
  const setters = nameSetters(pod.spec.securityContext?.runAsUser === 0, bad);
  return setters === '' ? undefined : { reason: 'runAsUser=0', detail: `${setters} must not set runAsUser=0` };
}
