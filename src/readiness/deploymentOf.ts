import type { Workload } from './observed.ts';

/** What made a pod's owner, as far as the pod itself tells: its label names the part of the name that a Deployment added. */
export function deploymentOf(
  owner: Workload | undefined,
  labels: Readonly<Record<string, unknown>>,
): Workload | undefined {
  const hash = labels['pod-template-hash'];
  if (owner?.kind !== 'ReplicaSet' || !owner.apiVersion.startsWith('apps/') || typeof hash !== 'string') return owner;
  const end = `-${hash}`;
  if (!owner.name.endsWith(end) || owner.name.length === end.length) return owner;
  return { apiVersion: owner.apiVersion, kind: 'Deployment', name: owner.name.slice(0, -end.length) };
}
