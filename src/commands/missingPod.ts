import { isMapping, type ManifestObject } from '../manifests/objects.ts';
import { decodePod, PodError } from '../policy/decodePod.ts';
import { type Path, toDotted } from '../policy/path.ts';

const ofWorkload: Path = ['spec', 'template'];

/** Where the kinds of Kubernetes itself hold their pod. */
const places = new Map<string, Path>([
  ['Pod', []],
  ['PodTemplate', ['template']],
  ['ReplicationController', ofWorkload],
  ['ReplicaSet', ofWorkload],
  ['Deployment', ofWorkload],
  ['StatefulSet', ofWorkload],
  ['DaemonSet', ofWorkload],
  ['Job', ofWorkload],
  ['CronJob', ['spec', 'jobTemplate', ...ofWorkload]],
]);

export interface MissingPod {
  /** Where it should be. */
  readonly path: Path;
  /** In a sentence. */
  readonly problem: string;
  /** Whether there are containers, but none that could be read as such. */
  readonly isMistyped: boolean;
}

/** Why an object in which no pod was found has none, where every object of its kind must; undefined for other kinds. */
export function missingPodOf({ kind, path, value }: ManifestObject): MissingPod | undefined {
  const place = places.get(kind);
  if (!place || !isOfKubernetes(value.apiVersion)) return undefined;
  let pod: unknown = value;
  for (const key of place) pod = isMapping(pod) ? pod[key] : undefined;
  return {
    path: [...path, ...place, 'spec', 'containers'],
    problem: problemOf(pod, toDotted(place)),
    isMistyped: isMistyped(containersOf(pod)),
  };
}

/** Others have a Job, too. What says nothing of its group is taken for Kubernetes' own. */
function isOfKubernetes(apiVersion: unknown): boolean {
  return apiVersion === undefined || (typeof apiVersion === 'string' && /^(apps\/|batch\/)?v\d\w*$/.test(apiVersion));
}

function containersOf(pod: unknown): unknown {
  const spec = isMapping(pod) ? pod.spec : undefined;
  return isMapping(spec) ? spec.containers : undefined;
}

/** Nothing and an empty list may be the part of a pod that a patch says nothing of. */
function isMistyped(containers: unknown): boolean {
  return containers != null && !(Array.isArray(containers) && containers.length === 0);
}

function problemOf(pod: unknown, place: string): string {
  if (!isMapping(pod)) return `${place} is ${pod == null ? 'missing' : 'no object'}`;
  const prefix = place && `${place}.`;
  try {
    decodePod(pod);
    return `${prefix}spec.containers is empty`;
  } catch (error) {
    if (error instanceof PodError) return `${prefix}${error.message}`;
    throw error;
  }
}
