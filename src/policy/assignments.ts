import { annotationsOf, hasRoomFor } from './annotations.ts';
import type { Assignment } from './apply.ts';
import type { Change } from './harden.ts';
import type { Path } from './path.ts';
import type { Pod } from './pod.ts';

/** What may be written to a volume before the kubelet evicts the pod: more than caches and temporary files need. */
const sizeLimit = '256Mi';

/** The cluster autoscaler keeps the node of a pod with local volumes, unless they are listed here. */
const safeToEvict = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes';

/**
 * All that is assigned in the pod when the changes are made: their values, and for each path that is to stay writable a
 * volume, under a name that no other volume has, and its mount. The pod's own volumes and mounts keep their places.
 */
export function assignmentsOf(pod: Pod, changes: readonly Change[]): readonly Assignment[] {
  const paths = changes.flatMap(({ path, writable = [] }) => writable.map((mountPath) => ({ of: path, mountPath })));
  if (paths.length === 0) return changes;
  const names = freeNames(pod, paths.length);
  const mounted = new Map<string, number>();
  const added = paths.flatMap(({ of, mountPath }, index) => {
    const mounts = mountsBeside(of);
    const before = mounted.get(String(mounts)) ?? lengthAt(pod, mounts);
    mounted.set(String(mounts), before + 1);
    return [
      { path: ['spec', 'volumes', lengthAt(pod, ['spec', 'volumes']) + index], value: volumeOf(names[index]) },
      { path: [...mounts, before], value: { name: names[index], mountPath } },
    ];
  });
  return [...changes, ...added, ...evictionNote(pod, names)];
}

function volumeOf(name: string | undefined) {
  return { name, emptyDir: { sizeLimit } };
}

/** The list of mounts of the container whose securityContext the path leads into. */
function mountsBeside(path: Path): Path {
  return [...path.slice(0, path.indexOf('securityContext')), 'volumeMounts'];
}

function lengthAt(pod: Pod, path: Path): number {
  let value: unknown = pod;
  for (const key of path) value = (value as Record<string | number, unknown> | null | undefined)?.[key];
  return Array.isArray(value) ? value.length : 0;
}

function freeNames({ spec }: Pod, count: number): readonly string[] {
  const taken = new Set(spec.volumes?.map(({ name }) => name));
  const names: string[] = [];
  for (let number = 1; names.length < count; number++) {
    const name = `pod-hardener-${number}`;
    if (!taken.has(name)) names.push(name);
  }
  return names;
}

function evictionNote(pod: Pod, names: readonly string[]): readonly Assignment[] {
  const annotations = annotationsOf(pod);
  const value = names.join(',');
  if (annotations[safeToEvict] != null || !hasRoomFor(annotations, safeToEvict, value)) return [];
  return [{ path: ['metadata', 'annotations', safeToEvict], value }];
}
