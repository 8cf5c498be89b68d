import type { V1Pod, V1SecurityContext } from '@kubernetes/client-node';
import { expect } from 'chai';
import type { ImageConfig } from '../../scripts/node/image.ts';
import { enforced, optedIn } from '../e2e/cluster.ts';
import { plainPod } from '../e2e/pods.ts';
import { until } from '../e2e/until.ts';
import { install, installWithEvidence } from './installation.ts';
import { knownByEach } from './knownImages.ts';
import { nodeCluster } from './nodeCluster.ts';

interface Kind {
  readonly config: ImageConfig;
  /** What the evidence has seen of it: a container that ran, one that was refused, or one of each. */
  readonly seen: readonly ('ran' | 'refused')[];
}

const sleeps = ['sleep', '1000000'];

const kinds = {
  'no user': { config: { Cmd: sleeps }, seen: ['ran'] },
  'no user, gives a file away': {
    config: { Cmd: ['sh', '-c', 'touch /tmp/file && chown 33 /tmp/file && sleep 1000000'] },
    seen: ['ran'],
  },
  'root by its name': { config: { User: 'root', Cmd: sleeps }, seen: ['ran'] },
  'a number': { config: { User: '1000', Cmd: sleeps }, seen: ['ran'] },
  'a name, seen as it ran': { config: { User: 'app', Cmd: sleeps }, seen: ['ran'] },
  'a name, seen as it was refused': { config: { User: 'app', Cmd: sleeps }, seen: ['refused'] },
  'a name, seen as both': { config: { User: 'app', Cmd: sleeps }, seen: ['ran', 'refused'] },
} as const satisfies Readonly<Record<string, Kind>>;

type KindName = keyof typeof kinds;

/** What was filled in its container, and what became of it. */
type Outcome = readonly [filled: V1SecurityContext | undefined, end: string];

/** For each way to treat images that run as root, images of its own: what becomes of a pod teaches something, too. */
const ways = ['none', 'leave', 'fill', '1000'] as const;

type Way = (typeof ways)[number];

const left: V1SecurityContext = { allowPrivilegeEscalation: false };
const filled: V1SecurityContext = { ...left, capabilities: { drop: ['ALL'] }, runAsNonRoot: true };
const filledAs1000: V1SecurityContext = { ...filled, runAsUser: 1000 };

const refusedAsRoot = 'refused: container has runAsNonRoot and image will run as root';
const refusedFor = (name: string) =>
  `refused: container has runAsNonRoot and image has non-numeric user (${name}), cannot verify user is non-root`;

describe('a pod of each kind of image', () => {
  const table = new Map<Way, Readonly<Record<KindName, Outcome>>>();

  before(async () => {
    await install();
    for (const way of ways) {
      for (const kind of kindNames()) {
        // Images that differ in nothing have the same digest.
        const Env = ['PATH=/bin', `DIFFERS_BY=${imageOf(kind, way)}`];
        await nodeCluster().addImage(imageOf(kind, way), { ...kinds[kind].config, Env });
      }
    }
  });

  after(() => {
    for (const line of toLines(table)) nodeCluster().note(line);
  });

  it('starts without evidence only if its image names its user by number', async () => {
    expect(await outcomes('none', { ...optedIn, ...enforced })).to.deep.equal({
      'no user': [filled, refusedAsRoot],
      'no user, gives a file away': [filled, refusedAsRoot],
      'root by its name': [filled, refusedFor('root')],
      'a number': [filled, 'runs as 1000'],
      'a name, seen as it ran': [filled, refusedFor('app')],
      'a name, seen as it was refused': [filled, refusedFor('app')],
      'a name, seen as both': [filled, refusedFor('app')],
    });
  });

  describe('that was seen before', () => {
    before(async () => {
      await installWithEvidence();
      await showAll();
    });

    it('starts by default, and is left as it was where it may be root', async () => {
      expect(await outcomes('leave', optedIn)).to.deep.equal({
        'no user': [left, 'runs as 0'],
        'no user, gives a file away': [left, 'runs as 0'],
        'root by its name': [left, 'runs as 0'],
        'a number': [filled, 'runs as 1000'],
        // That it is a name shows only when the kubelet refuses it.
        'a name, seen as it ran': [filled, refusedFor('app')],
        'a name, seen as it was refused': [left, 'runs as 1000'],
        'a name, seen as both': [filledAs1000, 'runs as 1000'],
      });
    });

    it('is filled with `root-images: fill`, and does not start where it may be root', async () => {
      expect(await outcomes('fill', { ...optedIn, ...enforced })).to.deep.equal({
        'no user': [filled, refusedAsRoot],
        'no user, gives a file away': [filled, refusedAsRoot],
        'root by its name': [filled, refusedFor('root')],
        'a number': [filled, 'runs as 1000'],
        'a name, seen as it ran': [filled, refusedFor('app')],
        'a name, seen as it was refused': [filled, refusedFor('app')],
        'a name, seen as both': [filledAs1000, 'runs as 1000'],
      });
    });

    it('gets the uid that `root-images` gives where it may be root, and runs as that', async () => {
      expect(await outcomes('1000', { ...optedIn, ...enforced })).to.deep.equal({
        'no user': [filledAs1000, 'runs as 1000'],
        'no user, gives a file away': [filledAs1000, 'exits with 1'],
        'root by its name': [filledAs1000, 'runs as 1000'],
        'a number': [filled, 'runs as 1000'],
        'a name, seen as it ran': [filled, refusedFor('app')],
        'a name, seen as it was refused': [filledAs1000, 'runs as 1000'],
        'a name, seen as both': [filledAs1000, 'runs as 1000'],
      });
    });

    it('starts once the kubelet has refused one like it, if its user is a name', async () => {
      const namespace = await openedNamespace('leave', { ...optedIn, ...enforced });
      await create(namespace, 'again', imageOf('a name, seen as it ran', 'leave'));
      expect(await outcomeOf(namespace, 'again')).to.deep.equal([filledAs1000, 'runs as 1000']);
    });
  });

  /** Creates a pod of each kind in a namespace that treats images that run as root so. */
  async function outcomes(way: Way, labels: Readonly<Record<string, string>>) {
    const namespace = await openedNamespace(way, labels);
    for (const [index, kind] of kindNames().entries()) await create(namespace, `kind-${index}`, imageOf(kind, way));
    const pairs = kindNames().map(async (kind, index) => [kind, await outcomeOf(namespace, `kind-${index}`)] as const);
    const found = Object.fromEntries(await Promise.all(pairs)) as Readonly<Record<KindName, Outcome>>;
    table.set(way, found);
    // A node has room for about a hundred pods.
    await nodeCluster().kubectl(['delete', 'namespace', namespace, '--wait=false']);
    return found;
  }
});

/** Has the evidence see all images, except those that are for pods without it, in a namespace that is not opted in. */
async function showAll(): Promise<void> {
  const before = await knownByEach();
  const namespace = await nodeCluster().createNamespace('seen', {});
  const shown = ways.filter((way) => way !== 'none').flatMap((way) => kindNames().map((kind) => [kind, way] as const));
  const show = async (what: Kind['seen'][number], securityContext?: V1SecurityContext) => {
    const those = shown.filter(([kind]) => (kinds[kind].seen as Kind['seen']).includes(what));
    const names = those.map((_, index) => `${what}-${index}`);
    for (const [index, [kind, way]] of those.entries()) {
      await create(namespace, `${what}-${index}`, imageOf(kind, way), securityContext);
    }
    const ends = await Promise.all(names.map(async (name) => (await outcomeOf(namespace, name))[1]));
    expect(ends.filter((end) => !end.startsWith(what === 'ran' ? 'runs as ' : 'refused: '))).to.deep.equal([]);
  };
  // Nothing tells of images that were only refused, but a replica sees things in their order.
  await show('refused', { runAsNonRoot: true });
  await show('ran');
  await until('all of them are known to both replicas', async () => {
    const more = (await knownByEach()).map(({ root, uid, named }, of) => {
      const { root: roots = 0, uid: uids = 0, named: names = 0 } = before[of] ?? {};
      return [root - roots, uid - uids, named - names].join();
    });
    return more.every((each) => each === '9,6,3');
  });
  await nodeCluster().kubectl(['delete', 'namespace', namespace, '--wait=false']);
}

function kindNames(): readonly KindName[] {
  return Object.keys(kinds) as KindName[];
}

function imageOf(kind: KindName, way: Way): string {
  return `pod-hardener.test/${kind.replaceAll(/\W+/g, '-')}:${way}`;
}

function openedNamespace(way: Way, labels: Readonly<Record<string, string>>): Promise<string> {
  // What is the default is not said.
  const annotations = way === 'fill' || way === '1000' ? { 'pod-hardener.io/root-images': way } : {};
  return nodeCluster().createNamespace(`images-${way}`, labels, annotations);
}

async function create(namespace: string, name: string, image: string, securityContext?: V1SecurityContext) {
  const containers = [{ name: 'app', image, readinessProbe, ...(securityContext && { securityContext }) }];
  const pod = plainPod(name, { containers, terminationGracePeriodSeconds: 0 });
  expect((await nodeCluster().createPod(namespace, pod)).message).to.equal('');
}

/** What has become of the pod, as soon as that will not change any more. */
async function outcomeOf(namespace: string, name: string): Promise<Outcome> {
  const pod = await until(
    `it is clear what becomes of ${name}`,
    async () => {
      const found = await nodeCluster().getPod(namespace, name);
      return endOf(found) !== undefined && found;
    },
    120,
  );
  return [pod.spec?.containers[0]?.securityContext, String(endOf(pod))];
}

/** A program that gives up does so at once, but the kubelet may take its time to notice. */
const readinessProbe = { exec: { command: ['ls'] }, initialDelaySeconds: 2, periodSeconds: 1 };

function endOf({ status }: V1Pod): string | undefined {
  const { state, lastState, ready, user } = status?.containerStatuses?.[0] ?? {};
  if (state?.waiting?.reason === 'CreateContainerConfigError') {
    return `refused: ${state.waiting.message?.split(' (pod: "')[0]}`;
  }
  const ended = state?.terminated ?? lastState?.terminated;
  if (ended !== undefined) return `exits with ${ended.exitCode}`;
  return ready ? `runs as ${user?.linux?.uid}` : undefined;
}

/** The table as text: for each kind of image what became of its pods, and how many started. */
function toLines(table: ReadonlyMap<Way, Readonly<Record<KindName, Outcome>>>): readonly string[] {
  const columns = ways.filter((way) => table.has(way));
  const line = (first: string, cells: readonly string[]) =>
    `${first.padEnd(32)}${cells.map((cell) => cell.padEnd(18)).join('')}`.trimEnd();
  const endIn = (way: Way, kind: KindName) => table.get(way)?.[kind][1].replace(/: .*/, '') ?? '';
  const started = (way: Way) => kindNames().filter((kind) => endIn(way, kind).startsWith('runs')).length;
  return [
    line(
      'the image names as its user',
      columns.map((way) => (way === 'none' ? 'without evidence' : `root-images ${way}`)),
    ),
    ...kindNames().map((kind) =>
      line(
        kind,
        columns.map((way) => endIn(way, kind)),
      ),
    ),
    line(
      'started',
      columns.map((way) => `${started(way)} of ${kindNames().length}`),
    ),
  ];
}
