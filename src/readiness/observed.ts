import { decodePod } from '../policy/decodePod.ts';
import { effective, type Pod } from '../policy/pod.ts';
import { type Refusal, refusalIn } from '../policy/refusal.ts';

/** What pods come from: a Deployment, a RayCluster, or the pod itself where nothing made it. */
export interface Workload {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid?: string;
}

/** A pod, and what its status says that its manifest does not. */
export interface ObservedPod {
  readonly namespace: string;
  readonly name: string;
  readonly pod: Pod;
  /** What made it; absent for a pod that somebody made by hand. */
  readonly owner?: Workload;
  /** Whether it has ended and will not run again. */
  readonly isFinished: boolean;
  /** Whether it is being deleted. */
  readonly isLeaving: boolean;
  /** Of the containers whose user is left to the image. */
  readonly users: readonly ContainerUser[];
  /** What does not work in it because of fields that were filled. */
  readonly breaks: readonly SeenBreak[];
}

/** Something that does not work in a container, probably because a field was filled. */
export interface SeenBreak {
  /** The control. */
  readonly field: string;
  readonly container: string;
  /** The kubelet says so itself (`known`), or it only looks like it (`suspected`). */
  readonly certainty: 'known' | 'suspected';
  /** What happened, in a clause that follows the name of the container. */
  readonly cause: string;
  /** What makes it work with the field filled, in sentences. */
  readonly remedy?: string | undefined;
}

/** What a container's status tells of the user that its image runs as. */
export interface ContainerUser {
  readonly container: string;
  /** The user that it was seen running as. */
  readonly uid?: number;
  /** Why the kubelet refuses to start it: its image runs as root, or names its user. */
  readonly refused?: Refusal;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The pod in an object from the API server or a manifest, with what is known of its breaks. Throws a PodError when it is
 * none.
 */
export function decodeObserved(object: unknown, breaks: readonly SeenBreak[] = []): ObservedPod {
  const pod = decodePod(object);
  const { metadata, status } = object as { readonly metadata?: unknown; readonly status?: unknown };
  const meta = isObject(metadata) ? metadata : {};
  const state = isObject(status) ? status : {};
  const owner = ownerIn(meta);
  return {
    namespace: textOf(meta.namespace) ?? '',
    name: textOf(meta.name) ?? textOf(meta.generateName) ?? '',
    pod,
    ...(owner && { owner }),
    isFinished: state.phase === 'Succeeded' || state.phase === 'Failed',
    isLeaving: meta.deletionTimestamp != null,
    users: usersIn(pod, state),
    breaks,
  };
}

/** What the metadata of an object names as its controller, else as its first owner; undefined when it names none. */
export function ownerIn({ ownerReferences }: Json): Workload | undefined {
  const owners = Array.isArray(ownerReferences) ? ownerReferences.filter(isObject) : [];
  const { apiVersion, kind, name, uid } = owners.find(({ controller }) => controller === true) ?? owners[0] ?? {};
  // The pods of the kubelet's own files are owned by their node, which makes nothing else of them.
  if (typeof kind !== 'string' || typeof name !== 'string' || kind === 'Node') return undefined;
  return { apiVersion: textOf(apiVersion) ?? 'v1', kind, name, ...(typeof uid === 'string' && { uid }) };
}

/** A user that the author names says nothing of the image, so those containers are left out. */
function usersIn(pod: Pod, status: Json): readonly ContainerUser[] {
  const statuses = [status.initContainerStatuses, status.containerStatuses].flatMap((list) =>
    Array.isArray(list) ? list.filter(isObject) : [],
  );
  const { initContainers, containers } = pod.spec;
  return [...(initContainers ?? []), ...containers].flatMap((container): readonly ContainerUser[] => {
    if (effective(pod, container, 'runAsUser') !== undefined) return [];
    const own = statuses.find(({ name }) => name === container.name);
    const uid = own && uidIn(own);
    const refused = own && refusalOf(own);
    if (uid === undefined && refused === undefined) return [];
    return [{ container: container.name, ...(uid !== undefined && { uid }), ...(refused && { refused }) }];
  });
}

function uidIn({ user }: Json): number | undefined {
  const linux = isObject(user) && isObject(user.linux) ? user.linux : {};
  return typeof linux.uid === 'number' ? linux.uid : undefined;
}

function refusalOf({ state }: Json): Refusal | undefined {
  const waiting = isObject(state) && isObject(state.waiting) ? state.waiting : {};
  return refusalIn({ reason: textOf(waiting.reason) ?? '', message: textOf(waiting.message) ?? '' });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
