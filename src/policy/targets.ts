import type { ContainerTarget, Scope, Target } from './control.ts';
import { type ContainerList, containerLists, containersOf, type Pod } from './pod.ts';

const scopeOf: Record<ContainerList, Scope> = {
  initContainers: 'init_container',
  containers: 'container',
  ephemeralContainers: 'ephemeral_container',
};

/** Every place of a pod that is still to be created: the pod itself, then each of its containers. */
export function allTargets(pod: Pod): readonly Target[] {
  const targets: Target[] = [{ scope: 'pod' }];
  for (const list of containerLists) {
    for (const target of containerTargets(pod, list)) targets.push(target);
  }
  return targets;
}

/**
 * The places of a running pod that adding ephemeral containers may still change: those ephemeral containers
 * that were not there before. Everything else of a running pod is immutable.
 */
export function newEphemeralTargets(pod: Pod, before: Pod): readonly (Target & { container: ContainerTarget })[] {
  const known = new Set(containersOf(before.spec, 'ephemeralContainers').map(({ name }) => name));
  return containerTargets(pod, 'ephemeralContainers').filter(({ container }) => !known.has(container.container.name));
}

function containerTargets(pod: Pod, list: ContainerList): readonly (Target & { container: ContainerTarget })[] {
  return containersOf(pod.spec, list).map((container, index) => ({
    scope: scopeOf[list],
    container: { list, index, container },
  }));
}
