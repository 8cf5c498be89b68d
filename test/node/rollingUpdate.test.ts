import { expect } from 'chai';
import { enforced, optedIn } from '../e2e/cluster.ts';
import { plainPod } from '../e2e/pods.ts';
import { faultsIn, startSteadyLoad } from '../e2e/steadyLoad.ts';
import { install, ownNamespace, replicas, rolledOut, untilSettled } from './installation.ts';
import { nodeCluster } from './nodeCluster.ts';
import { untilRunning } from './runningPod.ts';

const image = 'pod-hardener.test/user-1000:1';

describe('while pods are created without a pause', () => {
  before(async () => {
    await install();
    await nodeCluster().addImage(image, { User: '1000', Cmd: ['sleep', '1000000'] });
  });

  it('a rolling update replaces both replicas, and every pod is hardened', async () => {
    const before = await replicas();
    const seconds = await underLoad('the rolling update', async () => {
      await nodeCluster().kubectl(['-n', ownNamespace, 'rollout', 'restart', 'deployment/pod-hardener']);
      await rolledOut();
      await untilSettled();
    });
    const after = (await replicas()).map(({ metadata }) => metadata?.name);
    expect(before.map(({ metadata }) => metadata?.name).filter((name) => after.includes(name))).to.deep.equal([]);
    nodeCluster().note(`${seconds.toFixed(1)} s for the rolling update, until the last old replica was gone`);
  });

  it('a replica is deleted, and every pod is hardened', async () => {
    const [oldest] = await replicas();
    await underLoad('the deletion of a replica', async () => {
      await nodeCluster().kubectl(['-n', ownNamespace, 'delete', 'pod', String(oldest?.metadata?.name)]);
      await untilSettled();
    });
  });
});

/**
 * Does something while pods are created in a namespace that refuses those that are not hardened: many in dry runs, and
 * some that are started. Answers with how many seconds it took. Throws if a pod was refused, not hardened or not started.
 */
async function underLoad(what: string, act: () => Promise<void>): Promise<number> {
  const namespace = await nodeCluster().createNamespace('load', { ...enforced, ...optedIn });
  const load = startSteadyLoad(namespace, 3, nodeCluster());
  const real = startPods(namespace);
  const started = Date.now();
  try {
    await act();
  } finally {
    await load.stop();
  }
  const seconds = (Date.now() - started) / 1000;
  const names = await real.stop();
  for (const name of names) await untilRunning(namespace, name);
  const { answers } = load;
  expect(faultsIn(answers)).to.deep.equal([]);
  expect(answers.length).to.be.greaterThan(100);
  nodeCluster().note(
    `during ${what}: ${answers.length + names.length} pods created, 0 lost, ${names.length} of them started`,
  );
  return seconds;
}

/** Creates one small pod a second until it is stopped. Answers with their names; throws if one is refused. */
function startPods(namespace: string) {
  const names: string[] = [];
  const failures: string[] = [];
  const create = async () => {
    const name = `started-${names.length}`;
    names.push(name);
    const pod = plainPod(name, { containers: [{ name: 'app', image }], terminationGracePeriodSeconds: 0 });
    const { message } = await nodeCluster().createPod(namespace, pod);
    if (message !== '') failures.push(message);
  };
  const timer = setInterval(create, 1000);
  return {
    async stop(): Promise<readonly string[]> {
      clearInterval(timer);
      expect(failures).to.deep.equal([]);
      return names;
    },
  };
}
