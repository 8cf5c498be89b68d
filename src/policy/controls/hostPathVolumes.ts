import type { Judged, Objection } from '../check.ts';
import type { Control } from '../control.ts';
import { joinQuote, pluralize } from '../wording.ts';

/** HostPath volumes. */
export const hostPathVolumes: Control = {
  id: 'hostPathVolumes',
  about: {
    title: 'A pod mounts no folder of its node',
    meaning:
      'A hostPath volume is a file or folder of the node. Some of them are enough to take the node over: the ' +
      "container runtime's socket, the kubelet's folder, /etc.",
    fields: ['spec.volumes[*].hostPath'],
    allowed: 'none',
    spec: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline',
  },
  checks: [{ id: 'hostPathVolumes', level: 'baseline', revisions: [{ since: 0, check: mustNotMount }] }],
};

function mustNotMount({ pod }: Judged): Objection | undefined {
  const bad = (pod.spec.volumes ?? []).filter((volume) => volume.hostPath != null).map(({ name }) => name);
  if (bad.length === 0) return undefined;
  return { reason: 'hostPath volumes', detail: `${pluralize('volume', 'volumes', bad.length)} ${joinQuote(bad)}` };
}
