import { type Control, leave } from '../control.ts';
import { effective } from '../pod.ts';

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
};
