import { filledAnnotation } from '../admission/keys.ts';
import { podIn } from '../policy/decodePod.ts';
import { type Container, type ContainerList, containerLists, containersOf, type Pod } from '../policy/pod.ts';

/** A pod that exists, so far as its status and what led to it are of interest. */
export interface ObservedPod {
  readonly pod: Pod;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** When it was created, in milliseconds since 1970. */
  readonly createdAt: number;
  /** Whether nobody has changed its spec since, so that its images are those that it began with. */
  readonly isUnchanged: boolean;
  /** What its annotation says was filled in it. */
  readonly claimed: string;
  readonly controller: Controller | undefined;
  /** Why the kubelet has ended the whole pod; undefined where it has not. */
  readonly stopped: { readonly reason: string; readonly message: string } | undefined;
  readonly containers: readonly ObservedContainer[];
}

/** Whoever made the pod and would make it again. */
export interface Controller {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** A container and what the kubelet says of it. */
export interface ObservedContainer {
  readonly list: ContainerList;
  readonly container: Container;
  /** As its author wrote it. */
  readonly image: string;
  /** As the kubelet names it, which lags behind when the author changes it. */
  readonly statusImage: string;
  readonly imageId: string;
  /** The user of its first process, as it was configured; undefined where the runtime does not tell. */
  readonly uid: number | undefined;
  readonly waiting: { readonly reason: string; readonly message: string } | undefined;
  /** When the container was started that the status is about, in milliseconds since 1970. */
  readonly startedAt: number | undefined;
  /** How it ended last, unless it runs again. */
  readonly ended: Ended | undefined;
  /** What the container runtime said when it could not start the program. */
  readonly unstarted: string | undefined;
}

export interface Ended {
  readonly exitCode: number;
  readonly reason: string;
  readonly message: string;
  /** From its start to its end. */
  readonly afterMs: number;
}

type Json = Readonly<Record<string, unknown>>;

const statusLists: Readonly<Record<ContainerList, string>> = {
  initContainers: 'initContainerStatuses',
  containers: 'containerStatuses',
  ephemeralContainers: 'ephemeralContainerStatuses',
};

/** Returns what is to be seen in a pod that the API server sent; undefined for anything that is none. */
export function decodeObservedPod(value: unknown): ObservedPod | undefined {
  const pod = podIn(value);
  if (pod === undefined) return undefined;
  const { metadata, status } = value as Json;
  const [meta, state] = [objectIn(metadata), objectIn(status)];
  return {
    pod,
    namespace: textIn(meta.namespace),
    name: textIn(meta.name),
    uid: textIn(meta.uid),
    createdAt: timeIn(meta.creationTimestamp) ?? 0,
    // Before Kubernetes 1.33 pods had no generation: then nobody can say.
    isUnchanged: meta.generation === 1,
    claimed: pod.metadata?.annotations?.[filledAnnotation] ?? '',
    controller: controllerIn(meta.ownerReferences),
    stopped: textIn(state.reason) === '' ? undefined : messageIn(state),
    containers: containerLists.flatMap((list) => containersIn(pod, list, state[statusLists[list]])),
  };
}

/** A name that occurs twice says of neither which is which. */
function containersIn(pod: Pod, list: ContainerList, statuses: unknown): readonly ObservedContainer[] {
  const byName = uniquely(listIn(statuses).map(objectIn), ({ name }) => textIn(name));
  const named = uniquely(containersOf(pod.spec, list), ({ name }) => name);
  return [...named].flatMap(([name, container]) => {
    const status = byName.get(name);
    return status === undefined ? [] : [observed(list, container, status)];
  });
}

function uniquely<T>(items: readonly T[], nameOf: (item: T) => string): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  const twice = new Set<string>();
  for (const item of items) {
    const name = nameOf(item);
    if (found.has(name)) twice.add(name);
    found.set(name, item);
  }
  for (const name of twice) found.delete(name);
  return found;
}

function observed(list: ContainerList, container: Container, status: Json): ObservedContainer {
  const state = objectIn(status.state);
  const running = objectIn(state.running);
  const isRunning = state.running != null;
  // What runs has got over its last end; a program that ends again and again is seen to wait in between.
  const ended = objectIn(state.terminated ?? (isRunning ? undefined : objectIn(status.lastState).terminated));
  const waiting = objectIn(state.waiting);
  return {
    list,
    container,
    image: textIn((container as unknown as Json).image),
    statusImage: textIn(status.image),
    imageId: textIn(status.imageID),
    uid: uidIn(objectIn(objectIn(status.user).linux).uid),
    waiting: textIn(waiting.reason) === '' ? undefined : messageIn(waiting),
    startedAt: timeIn(running.startedAt) ?? timeIn(ended.startedAt),
    ended: endedIn(ended),
    unstarted: unstartedIn(waiting) ?? unstartedIn(ended),
  };
}

/** The reasons of the kubelet and of container runtimes: some know it when they create a container, some later. */
const unstartedReasons = ['CreateContainerError', 'RunContainerError', 'StartError', 'ContainerCannotRun'];

function unstartedIn(state: Json): string | undefined {
  const { reason, message } = messageIn(state);
  return unstartedReasons.includes(reason) ? message : undefined;
}

function endedIn(ended: Json): Ended | undefined {
  const [from, to] = [timeIn(ended.startedAt), timeIn(ended.finishedAt)];
  const { exitCode } = ended;
  if (typeof exitCode !== 'number' || from === undefined || to === undefined) return undefined;
  return { exitCode, ...messageIn(ended), afterMs: to - from };
}

function messageIn({ reason, message }: Json): { readonly reason: string; readonly message: string } {
  return { reason: textIn(reason), message: textIn(message) };
}

function controllerIn(references: unknown): Controller | undefined {
  const found = listIn(references)
    .map(objectIn)
    .find(({ controller }) => controller === true);
  if (found === undefined) return undefined;
  const { apiVersion, kind, name, uid } = found;
  return { apiVersion: textIn(apiVersion), kind: textIn(kind), name: textIn(name), uid: textIn(uid) };
}

function uidIn(value: unknown): number | undefined {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 2_147_483_647 ? Number(value) : undefined;
}

function timeIn(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  // The kubelet writes the year 1 or 1970 for what it does not know.
  return time > 0 ? time : undefined;
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function objectIn(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}
