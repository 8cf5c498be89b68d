import type { V1PodSpec } from '@kubernetes/client-node';
import { cluster, expectSuccess, mergePatch, type NamespaceMeta } from './cluster.ts';
import { container } from './pods.ts';

/** An object as the API server has it, so far as others are made from it. */
export interface Made {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly uid: string };
}

/** A namespace in which there is whatever controllers and kubelets would have made. */
export interface Team {
  readonly name: string;
  /** Creates an object in the collection, owned by another one if that is given. */
  make(collection: string, object: object, owner?: Made): Promise<Made>;
  /** Creates a pod with the status that a kubelet would have written. */
  pod(name: string, owner: Made | undefined, spec: Partial<V1PodSpec>, status?: object): Promise<void>;
}

export async function createTeam(prefix: string, meta: NamespaceMeta = {}): Promise<Team> {
  const name = await cluster().createNamespace(prefix, meta);
  const { api } = cluster();
  const post = async (path: string, object: object, owner?: Made) => {
    const { metadata = {}, ...rest } = object as { metadata?: object };
    const answer = await api.request('POST', path, { ...rest, metadata: { ...metadata, ...ownedBy(owner) } });
    expectSuccess(answer);
    return answer.body as unknown as Made;
  };
  return {
    name,
    async make(collection, object, owner) {
      const [group, resource] = [collection.slice(0, collection.lastIndexOf('/')), collection.split('/').at(-1)];
      const made = await post(`${group}/namespaces/${name}/${resource}`, object, owner);
      return { ...made, ...(object as { apiVersion: string; kind: string }), metadata: made.metadata };
    },
    async pod(podName, owner, spec, status) {
      const path = `/api/v1/namespaces/${name}/pods`;
      await post(path, { metadata: { name: podName }, spec: { containers: [container('app')], ...spec } }, owner);
      if (!status) return;
      expectSuccess(await api.request('PATCH', `${path}/${podName}/status`, { status }, mergePatch));
    },
  };
}

function ownedBy(owner: Made | undefined) {
  if (!owner) return {};
  const { apiVersion, kind, metadata } = owner;
  return { ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true }] };
}

/** The status of a container as kubelets with a recent runtime write it. */
export function runningAs(uid: number, name = 'app'): object {
  return {
    phase: 'Running',
    containerStatuses: [
      {
        ...{ name, image: 'registry.example/app:1', imageID: 'registry.example/app@sha256:0' },
        ...{ ready: true, started: true, restartCount: 0, state: { running: { startedAt: '2026-01-01T00:00:00Z' } } },
        user: { linux: { uid, gid: uid, supplementalGroups: [uid] } },
      },
    ],
  };
}

/** The status of a container that the kubelet refuses to start, in its words. */
export function refusedFor(problem: string, name = 'app'): object {
  const message = `${problem} (pod: "a_b(c)", container: ${name})`;
  return {
    phase: 'Pending',
    containerStatuses: [
      {
        ...{ name, image: 'registry.example/app:1', imageID: '', ready: false, started: false, restartCount: 0 },
        state: { waiting: { reason: 'CreateContainerConfigError', message } },
      },
    ],
  };
}
