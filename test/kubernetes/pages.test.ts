import { expect } from 'chai';
import { type ApiClient, createApiClient } from '../../src/kubernetes/client.ts';
import { ForbiddenError, ResyncError, StatusError } from '../../src/kubernetes/errors.ts';
import { type PagesOptions, readPages } from '../../src/kubernetes/pages.ts';
import { writeKubeconfig } from './fakeApiServer.ts';
import { type FakeCluster, startFakeCluster } from './fakeCluster.ts';
import { rejection } from './poll.ts';

const path = '/api/v1/pods';

describe('readPages', () => {
  let cluster: FakeCluster;
  let kubeconfig: Awaited<ReturnType<typeof writeKubeconfig>>;
  let client: ApiClient;

  before(async () => {
    cluster = await startFakeCluster();
    const names = ['a', 'b', 'c', 'd', 'e'];
    cluster.put('/api/v1', 'pods', 'Pod', ...names.map((name) => ({ metadata: { name }, spec: 'x'.repeat(200) })));
    kubeconfig = await writeKubeconfig({ server: cluster.url });
  });

  after(async () => {
    await cluster.close();
    await kubeconfig.remove();
  });

  beforeEach(() => {
    cluster.seen.length = 0;
    cluster.next.clear();
    cluster.forbidden.clear();
  });

  afterEach(() => client?.close());

  /** What came, with the number of restarts before it, and how far the reading said it was. */
  async function read(more: Partial<PagesOptions> = {}, maxBodyBytes?: number) {
    client = await createApiClient({
      kubeconfig: kubeconfig.file,
      log: () => {},
      ...(maxBodyBytes && { maxBodyBytes }),
    });
    const came = { names: '', restarts: 0, progress: [] as string[] };
    const onPage: PagesOptions['onPage'] = (objects, done, all) => {
      for (const object of objects) came.names += (object as { metadata: { name: string } }).metadata.name;
      came.progress.push(`${done}/${all}`);
    };
    const onRestart = () => {
      came.names += '|';
      came.restarts++;
    };
    await readPages({ client, path, pageSize: 2, shortestWaitMs: 1, onPage, onRestart, ...more });
    return came;
  }

  it('reads a collection page by page, and tells how far it is', async () => {
    expect(await read()).to.deep.equal({ names: 'abcde', restarts: 0, progress: ['2/5', '4/5', '5/5'] });
    expect(cluster.seen.map(({ query }) => query.toString())).to.deep.equal([
      'limit=2',
      'limit=2&continue=2',
      'limit=2&continue=4',
    ]);
  });

  it('asks for 500 at a time, in the form that it is told', async () => {
    client = await createApiClient({ kubeconfig: kubeconfig.file, log: () => {} });
    await readPages({ client, path, accept: 'application/x', onPage: () => {}, onRestart: () => {} });
    expect(cluster.seen.map(({ query, accept }) => [query.get('limit'), accept])).to.deep.equal([
      ['500', 'application/x'],
    ]);
  });

  it('begins again when the list expires between two pages', async () => {
    cluster.next.set(path, [200, 410]);
    expect(await read()).to.deep.include({ names: 'ab|abcde', restarts: 1 });
  });

  it('gives a list up that expires again and again', async () => {
    cluster.next.set(path, [410, 410, 410, 410, 410]);
    const error = await rejection(read());
    expect(error).to.be.instanceOf(StatusError).with.property('status', 410);
    expect(cluster.seen).to.have.lengthOf(4);
  });

  it('tries again what the server has no time for', async () => {
    cluster.next.set(path, [429, 503, { status: 429, retryAfter: 0 }]);
    expect(await read()).to.deep.include({ names: 'abcde', restarts: 0 });
  });

  it('gives up after some tries', async () => {
    cluster.next.set(path, [500, 500, 500, 500]);
    expect(await rejection(read()))
      .to.be.instanceOf(StatusError)
      .with.property('status', 500);
  });

  it('reads smaller pages where one is too large', async () => {
    expect((await read({ pageSize: 4 }, 700)).names).to.equal('abcde');
    expect(cluster.seen.map(({ query }) => query.get('limit'))).to.deep.equal(['4', '1', '1', '1', '1', '1']);
  });

  it('says that it may not read', async () => {
    cluster.forbidden.add(path);
    const error = await rejection(read());
    expect(error)
      .to.be.instanceOf(ForbiddenError)
      .with.property('message', 'the API server does not allow GET /api/v1/pods');
  });

  it('takes nothing else for a list', async () => {
    expect(await rejection(read({ path: '/version' }))).to.be.instanceOf(ResyncError);
  });
});
