import type { CoreV1EventList, V1Container, V1PodList, V1PodTemplateSpec } from '@kubernetes/client-node';
import { expect } from 'chai';
import { findKubeRay } from '../../scripts/kubeRay.ts';
import { enforced } from '../e2e/cluster.ts';
import { type RayCluster, readRayCluster, startRayOperator } from '../e2e/rayOperator.ts';
import { until } from '../e2e/until.ts';
import { install } from './installation.ts';
import { nodeCluster } from './nodeCluster.ts';

describe('the Ray cluster of examples/, where `restricted` is enforced', () => {
  let version: string;

  before(async () => {
    await install();
    await addRayImage();
    const kubeRay = await findKubeRay(process.env, console.error);
    version = kubeRay.version;
    await startRayOperator(kubeRay, nodeCluster(), nodeCluster().kubectl);
  });

  it('does not come up, and runs with head, autoscaler and worker once the namespace is opted in', async () => {
    const { api, createNamespace, kubectl, note } = nodeCluster();
    const namespace = await createNamespace('ray', enforced);
    await kubectl(['-n', namespace, 'create', '-f', '-'], JSON.stringify(await smallRayCluster()));
    const get = async <T>(path: string): Promise<T> => (await api.request('GET', path)).body as T;
    const core = `/api/v1/namespaces/${namespace}`;
    await until('an Event says that the head was refused', async () => {
      const { items } = await get<CoreV1EventList>(`${core}/events?fieldSelector=reason=FailedToCreateHeadPod`);
      return items.some(({ message }) => message?.includes('violates PodSecurity "restricted:latest"'));
    });
    await kubectl(['label', 'namespace', namespace, 'pod-hardener.io/profile=restricted']);
    const labelled = Date.now();
    const demo = `/apis/ray.io/v1/namespaces/${namespace}/rayclusters/demo`;
    const isReady = async () => (await get<RayCluster>(demo)).status?.state === 'ready';
    await until('the operator says that the Ray cluster is ready', isReady, 150).catch(async (error: Error) => {
      throw new Error(`${error.message}\n${await kubectl(['-n', namespace, 'get', 'pods,events'])}`);
    });
    const { items } = await get<V1PodList>(`${core}/pods`);
    const users = items.map(({ metadata, status }) => [
      metadata?.labels?.['ray.io/node-type'],
      (status?.initContainerStatuses ?? []).map(({ name, user }) => [name, user?.linux?.uid]),
      (status?.containerStatuses ?? []).map(({ name, user }) => [name, user?.linux?.uid]),
    ]);
    expect(users).to.have.deep.members([
      [
        'head',
        [],
        [
          ['autoscaler', 1000],
          ['ray-head', 1000],
        ],
      ],
      [
        'worker',
        [
          ['wait-for-head', 1000],
          ['wait-gcs-ready', 1000],
        ],
        [['ray-worker', 1000]],
      ],
    ]);
    const seconds = ((Date.now() - labelled) / 1000).toFixed(1);
    note(`KubeRay ${version}: the Ray cluster is ready ${seconds} s after the label`);
    await kubectl(['delete', 'namespace', namespace, '--wait=false']);
  }).timeout(240_000);
});

/** Without what the example asks of a node, which here is smaller. */
async function smallRayCluster(): Promise<object> {
  const cluster = await readRayCluster();
  const small = ({ resources: _, ...container }: V1Container): V1Container => container;
  const smaller = <T extends { readonly template: V1PodTemplateSpec }>(group: T): T => {
    const { spec } = group.template;
    return { ...group, template: { ...group.template, spec: { ...spec, containers: spec?.containers.map(small) } } };
  };
  const { headGroupSpec, workerGroupSpecs } = cluster.spec;
  const spec = {
    ...cluster.spec,
    headGroupSpec: smaller(headGroupSpec),
    workerGroupSpecs: workerGroupSpecs.map(smaller),
  };
  return { ...cluster, spec };
}

/** An image of the real one's name and user, in which Ray does nothing but run, and probes find it well. */
async function addRayImage(): Promise<void> {
  const script = (text: string) => Buffer.from(`#!/bin/sh\n${text}\n`);
  await nodeCluster().addImage('docker.io/rayproject/ray:2.52.0', { User: '1000' }, [
    { name: 'bin/bash', content: script('case "$2" in *healthz*) echo success;; *) exec sh "$@";; esac') },
    { name: 'bin/ray', content: script('[ "$1" = health-check ] || exec sleep 1000000') },
  ]);
}
