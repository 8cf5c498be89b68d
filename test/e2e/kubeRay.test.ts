import type { CoreV1EventList, V1Pod, V1PodList } from '@kubernetes/client-node';
import { expect } from 'chai';
import { findKubeRay } from '../../scripts/kubeRay.ts';
import { type Cluster, cluster, createCluster, enforced, expectSuccess, mergePatch, optedIn } from './cluster.ts';
import { type RayCluster, readRayCluster, startRayOperator } from './rayOperator.ts';
import { createKubectl } from './tools.ts';
import { until } from './until.ts';
import { startWebhook, type Webhook } from './webhook.ts';

const say = (line: string) => console.error(`    ${line}`);

describe("the pods that KubeRay's own operator makes of examples/raycluster.yaml", () => {
  // The kinds of Ray are other ones in the cluster that the tests share.
  let own: Cluster;
  let webhook: Webhook;
  let namespace: string;
  let version: string;

  before(async function () {
    // The first time, the operator is built.
    this.timeout(1_800_000);
    const kubeRay = await findKubeRay(process.env, say).catch((error: Error) => say(`skipped: ${error.message}`));
    if (!kubeRay) return this.skip();
    version = kubeRay.version;
    own = await createCluster(String(process.env.KUBEBUILDER_ASSETS));
    webhook = await startWebhook(own);
    await startRayOperator(kubeRay, own, await createKubectl(own));
    namespace = await own.createNamespace('ray', { labels: enforced });
  });

  after(async () => {
    try {
      await webhook?.close();
    } finally {
      await own?.stop();
    }
  });

  const list = async <T>(path: string): Promise<T> => {
    const answer = await own.api.request('GET', path);
    expectSuccess(answer);
    return answer.body as T;
  };
  const pods = async () => (await list<V1PodList>(`/api/v1/namespaces/${namespace}/pods`)).items;

  it('are refused where `restricted` is enforced, and Events say why', async () => {
    const collection = `/apis/ray.io/v1/namespaces/${namespace}/rayclusters`;
    await until('the RayCluster is created', async () => {
      expectSuccess(await own.api.request('POST', collection, await readRayCluster()));
      return true;
    });
    const message = await until('an Event says that the head was refused', async () => {
      const { items } = await list<CoreV1EventList>(`/api/v1/namespaces/${namespace}/events`);
      return items.find(({ reason }) => reason === 'FailedToCreateHeadPod')?.message;
    });
    expect(message).to.match(/^Failed to create head Pod .*violates PodSecurity "restricted:latest": allowPrivilege/s);
    expect(await pods()).to.deep.equal([]);
  });

  it('are created once the namespace is opted in, head and worker, and pass', async () => {
    await own.changeNamespace(namespace, { labels: optedIn });
    const optedInAt = Date.now();
    const created = await until(
      'head and worker are created',
      async () => {
        const all = await pods();
        return all.length === 2 && all;
      },
      60,
    );
    const containers = created.map(({ metadata, spec }) => [
      metadata?.labels?.['ray.io/node-type'],
      [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({ name, securityContext }) => [
        name,
        securityContext?.runAsNonRoot,
      ]),
    ]);
    expect(containers).to.have.deep.members([
      [
        'head',
        [
          ['ray-head', true],
          ['autoscaler', true],
        ],
      ],
      [
        'worker',
        [
          ['wait-for-head', true],
          ['wait-gcs-ready', true],
          ['ray-worker', true],
        ],
      ],
    ]);
    cluster().note(
      `KubeRay ${version} created its pods ${((Date.now() - optedInAt) / 1000).toFixed(1)} s after the label`,
    );
  }).timeout(90_000);

  it('are left alone by the operator, which adds one when it is told to', async () => {
    const before = (await pods()).map(uidOf);
    const path = `/apis/ray.io/v1/namespaces/${namespace}/rayclusters/demo`;
    const [group] = (await list<RayCluster>(path)).spec.workerGroupSpecs;
    const spec = { workerGroupSpecs: [{ ...group, replicas: 2 }] };
    expectSuccess(await own.api.request('PATCH', path, { spec }, mergePatch));
    const after = await until('a second worker is created', async () => {
      const all = await pods();
      return all.length === 3 && all;
    });
    expect(after.map(uidOf)).to.include.members(before);
  });
});

function uidOf({ metadata }: V1Pod): string | undefined {
  return metadata?.uid;
}
