import type { CheckPod, Objection } from '../check.ts';
import type { Control } from '../control.ts';
import { joinCode } from '../wording.ts';

/** What may be set, by the Kubernetes minor since which it may. */
const allowedSince: readonly (readonly [number, readonly string[]])[] = [
  [
    0,
    [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_unprivileged_port_start',
    ],
  ],
  [27, ['net.ipv4.ip_local_reserved_ports']],
  [
    29,
    [
      'net.ipv4.tcp_keepalive_time',
      'net.ipv4.tcp_fin_timeout',
      'net.ipv4.tcp_keepalive_intvl',
      'net.ipv4.tcp_keepalive_probes',
    ],
  ],
  [32, ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
];

/** Sysctls. */
export const sysctls: Control = {
  id: 'sysctls',
  about: {
    title: 'A pod sets only kernel parameters of its own',
    meaning:
      'Some kernel parameters are a matter of the pod alone. Others change the node with everything on it: they ' +
      'can be used to stop it, or to break out.',
    fields: ['spec.securityContext.sysctls[*].name'],
    allowed: allowedSince
      .map(([since, names]) => (since === 0 ? joinCode(names) : `since v1.${since} also ${joinCode(names)}`))
      .join('; '),
    spec: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline',
  },
  checks: [
    {
      id: 'sysctls',
      level: 'baseline',
      revisions: allowedSince.map(([since]) => ({ since, check: mustBeOneOf(allowedIn(since)) })),
    },
  ],
};

function allowedIn(minor: number): readonly string[] {
  return allowedSince.flatMap(([since, names]) => (since <= minor ? names : []));
}

function mustBeOneOf(allowed: readonly string[]): CheckPod {
  return ({ pod }): Objection | undefined => {
    const names = (pod.spec.securityContext?.sysctls ?? []).map(({ name }) => name);
    const forbidden = names.filter((name) => !allowed.includes(name));
    return forbidden.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: forbidden.join(', ') };
  };
}
