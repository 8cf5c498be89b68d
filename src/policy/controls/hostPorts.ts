import type { Judged, Objection } from '../check.ts';
import type { Control } from '../control.ts';
import type { Container, PodSpec } from '../pod.ts';
import { nameContainers, pluralize, sortedSet } from '../wording.ts';

/** Host ports. */
export const hostPorts: Control = {
  id: 'hostPorts',
  about: {
    title: 'A container takes no port of its node',
    meaning:
      "A host port is open to whoever can reach the node, and can take the place of one of the node's own " +
      'services. With `hostNetwork`, every port of a container is one.',
    fields: ['spec.containers[*].ports[*].hostPort'],
    allowed: 'none, or `0`',
    spec: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline',
  },
  checks: [{ id: 'hostPorts', level: 'baseline', revisions: [{ since: 0, check: mustNotTake }] }],
};

function mustNotTake({ pod, containers }: Judged): Objection | undefined {
  const taken: string[] = [];
  const bad = containers.filter((container) => {
    const ports = hostPortsOf(container, pod.spec);
    taken.push(...ports.map(String));
    return ports.length > 0;
  });
  if (bad.length === 0) return undefined;
  const ports = sortedSet(taken);
  const verb = pluralize('uses', 'use', bad.length);
  const noun = pluralize('hostPort', 'hostPorts', ports.length);
  return { reason: 'hostPort', detail: `${nameContainers(bad)} ${verb} ${noun} ${ports.join(', ')}` };
}

/** On the node's network, the API server gives every port of a container to the node too. */
function hostPortsOf(container: Container, { hostNetwork }: PodSpec): readonly number[] {
  return (container.ports ?? [])
    .map(({ hostPort, containerPort }) => hostPort || (hostNetwork ? containerPort : 0) || 0)
    .filter((port) => port !== 0);
}
