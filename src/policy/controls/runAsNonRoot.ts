import { type Control, leave } from '../control.ts';
import { effective } from '../pod.ts';
import { runsAsAdministrator } from '../windows.ts';

/**
 * Running as non-root: the kubelet starts no container of which the user is, or may be, root.
 *
 * Fields:  spec.securityContext.runAsNonRoot, spec.{c,initC,ephemeralC}ontainers[*].securityContext.runAsNonRoot
 * Allowed: true
 * Spec:    https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export const runAsNonRoot: Control = {
  id: 'runAsNonRoot',
  rules: [
    {
      scope: 'container',
      field: ['runAsNonRoot'],
      os: 'any',
      inherits: true,
      isWeaker: (value) => value === false,
      fill({ pod, container, windows }) {
        if (container.securityContext?.privileged) return leave('privileged');
        const isRoot = effective(pod, container, 'runAsUser') === 0;
        return isRoot || (windows && runsAsAdministrator(pod, container)) ? leave('runs-as-root') : true;
      },
    },
  ],
};
