import type { Judged, Objection } from '../check.ts';
import type { Control } from '../control.ts';

/** Host namespaces. */
export const hostNamespaces: Control = {
  id: 'hostNamespaces',
  about: {
    title: 'A pod shares no namespace of its node',
    meaning:
      'With `hostNetwork`, `hostPID` or `hostIPC`, a pod sees the network, the processes or the shared memory ' +
      'of its node, and so those of other pods. An attacker in it can listen to them, and reach services that ' +
      'only the node should.',
    fields: ['spec.hostNetwork', 'spec.hostPID', 'spec.hostIPC'],
    allowed: 'none, or `false`',
    spec: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline',
  },
  checks: [{ id: 'hostNamespaces', level: 'baseline', revisions: [{ since: 0, check: mustNotShare }] }],
};

function mustNotShare({ pod: { spec } }: Judged): Objection | undefined {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field] === true);
  if (shared.length === 0) return undefined;
  return { reason: 'host namespaces', detail: shared.map((field) => `${field}=true`).join(', ') };
}
