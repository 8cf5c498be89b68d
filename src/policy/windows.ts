import { allContainers, type Container, type NodeSelectorTerm, type Pod } from './pod.ts';

const osLabel = 'kubernetes.io/os';

/**
 * Whether the pod is for Windows nodes. `spec.os.name` decides when it is set, since the API server goes by it too;
 * otherwise the node selector, a required node affinity of which every term asks for Windows, or any `windowsOptions` does.
 */
export function isWindows(pod: Pod): boolean {
  const { spec } = pod;
  if (spec.os?.name) return saysWindows(pod);
  return spec.nodeSelector?.[osLabel] === 'windows' || requiresWindowsNode(pod) || hasWindowsOptions(pod);
}

/** Whether the pod says so itself, which is what the API server and Pod Security admission go by. */
export function saysWindows({ spec }: Pod): boolean {
  return spec.os?.name === 'windows';
}

/** Whether a container of the pod runs in the host's own process space, where none of our fields means anything. */
export function hasHostProcess(pod: Pod): boolean {
  if (pod.spec.securityContext?.windowsOptions?.hostProcess) return true;
  return allContainers(pod).some(({ securityContext }) => securityContext?.windowsOptions?.hostProcess);
}

/** Whether the container runs as Windows' administrator, which `runAsNonRoot: true` would keep from starting. */
export function runsAsAdministrator(pod: Pod, container: Container): boolean {
  const own = container.securityContext?.windowsOptions?.runAsUserName;
  const name = own ?? pod.spec.securityContext?.windowsOptions?.runAsUserName;
  return name?.toLowerCase() === 'containeradministrator';
}

function requiresWindowsNode(pod: Pod): boolean {
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return terms != null && terms.length > 0 && terms.every(asksForWindows);
}

function asksForWindows(term: NodeSelectorTerm): boolean {
  return (term.matchExpressions ?? []).some(
    ({ key, operator, values }) =>
      key === osLabel && operator === 'In' && values?.length === 1 && values[0] === 'windows',
  );
}

function hasWindowsOptions(pod: Pod): boolean {
  if (pod.spec.securityContext?.windowsOptions) return true;
  return allContainers(pod).some(({ securityContext }) => securityContext?.windowsOptions != null);
}
