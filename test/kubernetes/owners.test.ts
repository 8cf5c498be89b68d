import { expect } from 'chai';
import { type ApiClient, createApiClient } from '../../src/kubernetes/client.ts';
import { findOwners, type Owner } from '../../src/kubernetes/owners.ts';
import { ownerIn } from '../../src/readiness/observed.ts';
import { writeKubeconfig } from './fakeApiServer.ts';
import { type FakeCluster, type FakeResource, startFakeCluster } from './fakeCluster.ts';

const apps = '/apis/apps/v1';
const owner = (kind: string, name: string, apiVersion = 'apps/v1'): Owner => ({ apiVersion, kind, name });
const object = (name: string, ...owners: readonly Owner[]): FakeResource => ({
  metadata: {
    name,
    namespace: 'team',
    uid: name,
    ownerReferences: owners.map((one) => ({ ...one, controller: true })),
  },
});

describe('findOwners', () => {
  let cluster: FakeCluster;
  let kubeconfig: Awaited<ReturnType<typeof writeKubeconfig>>;
  let client: ApiClient;

  beforeEach(async () => {
    cluster = await startFakeCluster();
    cluster.put(apps, 'replicasets', 'ReplicaSet', object('web-1', owner('Deployment', 'web')), object('alone'));
    cluster.put(apps, 'deployments', 'Deployment', object('web', owner('RayCluster', 'demo', 'ray.io/v1')));
    cluster.put('/apis/ray.io/v1', 'rayclusters', 'RayCluster', object('demo'));
    kubeconfig = await writeKubeconfig({ server: cluster.url });
    client = await createApiClient({ kubeconfig: kubeconfig.file, log: () => {} });
  });

  afterEach(async () => {
    client.close();
    await cluster.close();
    await kubeconfig.remove();
  });

  async function find(...seeds: readonly Owner[]) {
    const unknown: string[] = [];
    const ownerOf = await findOwners(
      seeds.map((seed) => ({ namespace: 'team', owner: seed })),
      { client, namespaces: ['team'], ownerIn, onUnknown: (kind, reason) => unknown.push(`${kind}: ${reason}`) },
    );
    const chain = (of: Owner | undefined): readonly string[] => (of ? [of.name, ...chain(ownerOf('team', of))] : []);
    return { chains: seeds.map((seed) => chain(seed).join(' < ')), unknown };
  }

  it('goes from owner to owner, whatever kinds they are', async () => {
    expect(await find(owner('ReplicaSet', 'web-1'))).to.deep.equal({ chains: ['web-1 < web < demo'], unknown: [] });
  });

  it('reads only metadata, each object once, and each API once', async () => {
    await find(owner('ReplicaSet', 'web-1'), owner('ReplicaSet', 'alone'), owner('ReplicaSet', 'web-1'));
    expect(cluster.seen.map(({ path }) => path).sort()).to.deep.equal([
      '/apis/apps/v1',
      '/apis/apps/v1/namespaces/team/deployments/web',
      '/apis/apps/v1/namespaces/team/replicasets/alone',
      '/apis/apps/v1/namespaces/team/replicasets/web-1',
      '/apis/ray.io/v1',
      '/apis/ray.io/v1/namespaces/team/rayclusters/demo',
    ]);
    const objects = cluster.seen.filter(({ path }) => path.includes('/namespaces/'));
    for (const { accept } of objects) expect(accept).to.match(/^application\/json;as=PartialObjectMetadata;/);
  });

  it('lists a kind of which it needs many', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `api-${index}`);
    cluster.put(apps, 'replicasets', 'ReplicaSet', ...names.map((name) => object(name, owner('Deployment', 'web'))));
    const { chains } = await find(...names.map((name) => owner('ReplicaSet', name)));
    expect(chains).to.deep.equal(names.map((name) => `${name} < web < demo`));
    const lists = cluster.seen.filter(({ path }) => path.endsWith('/replicasets'));
    expect(lists.map(({ path, query }) => [path, query.get('limit')])).to.deep.equal([
      ['/apis/apps/v1/namespaces/team/replicasets', '500'],
    ]);
  });

  it('stops at what must not be read, and says so once for each kind', async () => {
    cluster.forbidden.add('/apis/apps/v1/namespaces/team/replicasets/web-1');
    cluster.forbidden.add('/apis/apps/v1/namespaces/team/replicasets/alone');
    expect(await find(owner('ReplicaSet', 'web-1'), owner('ReplicaSet', 'alone'))).to.deep.equal({
      chains: ['web-1', 'alone'],
      unknown: ['ReplicaSet: that is not allowed'],
    });
  });

  it('stops at what is gone, and at a kind that the server does not know', async () => {
    expect(await find(owner('ReplicaSet', 'gone'), owner('Notebook', 'a', 'kubeflow.org/v1'))).to.deep.equal({
      chains: ['gone', 'a'],
      unknown: ['Notebook: the API server answered 404'],
    });
  });

  it('asks nothing with names that no object can have', async () => {
    await find(
      owner('ReplicaSet', '../../secrets/a'),
      owner('ReplicaSet', '..'),
      owner('A', 'a', '../v1'),
      owner('Pod', 'a', 'v1'),
    );
    expect(cluster.seen).to.deep.equal([]);
  });

  it('goes round no circle', async () => {
    cluster.put(
      '/apis/ray.io/v1',
      'rings',
      'Ring',
      object('one', owner('Ring', 'two', 'ray.io/v1')),
      object('two', owner('Ring', 'one', 'ray.io/v1')),
    );
    const ownerOf = await findOwners([{ namespace: 'team', owner: owner('Ring', 'one', 'ray.io/v1') }], {
      client,
      ownerIn,
      onUnknown: () => {},
    });
    expect(ownerOf('team', owner('Ring', 'two', 'ray.io/v1'))?.name).to.equal('one');
    expect(cluster.seen.filter(({ path }) => path.includes('/rings/'))).to.have.lengthOf(2);
  });
});
