import type { Judged, Objection } from '../check.ts';
import type { Control } from '../control.ts';

/**
 * Host namespaces: a pod shares neither the node's network nor its processes nor its interprocess communication.
 *
 * Fields:  spec.hostNetwork, spec.hostPID, spec.hostIPC
 * Allowed: undefined, false
 * Spec:    https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
 */
export const hostNamespaces: Control = {
  id: 'hostNamespaces',
  checks: [{ id: 'hostNamespaces', level: 'baseline', revisions: [{ since: 0, check: mustNotShare }] }],
};

function mustNotShare({ pod: { spec } }: Judged): Objection | undefined {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field] === true);
  if (shared.length === 0) return undefined;
  return { reason: 'host namespaces', detail: shared.map((field) => `${field}=true`).join(', ') };
}
