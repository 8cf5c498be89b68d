import { type Control, leave } from '../control.ts';

/**
 * Privilege escalation: a process must not gain more privileges than its parent.
 *
 * Fields:  spec.{c,initC,ephemeralC}ontainers[*].securityContext.allowPrivilegeEscalation
 * Allowed: false
 * Spec:    https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export const allowPrivilegeEscalation: Control = {
  id: 'allowPrivilegeEscalation',
  rules: [
    {
      scope: 'container',
      field: ['allowPrivilegeEscalation'],
      os: 'linux',
      inherits: false,
      isWeaker: (value) => value === true,
      fill({ container: { securityContext } }) {
        // The API server rejects `false` beside either of these. It knows the capability by this spelling only.
        if (securityContext?.privileged) return leave('privileged');
        if (securityContext?.capabilities?.add?.includes('CAP_SYS_ADMIN')) return leave('adds-sys-admin');
        return false;
      },
    },
  ],
};
