import { readFile } from 'node:fs/promises';
import type { V1Pod, V1PodSpec } from '@kubernetes/client-node';
import { expect } from 'chai';
import { controls } from '../../src/policy/controls/index.ts';
import { optedIn } from '../e2e/cluster.ts';
import { plainPod } from '../e2e/pods.ts';
import { until } from '../e2e/until.ts';
import { install } from './installation.ts';
import { nodeCluster } from './nodeCluster.ts';

const image = 'pod-hardener.test/messages:1';

/** What is filled only where a namespace asks for it, and is more than a node may be able to do. */
describe('the kubelet says, as the controls tell people,', () => {
  before(async () => {
    await install();
    await nodeCluster().addImage(image, { User: '1000', Cmd: ['sleep', '1000000'] });
  });

  it('that a seccomp profile is not on the node', async () => {
    const namespace = await namespaceWith({ 'seccomp-profile': 'Localhost/profiles/app.json' });
    await expectEvent(namespace, 'seccompProfile');
  });

  it('that the node has no AppArmor', async function () {
    const enabled = await readFile('/sys/module/apparmor/parameters/enabled', 'utf8').catch(() => 'N');
    if (enabled.startsWith('Y')) this.skip();
    const namespace = await namespaceWith({ controls: '+appArmorProfile' });
    await expectEvent(namespace, 'appArmorProfile');
    expect(await reasonOfFailure(namespace)).to.equal('AppArmor');
  });

  it('that the node cannot map users', async function () {
    const node = JSON.parse(await nodeCluster().kubectl(['get', 'nodes', '-o', 'json'])) as NodeList;
    const handlers = node.items.flatMap(({ status }) => status.runtimeHandlers ?? []);
    if (handlers.some(({ features }) => features?.userNamespaces)) this.skip();
    await expectEvent(await namespaceWith({ controls: '+hostUsers' }), 'hostUsers');
  });

  it('that more was written to a path that is kept writable than fits there', async () => {
    const namespace = await namespaceWith({ controls: '+readOnlyRootFilesystem' });
    const fills = ['sh', '-c', 'busybox fallocate -l 300000000 /tmp/file && sleep 1000000'];
    await expectEvent(namespace, 'readOnlyRootFilesystem', { command: fills });
    expect(await reasonOfFailure(namespace)).to.equal('Evicted');
  });
});

interface NodeList {
  readonly items: readonly {
    readonly status: {
      readonly runtimeHandlers?: readonly { readonly features?: { readonly userNamespaces?: boolean } }[];
    };
  }[];
}

function namespaceWith(keys: Readonly<Record<string, string>>): Promise<string> {
  const annotations = Object.entries(keys).map(([key, value]) => [`pod-hardener.io/${key}`, value] as const);
  return nodeCluster().createNamespace('message', optedIn, Object.fromEntries(annotations));
}

/** Creates a pod, and waits for an Event with a message that the control knows of. */
async function expectEvent(
  namespace: string,
  control: string,
  container: Partial<V1PodSpec['containers'][number]> = {},
): Promise<void> {
  const messages = controls.find(({ id }) => id === control)?.about.mayBreak?.flatMap((one) => one.messages) ?? [];
  const pod: V1Pod = plainPod('app', {
    containers: [{ name: 'app', image, ...container }],
    terminationGracePeriodSeconds: 0,
  });
  expect((await nodeCluster().createPod(namespace, pod)).message).to.equal('');
  const events = ['-n', namespace, 'get', 'events', '--field-selector=involvedObject.name=app', '-o', 'json'];
  let said: readonly string[] = [];
  await until(
    `it says one of ${messages.join(', ')}`,
    async () => {
      const { items } = JSON.parse(await nodeCluster().kubectl(events)) as { items: { message: string }[] };
      said = items.map(({ message }) => message);
      return said.some((text) => messages.some((message) => patternOf(message).test(text)));
    },
    120,
  ).catch((error: Error) => {
    throw new Error(`${error.message}, but ${said.join(' | ')}`);
  });
}

/** Waits until the pod has failed for good. */
function reasonOfFailure(namespace: string): Promise<string | undefined> {
  return until('it has failed', async () => {
    const { status } = await nodeCluster().getPod(namespace, 'app');
    return status?.phase === 'Failed' && status.reason;
  });
}

/** A word in capitals stands for any. */
function patternOf(message: string): RegExp {
  const parts = message.split(/\b(?:PATH|NAME)\b/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(parts.join('.+'));
}
