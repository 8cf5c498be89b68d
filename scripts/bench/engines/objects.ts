import { type Cluster, expectSuccess } from '../../../test/e2e/cluster.ts';
import { type RunningProcess, untilReady } from '../../../test/e2e/processes.ts';

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

interface ResourceList {
  readonly resources?: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

/** Applies them one after the other, each where the API server says that its kind is served. Throws what it says. */
export async function applyAll(cluster: Cluster, objects: readonly KubernetesObject[]): Promise<void> {
  for (const object of objects) {
    const path = `${await collectionOf(cluster, object)}/${object.metadata.name}?fieldManager=bench&force=true`;
    const options = { contentType: 'application/apply-patch+yaml' };
    expectSuccess(await cluster.api.request('PATCH', path, object, options));
  }
}

/** The same as soon as the program takes them: its own checks may answer for a while that it is not ready. */
export async function applyAsSoonAsTaken(
  cluster: Cluster,
  program: RunningProcess,
  objects: readonly KubernetesObject[],
): Promise<void> {
  await untilReady('the rules are taken', program, () => applyAll(cluster, objects).then(() => true), 60);
}

async function collectionOf({ api }: Cluster, { apiVersion, kind, metadata }: KubernetesObject): Promise<string> {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const answer = await api.request('GET', group);
  const { resources = [] } = answer.body as ResourceList;
  const resource = resources.find((one) => one.kind === kind && !one.name.includes('/'));
  if (resource === undefined) throw new Error(`${apiVersion} has no ${kind} yet`);
  return `${group}${resource.namespaced ? `/namespaces/${metadata.namespace}` : ''}/${resource.name}`;
}
