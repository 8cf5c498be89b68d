import type { Judged, Objection } from '../check.ts';
import type { Control } from '../control.ts';
import type { Container, PodSpec } from '../pod.ts';
import { nameContainers, pluralize, sortedSet } from '../wording.ts';

/**
 * Host ports: a container takes no port of its node.
 *
 * Fields:  spec.{c,initC,ephemeralC}ontainers[*].ports[*].hostPort
 * Allowed: undefined, 0
 * Spec:    https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
 */
export const hostPorts: Control = {
  id: 'hostPorts',
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
