import type { CheckPod, Objection } from '../check.ts';
import type { Control } from '../control.ts';

const since1dot0 = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
];
const since1dot27 = [...since1dot0, 'net.ipv4.ip_local_reserved_ports'];
const since1dot29 = [
  ...since1dot27,
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
];
const since1dot32 = [...since1dot29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'];

/**
 * Sysctls: a pod changes only those kernel parameters that are its own.
 *
 * Fields:  spec.securityContext.sysctls[*].name
 * Allowed: the lists above, by the version of Kubernetes
 * Spec:    https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
 */
export const sysctls: Control = {
  id: 'sysctls',
  checks: [
    {
      id: 'sysctls',
      level: 'baseline',
      revisions: [
        { since: 0, check: mustBeOneOf(since1dot0) },
        { since: 27, check: mustBeOneOf(since1dot27) },
        { since: 29, check: mustBeOneOf(since1dot29) },
        { since: 32, check: mustBeOneOf(since1dot32) },
      ],
    },
  ],
};

function mustBeOneOf(allowed: readonly string[]): CheckPod {
  return ({ pod }): Objection | undefined => {
    const names = (pod.spec.securityContext?.sysctls ?? []).map(({ name }) => name);
    const forbidden = names.filter((name) => !allowed.includes(name));
    return forbidden.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: forbidden.join(', ') };
  };
}
