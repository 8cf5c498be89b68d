import type { Judged, Objection } from '../check.ts';
import { type Control, leave } from '../control.ts';
import { saysWindows } from '../windows.ts';
import { nameContainers } from '../wording.ts';

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
  checks: [
    {
      id: 'allowPrivilegeEscalation',
      level: 'restricted',
      revisions: [
        { since: 8, check: mustBeFalse },
        // A Windows pod cannot set the field, and has not been asked to since 1.25.
        { since: 25, check: (judged) => (saysWindows(judged.pod) ? undefined : mustBeFalse(judged)) },
      ],
    },
  ],
};

function mustBeFalse({ containers }: Judged): Objection | undefined {
  const bad = containers.filter(({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false);
  if (bad.length === 0) return undefined;
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${nameContainers(bad)} must set securityContext.allowPrivilegeEscalation=false`,
  };
}
