import type {
  CoreV1EventList,
  V1ConfigMap,
  V1Container,
  V1ContainerStatus,
  V1Pod,
  V1PodSpec,
} from '@kubernetes/client-node';
import { expect } from 'chai';
import { optedIn } from '../e2e/cluster.ts';
import { plainPod } from '../e2e/pods.ts';
import { until } from '../e2e/until.ts';
import { installWithEvidence, ownNamespace } from './installation.ts';
import { knownByEach } from './knownImages.ts';
import { nodeCluster } from './nodeCluster.ts';
import { untilRunning } from './runningPod.ts';

const images = {
  root: 'pod-hardener.test/evidence-root:1',
  number: 'pod-hardener.test/evidence-number:1',
  named: 'pod-hardener.test/evidence-named:1',
  other: 'pod-hardener.test/evidence-other:1',
} as const;

const chowns = ['sh', '-c', 'touch /tmp/file && chown 1000 /tmp/file && sleep 1000000'];
const writes = ['sh', '-c', 'echo written > /written && sleep 1000000'];

describe('with the component evidence', () => {
  before(async () => {
    await installWithEvidence();
    const { addImage } = nodeCluster();
    // No two of them may be the same but for their names: what they are is found by their digests.
    await addImage(images.root, { Cmd: ['sleep', '1000000'] });
    await addImage(images.number, { User: '1000', Cmd: ['sleep', '1000000'] });
    await addImage(images.named, { User: 'app', Cmd: ['sleep', '1000000'] });
    await addImage(images.other, { User: '1000', Cmd: ['sleep', '1000001'] });
  });

  it('the users of images are learnt from what the kubelet says of running pods', async () => {
    const namespace = await nodeCluster().createNamespace('plain', {});
    const before = await knownByEach();
    const began = Date.now();
    for (const [name, image] of Object.entries(images)) await create(namespace, name, { image });
    const digests = new Map<string, string>();
    for (const name of Object.keys(images)) {
      const status = statusOf(await untilRunning(namespace, name));
      digests.set(name, /sha256:[0-9a-f]{64}$/.exec(String(status?.imageID))?.[0] ?? '');
    }
    nodeCluster().note(
      `evidence: an imageID of the node is ${statusOf(await nodeCluster().getPod(namespace, 'root'))?.imageID}`,
    );
    const learnt = await until('all of them are known to both replicas', async () => {
      const known = await knownByEach();
      return (
        known.every(({ root, uid }, of) => root > (before[of]?.root ?? 0) && uid > (before[of]?.uid ?? 0) + 2) && known
      );
    });
    nodeCluster().note(
      `evidence: images known ${Date.now() - began} ms after pods were created: ${JSON.stringify(learnt)}`,
    );
    const rows = await until(
      'they are stored',
      async () => {
        const found = await storedRows();
        return Object.values(images).every((image) => found.some(([key]) => key === image)) && found;
      },
      90,
    );
    const codes = Object.fromEntries(
      [...digests].map(([name, digest]) => [name, rows.find(([key]) => key === digest)?.[1]]),
    );
    expect(codes).to.deep.equal({ root: 'r', number: '1000', named: '1000', other: '1000' });
  });

  it('a root image in an opted-in namespace becomes an Event within ten seconds', async () => {
    const { event } = await breakOf('refused', { image: images.root }, {});
    expect(event).to.include({ reason: 'HardeningBreak', type: 'Warning' });
    expect(event.message).to.match(
      /^Container app is refused by the kubelet: container has runAsNonRoot and image will run as root\. /,
    );
  });

  it('an image whose user is a name becomes one', async () => {
    const { event } = await breakOf('named', { image: images.named }, {});
    expect(event.reason).to.equal('HardeningBreak');
    expect(event.message).to.include('container has runAsNonRoot and image has non-numeric user (app)');
  });

  it('a container that somebody has made root after it was filled becomes one', async () => {
    const namespace = await nodeCluster().createNamespace('policy', {});
    const securityContext = { runAsNonRoot: true, runAsUser: 0 };
    const annotations = { 'pod-hardener.io/filled': 'app/runAsNonRoot' };
    const event = await eventOf(namespace, { image: images.root, securityContext }, {}, annotations);
    expect(event.reason).to.equal('HardeningBreak');
    expect(event.message).to.include("container's runAsUser breaks non-root policy");
  });

  const withoutUser = { 'pod-hardener.io/controls': '-runAsNonRoot' };
  for (const [what, policy, message] of [
    ['and leaves no message', 'File', /^Container app exited with code 1 after \d s and left no message\. /],
    [
      'and says why',
      'FallbackToLogsOnError',
      /^Container app exited with code 1 after \d s, and said "Operation not permitted"\. /,
    ],
  ] as const) {
    it(`a root image that changes owners without capabilities ${what} becomes a suspicion`, async () => {
      const container = { image: images.root, command: chowns, terminationMessagePolicy: policy };
      const { event } = await breakOf('chown', container, withoutUser);
      expect(event.reason).to.equal('SuspectedBreak');
      expect(event.message).to.match(message);
      expect(event.message).to.include('pod-hardener has filled capabilities there, which may be the reason');
    });
  }

  it('a program that writes to a read-only root filesystem becomes a suspicion', async () => {
    const container = { image: images.number, command: writes, terminationMessagePolicy: 'FallbackToLogsOnError' };
    const { event } = await breakOf('writes', container, { 'pod-hardener.io/controls': '+readOnlyRootFilesystem' });
    expect(event.reason).to.equal('SuspectedBreak');
    expect(event.message).to.include('and said "Read-only file system"');
    expect(event.message).to.include('Add the path to writable-paths, or mount a volume there.');
  });

  it('a low port in the network of the node becomes a suspicion', async () => {
    const container = {
      image: images.number,
      command: ['nc', '-l', '-p', '80'],
      terminationMessagePolicy: 'FallbackToLogsOnError',
    };
    const { event } = await breakOf('port', container, {}, { hostNetwork: true });
    expect(event.reason).to.equal('SuspectedBreak');
    expect(event.message).to.include('and said "bind: Permission denied"');
  });

  it('a pod that works, and one that fails for reasons of its own, becomes none', async () => {
    const namespace = await openedNamespace('fine', {});
    await create(namespace, 'works', { image: images.number });
    await untilRunning(namespace, 'works');
    await create(namespace, 'fails', { image: images.number, command: ['sh', '-c', 'exit 3'] });
    await until('it has failed', async () => {
      const status = statusOf(await nodeCluster().getPod(namespace, 'fails'));
      return status?.state?.terminated?.exitCode === 3 || status?.lastState?.terminated?.exitCode === 3;
    });
    // An Event of what happened later says that this one would have been there.
    await breakOf('after', { image: images.root }, {});
    expect(await ourEvents(namespace)).to.deep.equal([]);
  });

  it('the words about an image that was exchanged are not taken for words about the one that took its place', async () => {
    const namespace = await openedNamespace('exchange', {});
    const began = Date.now();
    let mixtures = 0;
    for (let round = 0; round < 5; round++) {
      const name = `pod-${round}`;
      await create(namespace, name, { image: images.root });
      const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
      await until(
        'it is refused',
        async () =>
          statusOf(await nodeCluster().getPod(namespace, name))?.state?.waiting?.reason ===
          'CreateContainerConfigError',
      );
      const spec = { containers: [{ name: 'app', image: images.other }] };
      await nodeCluster().api.request(
        'PATCH',
        path,
        { spec },
        { contentType: 'application/strategic-merge-patch+json' },
      );
      await until('the other image runs', async () => {
        const status = statusOf((await nodeCluster().api.request('GET', path)).body as unknown as V1Pod);
        if (status?.image === images.other && status.state?.waiting?.message?.includes('will run as root'))
          mixtures += 1;
        return status?.state?.running !== undefined;
      });
    }
    nodeCluster().note(
      `evidence: the kubelet was seen to blame another image for root ${mixtures} times in ${Date.now() - began} ms`,
    );
    const rows = await until(
      'what came last is stored',
      async () => {
        const found = await storedRows();
        const [, , at] = found.find(([key]) => key === images.other) ?? [];
        return Number(at) >= began && found;
      },
      90,
    );
    expect(rows.find(([key]) => key === images.other)?.[3]).to.equal('');
  });
});

type Annotations = Readonly<Record<string, string>>;

/** In which images that run as root are filled all the same. */
function openedNamespace(name: string, annotations: Annotations): Promise<string> {
  return nodeCluster().createNamespace(name, optedIn, { 'pod-hardener.io/root-images': 'fill', ...annotations });
}

async function create(
  namespace: string,
  name: string,
  container: Partial<V1Container>,
  spec: Partial<V1PodSpec> = {},
  annotations?: Annotations,
) {
  const containers = [{ name: 'app', image: '', ...container }];
  const pod = plainPod(name, { containers, terminationGracePeriodSeconds: 0, ...spec }, annotations);
  expect((await nodeCluster().createPod(namespace, pod)).message).to.equal('');
}

function statusOf({ status }: V1Pod): V1ContainerStatus | undefined {
  return status?.containerStatuses?.[0];
}

/** Creates such a pod in an opted-in namespace, and answers with the Event that tells of it. */
async function breakOf(
  name: string,
  container: Partial<V1Container>,
  annotations: Annotations,
  spec: Partial<V1PodSpec> = {},
) {
  const namespace = await openedNamespace(name, annotations);
  return { namespace, event: await eventOf(namespace, container, spec) };
}

async function eventOf(
  namespace: string,
  container: Partial<V1Container>,
  spec: Partial<V1PodSpec>,
  annotations?: Annotations,
) {
  const began = Date.now();
  await create(namespace, 'app', container, spec, annotations);
  const [event] = await until(
    'there is an Event',
    async () => {
      const found = await ourEvents(namespace);
      return found.length > 0 && found;
    },
    10,
  ).catch(async (error: Error) => {
    throw new Error(`${error.message}: ${JSON.stringify((await nodeCluster().getPod(namespace, 'app')).status)}`);
  });
  nodeCluster().note(`evidence: in ${namespace} ${event?.reason} ${Date.now() - began} ms after its pod was created`);
  if (event === undefined) throw new Error('there is none');
  return event;
}

async function ourEvents(namespace: string) {
  const { body } = await nodeCluster().api.request('GET', `/api/v1/namespaces/${namespace}/events`);
  return (body as unknown as CoreV1EventList).items.filter(({ source }) => source?.component === 'pod-hardener');
}

async function storedRows(): Promise<readonly (readonly unknown[])[]> {
  const path = `/api/v1/namespaces/${ownNamespace}/configmaps/pod-hardener-evidence`;
  const { data } = (await nodeCluster().api.request('GET', path)).body as unknown as V1ConfigMap;
  return (JSON.parse(data?.['images.json'] ?? '{"rows":[]}') as { rows: readonly (readonly unknown[])[] }).rows;
}
