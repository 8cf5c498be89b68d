import { readFile } from 'node:fs/promises';
import type { V1Container, V1Pod, V1PodTemplateSpec } from '@kubernetes/client-node';
import { expect } from 'chai';
import { parse } from 'yaml';
import { enforced, optedIn } from '../e2e/cluster.ts';
import { rayHead } from '../e2e/pods.ts';
import { install } from './installation.ts';
import { nodeCluster } from './nodeCluster.ts';
import { untilRunning } from './runningPod.ts';

/** The part of a RayCluster that the operator makes pods of. */
interface RayCluster {
  readonly spec: {
    readonly headGroupSpec: { readonly template: V1PodTemplateSpec };
    readonly workerGroupSpecs: readonly { readonly template: V1PodTemplateSpec }[];
  };
}

describe('the pods of a Ray cluster, where `restricted` is enforced', () => {
  before(async () => {
    await install();
    await addRayImage();
  });

  it('are refused at the head as the operator makes it, and it starts when the namespace is opted in', async () => {
    const { ownerReferences, ...metadata } = rayHead().metadata ?? {};
    const head = { ...rayHead(), metadata };
    const refused = await nodeCluster().createPod(await nodeCluster().createNamespace('ray', enforced), head);
    expect(refused.message).to.include('violates PodSecurity "restricted:latest"');
    const namespace = await nodeCluster().createNamespace('ray', { ...enforced, ...optedIn });
    expect((await nodeCluster().createPod(namespace, head)).message).to.equal('');
    await untilRunning(namespace, String(metadata.name));
    await nodeCluster().kubectl(['delete', 'namespace', namespace, '--wait=false']);
  });

  it('are refused as the templates of examples/raycluster.yaml have them', async () => {
    const namespace = await nodeCluster().createNamespace('ray', enforced);
    for (const pod of await examplePods()) {
      const { status, message } = await nodeCluster().createPod(namespace, pod);
      expect(status).to.equal(403);
      expect(message).to.include('violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false');
    }
  });

  it('start, head and worker, as those templates have them when the namespace is opted in', async () => {
    const namespace = await nodeCluster().createNamespace('ray', { ...enforced, ...optedIn });
    const [head, worker] = await examplePods();
    for (const pod of [head, worker]) {
      expect((await nodeCluster().createPod(namespace, pod as V1Pod)).message).to.equal('');
    }
    const running = await Promise.all(['head', 'worker'].map((name) => untilRunning(namespace, name)));
    const ends = running.map(({ status }) => ({
      init: status?.initContainerStatuses?.map(({ name, state, user }) => [
        name,
        state?.terminated?.exitCode,
        user?.linux?.uid,
      ]),
      main: status?.containerStatuses?.map(({ name, user }) => [name, user?.linux?.uid]),
    }));
    expect(ends).to.deep.equal([
      {
        init: undefined,
        main: [
          ['autoscaler', 1000],
          ['ray-head', 1000],
        ],
      },
      { init: [['wait-for-head', 0, 1000]], main: [['ray-worker', 1000]] },
    ]);
    nodeCluster().note(
      `Ray: ${running.map(({ metadata }) => `${metadata?.name} with ${metadata?.annotations?.['pod-hardener.io/filled']}`).join('; ')}`,
    );
  });
});

/** What the operator makes of the example: it gives the containers their commands, and the head the autoscaler. */
async function examplePods(): Promise<readonly V1Pod[]> {
  const { spec } = parse(await readFile('examples/raycluster.yaml', 'utf8')) as RayCluster;
  const [group] = spec.workerGroupSpecs;
  const head = podOf('head', spec.headGroupSpec.template, 'ulimit -n 65536; ray start --head');
  const [main] = head.spec?.containers ?? [];
  const autoscaler = { name: 'autoscaler', image: main?.image ?? '', command: bash, args: ['ray kuberay-autoscaler'] };
  head.spec?.containers.push({ ...autoscaler, securityContext: {} });
  return [head, podOf('worker', group?.template ?? {}, 'ulimit -n 65536; ray start --address=demo-head-svc:6379')];
}

const bash = ['/bin/bash', '-c', '--'];

/** Without what it asks of a node, which here is smaller. */
function podOf(name: string, { metadata, spec }: V1PodTemplateSpec, script: string): V1Pod {
  const small = ({ resources: _, ...container }: V1Container): V1Container => container;
  const containers = (spec?.containers ?? []).map((container) => ({
    ...small(container),
    command: bash,
    args: [script],
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name },
    spec: { ...spec, containers, terminationGracePeriodSeconds: 0 },
  };
}

/** An image of the real one's name and user, in which `ray` does nothing but run, and finds its head well. */
async function addRayImage(): Promise<void> {
  const script = (text: string) => Buffer.from(`#!/bin/sh\n${text}\n`);
  await nodeCluster().addImage('docker.io/rayproject/ray:2.52.0', { User: '1000' }, [
    { name: 'bin/bash', content: script('exec sh "$@"') },
    { name: 'bin/ray', content: script('[ "$1" = health-check ] || exec sleep 1000000') },
  ]);
}
