import { randomBytes } from 'node:crypto';
import type { V1Pod } from '@kubernetes/client-node';
import type { ApiAnswer, ApiClient, RequestOptions } from './apiClient.ts';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane, users } from './controlPlane.ts';

export interface NamespaceMeta {
  readonly labels?: Readonly<Record<string, string | null>>;
  readonly annotations?: Readonly<Record<string, string | null>>;
}

export interface PodAnswer extends ApiAnswer {
  /** The pod; when it was refused, an object without metadata and spec. */
  readonly pod: V1Pod;
  /** The reason of a refusal in words. */
  readonly message: string;
}

export interface CreateOptions extends RequestOptions {
  readonly dryRun?: boolean;
}

/** A control plane with the few things that tests do to it all the time. */
export interface Cluster extends ControlPlane {
  /** Creates a namespace of that name and a random end, with the ServiceAccount that every pod needs. */
  createNamespace(name: string, meta?: NamespaceMeta): Promise<string>;
  /** Changes labels and annotations of a namespace; null removes one. */
  changeNamespace(name: string, meta: NamespaceMeta): Promise<void>;
  createPod(namespace: string, pod: V1Pod, options?: CreateOptions): Promise<PodAnswer>;
  getPod(namespace: string, name: string | undefined): Promise<V1Pod>;
  /** Creates the object or replaces the one of its name. Throws if the API server refuses. */
  apply(collection: string, object: { readonly metadata: { readonly name: string } }): Promise<void>;
  /** Keeps a figure that is printed when all tests are over. */
  note(text: string): void;
  readonly notes: readonly string[];
}

/** The label that opts a namespace in. */
export const optedIn = { 'pod-hardener.io/profile': 'restricted' } as const;

/** The label that makes Pod Security admission refuse pods. */
export const enforced = { 'pod-security.kubernetes.io/enforce': 'restricted' } as const;

export const mergePatch: RequestOptions = { contentType: 'application/merge-patch+json' };

/** Starts a cluster in which pod-hardener's user may do what its documentation asks for: read namespaces. */
export async function createCluster(assets: string, options?: ControlPlaneOptions): Promise<Cluster> {
  const controlPlane = await startControlPlane(assets, options);
  const { api } = controlPlane;
  const notes: string[] = [];
  await grantNamespaceReader(api);
  return {
    ...controlPlane,
    notes,
    note: (text) => notes.push(text),
    async createNamespace(prefix, meta = {}) {
      const name = `${prefix}-${randomBytes(3).toString('hex')}`;
      expectSuccess(await api.request('POST', '/api/v1/namespaces', { metadata: { name, ...meta } }));
      await createServiceAccount(api, name, 'default');
      return name;
    },
    async changeNamespace(name, meta) {
      expectSuccess(await api.request('PATCH', `/api/v1/namespaces/${name}`, { metadata: meta }, mergePatch));
    },
    async createPod(namespace, pod, { dryRun = false, ...options } = {}) {
      const path = `/api/v1/namespaces/${namespace}/pods${dryRun ? '?dryRun=All' : ''}`;
      return toPodAnswer(await api.request('POST', path, pod, options));
    },
    async getPod(namespace, name) {
      const answer = await api.request('GET', `/api/v1/namespaces/${namespace}/pods/${name}`);
      expectSuccess(answer);
      return toPodAnswer(answer).pod;
    },
    apply: (collection, object) => apply(api, collection, object),
  };
}

/** One place where the API server's answer is taken for the pod that it is when the status says so. */
export function toPodAnswer(answer: ApiAnswer): PodAnswer {
  return { ...answer, pod: answer.body as V1Pod, message: answer.body.message ?? '' };
}

export async function createServiceAccount(api: ApiClient, namespace: string, name: string): Promise<void> {
  expectSuccess(await api.request('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } }));
}

/** Throws the API server's explanation of a refusal. */
export function expectSuccess({ status, body }: ApiAnswer): void {
  if (status >= 300) throw new Error(`${status} ${body.message}`);
}

async function apply(api: ApiClient, collection: string, object: { readonly metadata: { readonly name: string } }) {
  const created = await api.request('POST', collection, object);
  if (created.status !== 409) return expectSuccess(created);
  const patch = { contentType: 'application/apply-patch+yaml' };
  const path = `${collection}/${object.metadata.name}?fieldManager=e2e&force=true`;
  expectSuccess(await api.request('PATCH', path, object, patch));
}

async function grantNamespaceReader(api: ApiClient): Promise<void> {
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const metadata = { name: 'pod-hardener' };
  const rules = [{ apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'list', 'watch'] }];
  await apply(api, `${rbac}/clusterroles`, { metadata, ...{ rules } });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'pod-hardener' };
  const subjects = [{ kind: 'User', name: users.podHardener.name }];
  await apply(api, `${rbac}/clusterrolebindings`, { metadata, ...{ roleRef, subjects } });
}

let shared: Cluster | undefined;

/** Makes the cluster that all test files of a run use. */
export async function openSharedCluster(assets: string, options?: ControlPlaneOptions): Promise<Cluster> {
  shared = await createCluster(assets, options);
  return shared;
}

/** The cluster that all test files of a run use; there is one as soon as the first `before` runs. */
export function cluster(): Cluster {
  if (shared === undefined) throw new Error('the control plane is started by the root hook in test/e2e/hooks.ts');
  return shared;
}
