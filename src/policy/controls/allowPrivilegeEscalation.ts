import type { Judged, Objection } from '../check.ts';
import { type Control, leave } from '../control.ts';
import { saysWindows } from '../windows.ts';
import { nameContainers } from '../wording.ts';

/** Privilege escalation. */
export const allowPrivilegeEscalation: Control = {
  id: 'allowPrivilegeEscalation',
  about: {
    title: 'No process gains more privileges than its parent',
    meaning:
      "With `false`, the kernel's `no_new_privs` is set: neither the setuid bit nor capabilities of a file give " +
      'a program more rights. An attacker who has taken over an ordinary process cannot become root by such a ' +
      'program of the image.',
    fields: ['spec.containers[*].securityContext.allowPrivilegeEscalation'],
    allowed: '`false` on every container; since v1.25 not asked of Windows pods',
    spec: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted',
    mayBreak: [
      {
        what:
          'Programs that become another user or need capabilities of their file: `sudo`, `su`, some kinds of ' +
          '`ping`.',
        seenIn: 'log',
        messages: [
          'sudo: The "no new privileges" flag is set, which prevents sudo from running as root.',
          'Operation not permitted',
        ],
        remedy: 'Run the container as the user that the program needs (`runAsUser`).',
      },
    ],
  },
  leaves: ['set-by-author', 'privileged', 'adds-sys-admin'],
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
