import type { V1Pod } from '@kubernetes/client-node';
import { expect } from 'chai';
import { longestOutage, startLoad, toText } from '../cluster/load.ts';
import { enforced, optedIn, type PodAnswer } from '../e2e/cluster.ts';
import { plainPod } from '../e2e/pods.ts';
import { faultsIn, startSteadyLoad } from '../e2e/steadyLoad.ts';
import { until } from '../e2e/until.ts';
import {
  install,
  manifest,
  ownNamespace,
  replicaStatus,
  replicas,
  rolledOut,
  trust,
  untilSettled,
} from './installation.ts';
import { nodeCluster } from './nodeCluster.ts';
import { untilRunning } from './runningPod.ts';

/** A container that ends again and again is started ever later: so no more than this. */
const kills = 4;
const image = 'pod-hardener.test/user-1000:1';

describe('while pods are created without a pause', () => {
  before(async () => {
    await install();
    await nodeCluster().addImage(image, { User: '1000', Cmd: ['sleep', '1000000'] });
  });

  it('a rolling update replaces both replicas, and every pod is hardened', async () => {
    const before = names(await replicas());
    const seconds = await underLoad('the rolling update', async () => {
      await nodeCluster().kubectl(['-n', ownNamespace, 'rollout', 'restart', 'deployment/pod-hardener']);
      await rolledOut();
      await untilSettled();
    });
    const after = names(await replicas());
    expect(before.filter((name) => after.includes(name))).to.deep.equal([]);
    const memory = await Promise.all(after.map(async (name) => (await replicaStatus(name)).VmHWM));
    nodeCluster().note(`memory of a replica at its highest: ${memory.join(', ')}`);
    nodeCluster().note(`${seconds.toFixed(1)} s for the rolling update, until the last old replica was gone`);
  });

  it('the manifest is applied again, which takes no certificate away, and every pod is hardened', async () => {
    const before = { pods: names(await replicas()), trust: await trust() };
    await underLoad('a second `kubectl apply`', async () => {
      await nodeCluster().kubectl(['apply', '-f', manifest]);
      await rolledOut();
    });
    expect({ pods: names(await replicas()), trust: await trust() }).to.deep.equal(before);
  });

  it('a replica is deleted, and every pod is hardened', async () => {
    const [oldest] = await replicas();
    await underLoad('the deletion of a replica', async () => {
      await nodeCluster().kubectl(['-n', ownNamespace, 'delete', 'pod', String(oldest?.metadata?.name)]);
      await untilSettled();
    });
  });

  it('a replica is killed, and pods are lost only until nobody is sent to it', async () => {
    const { api, createNamespace, killContainer, note } = nodeCluster();
    const namespace = await createNamespace('load', { ...enforced, ...optedIn });
    const load = startLoad({ api }, namespace);
    try {
      for (let kill = 0; kill < kills; kill++) {
        const before = await restarts();
        await killContainer((await replicas())[kill % 2] as V1Pod);
        await until('the container was started anew', async () => (await restarts()) > before, 60);
        await untilSettled();
        // The Service hears of a replica that is ready again a moment later: never are both away.
        await new Promise((resolve) => setTimeout(resolve, 2_000));
      }
    } finally {
      await load.stop();
    }
    const tally = await load.stop();
    note(`one of two replicas killed, ${kills} times: ${toText(tally)}`);
    expect(longestOutage(tally)).to.be.below(10);
  }).timeout(240_000);
});

/** How often containers of the replicas were started anew. */
async function restarts(): Promise<number> {
  const statuses = (await replicas()).flatMap(({ status }) => status?.containerStatuses ?? []);
  return statuses.reduce((sum, { restartCount }) => sum + restartCount, 0);
}

function names(pods: readonly V1Pod[]): readonly string[] {
  return pods.map(({ metadata }) => String(metadata?.name));
}

/**
 * Does something while pods are created in a namespace that refuses those that are not hardened: many in dry runs, and
 * some that are started. Answers with how many seconds it took. Throws if a pod was refused, left as it was or
 * not started.
 */
async function underLoad(what: string, act: () => Promise<void>): Promise<number> {
  const namespace = await nodeCluster().createNamespace('load', { ...enforced, ...optedIn });
  const load = startSteadyLoad(namespace, 2, nodeCluster());
  const real = startPods(namespace);
  const started = Date.now();
  let seconds = 0;
  let stored: readonly PodAnswer[] = [];
  try {
    await act();
    seconds = (Date.now() - started) / 1000;
    // What is over in a moment must not have happened between two pods.
    await until('many pods were created', () => load.answers.length > 200);
  } finally {
    await load.stop();
    stored = await real.stop();
  }
  const answers = [...load.answers, ...stored];
  const lost = answers.filter((answer) => faultsIn([answer]).length > 0).length;
  nodeCluster().note(`during ${what}: ${answers.length} pods created, ${lost} lost`);
  expect(faultsIn(answers)).to.deep.equal([]);
  for (const { pod } of stored) await untilRunning(namespace, String(pod.metadata?.name));
  nodeCluster().note(`during ${what}: ${stored.length} pods started`);
  // A node has room for about a hundred pods.
  await nodeCluster().kubectl(['delete', 'namespace', namespace, '--wait=false']);
  return seconds;
}

/** Creates a small pod now and every three seconds until it is stopped. Answers with what the API server said to each. */
function startPods(namespace: string) {
  const answers: Promise<PodAnswer>[] = [];
  const create = () => {
    const containers = [{ name: 'app', image }];
    const pod = plainPod(`started-${answers.length}`, { containers, terminationGracePeriodSeconds: 0 });
    answers.push(nodeCluster().createPod(namespace, pod));
  };
  create();
  const timer = setInterval(create, 3000);
  return {
    stop(): Promise<readonly PodAnswer[]> {
      clearInterval(timer);
      return Promise.all(answers);
    },
  };
}
