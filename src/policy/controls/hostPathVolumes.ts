import type { Judged, Objection } from '../check.ts';
import type { Control } from '../control.ts';
import { joinQuote, pluralize } from '../wording.ts';

/**
 * HostPath volumes: a pod mounts no folder of its node.
 *
 * Fields:  spec.volumes[*].hostPath
 * Allowed: undefined
 * Spec:    https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
 */
export const hostPathVolumes: Control = {
  id: 'hostPathVolumes',
  checks: [{ id: 'hostPathVolumes', level: 'baseline', revisions: [{ since: 0, check: mustNotMount }] }],
};

function mustNotMount({ pod }: Judged): Objection | undefined {
  const bad = (pod.spec.volumes ?? []).filter((volume) => volume.hostPath != null).map(({ name }) => name);
  if (bad.length === 0) return undefined;
  return { reason: 'hostPath volumes', detail: `${pluralize('volume', 'volumes', bad.length)} ${joinQuote(bad)}` };
}
