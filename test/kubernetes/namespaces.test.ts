import { expect } from 'chai';
import { type ApiClient, createApiClient } from '../../src/kubernetes/client.ts';
import {
  createNamespaceSource,
  LookupError,
  type LookupOutcome,
  type NamespaceSource,
  type NamespaceSourceOptions,
} from '../../src/kubernetes/namespaces.ts';
import { type FakeApiServer, startFakeApiServer, writeKubeconfig } from './fakeApiServer.ts';
import { rejection, until } from './poll.ts';

const key = 'pod-hardener.io/profile';
const restricted = { labels: { [key]: 'restricted' } };
const quick = { shortestWaitMs: 5, longestWaitMs: 20, spacingMs: 5, healthyMs: 200 };

describe('createNamespaceSource', () => {
  let server: FakeApiServer;
  let client: ApiClient;
  let kubeconfig: Awaited<ReturnType<typeof writeKubeconfig>>;
  let source: NamespaceSource;
  let logged: { level: string; message: string; fields: Record<string, unknown> | undefined }[];
  let outcomes: LookupOutcome[];

  beforeEach(async () => {
    server = await startFakeApiServer();
    kubeconfig = await writeKubeconfig({ server: server.url });
    client = await createApiClient({ kubeconfig: kubeconfig.file, log: () => {} });
    logged = [];
    outcomes = [];
  });

  afterEach(async () => {
    source.stop();
    client.close();
    await server.close();
    await kubeconfig.remove();
  });

  function start(options: Partial<NamespaceSourceOptions> = {}): NamespaceSource {
    source = createNamespaceSource({
      client,
      routedBy: 'label',
      log: (level, message, fields) => logged.push({ level, message, fields }),
      observe: (outcome) => outcomes.push(outcome),
      ...options,
      limits: { ...quick, ...options.limits },
    });
    return source;
  }

  async function startWatching(options?: Partial<NamespaceSourceOptions>): Promise<NamespaceSource> {
    start(options);
    await until('a watch is open', () => server.watchers() === 1 && source.synced());
    return source;
  }

  const told = (part: string) => logged.filter(({ message }) => message.includes(part));

  describe('find', () => {
    it('returns at once, and without a request, what memory knows a profile for', async () => {
      server.put('by-label', { labels: { [key]: 'restricted', team: 'a' }, annotations: { note: 'x' } });
      server.put('by-annotation', { annotations: { [key]: 'baseline', 'pod-hardener.io/mode': 'warn' } });
      await startWatching();
      expect(source.find('by-label', 1_000)).to.deep.equal({
        name: 'by-label',
        labels: { [key]: 'restricted' },
        annotations: {},
      });
      expect(source.find('by-annotation', 1_000)).to.deep.equal({
        name: 'by-annotation',
        labels: {},
        annotations: { [key]: 'baseline', 'pod-hardener.io/mode': 'warn' },
      });
      expect(server.count('get')).to.equal(0);
      expect(outcomes).to.deep.equal(['memory', 'memory']);
    });

    it('asks the API server once for many pods that come with a new namespace', async () => {
      await startWatching();
      server.watchDelayMs = 60_000;
      server.getDelayMs = 20;
      server.put('new', restricted);
      const found = await Promise.all(Array.from({ length: 50 }, () => source.find('new', 1_000)));
      expect(found.map((record) => record?.labels[key])).to.deep.equal(Array(50).fill('restricted'));
      expect((await source.find('new', 1_000))?.labels[key]).to.equal('restricted');
      expect(server.count('get')).to.equal(1);
      expect(server.seen.at(-1)?.url.pathname).to.equal('/api/v1/namespaces/new');
    });

    it('does not believe memory that a namespace has no profile', async () => {
      server.put('a');
      await startWatching();
      server.silently(() => server.put('a', restricted));
      expect((await source.find('a', 1_000))?.labels[key]).to.equal('restricted');
    });

    it('keeps an answer for as long as it says, also that there is no such namespace', async () => {
      await startWatching({ limits: { keepMs: 100 } });
      expect(await source.find('a', 1_000)).to.equal(undefined);
      server.silently(() => server.put('a', restricted));
      expect(await source.find('a', 1_000)).to.equal(undefined);
      expect(server.count('get')).to.equal(1);
      const since = performance.now();
      await until('the answer is old', () => performance.now() - since > 110);
      expect((await source.find('a', 1_000))?.labels[key]).to.equal('restricted');
      expect(server.count('get')).to.equal(2);
    });

    it('does not keep an answer that the watch has overtaken', async () => {
      await startWatching();
      expect(await source.find('a', 1_000)).to.equal(undefined);
      server.put('a');
      server.put('later', restricted);
      server.silently(() => server.put('a', restricted));
      await until('the watch has told of a', () => source.status().optedIn.has('restricted'));
      expect((await source.find('a', 1_000))?.labels[key]).to.equal('restricted');
    });

    it('keeps at most so many answers', async () => {
      await startWatching({ limits: { keepAtMost: 2 } });
      for (const name of ['a', 'b', 'c', 'a', 'c']) await source.find(name, 1_000);
      expect(server.count('get')).to.equal(4);
    });

    it('prefers what the watch tells meanwhile to a stale answer', async () => {
      server.put('a');
      await startWatching();
      server.getDelayMs = 100;
      const found = source.find('a', 1_000);
      await until('the request has arrived', () => server.count('get') === 1);
      server.put('a', restricted);
      expect((await found)?.labels[key]).to.equal('restricted');
      expect((await source.find('a', 1_000))?.labels[key]).to.equal('restricted');
    });

    it('never writes an answer over what the watch has told', async () => {
      await startWatching();
      server.getDelayMs = 60;
      server.put('a');
      const found = source.find('a', 1_000);
      await until('the request has arrived', () => server.count('get') === 1);
      server.put('a', { labels: { [key]: 'baseline' } });
      server.put('a', restricted);
      await found;
      expect(source.find('a', 1_000)).to.deep.equal({ name: 'a', ...restricted, annotations: {} });
    });

    it('returns the new namespace when one was deleted and created again', async () => {
      server.put('a', { labels: { [key]: 'baseline' } });
      await startWatching();
      server.remove('a');
      server.put('a', restricted);
      await until('the new one is known', () => source.status().optedIn.has('restricted'));
      expect(source.find('a', 1_000)).to.deep.equal({ name: 'a', ...restricted, annotations: {} });
    });

    for (const name of [
      '',
      '.',
      '..',
      '../x',
      'a/b',
      'a%2Fb',
      'A',
      '-a',
      'a-',
      'a.b',
      'a\n',
      'a?x',
      'ä',
      'a'.repeat(64),
    ]) {
      it(`makes no request for ${JSON.stringify(name)}`, async () => {
        await startWatching({ routedBy: 'annotation' });
        expect(await rejection(source.find(name, 1_000))).to.be.instanceOf(LookupError);
        expect(server.count('get')).to.equal(0);
      });
    }

    it('looks up at most 32 namespaces at the same time, and knows the others from memory all the same', async () => {
      server.put('known', restricted);
      await startWatching({ limits: { lookupMs: 5_000 } });
      server.getDelayMs = 200;
      const names = Array.from({ length: 40 }, (_, index) => `made-up-${index}`);
      const warnings: Error[] = [];
      const warn = (warning: Error) => warnings.push(warning);
      process.on('warning', warn);
      const found = await Promise.allSettled(names.map((name) => source.find(name, 5_000)));
      process.off('warning', warn);
      expect(warnings, 'what Node would write into the log').to.deep.equal([]);
      expect(found.filter(({ status }) => status === 'fulfilled')).to.have.length(32);
      const [refused] = found.filter((one) => one.status === 'rejected');
      expect(String(refused?.reason)).to.include('too many namespaces are being looked up');
      expect(server.count('get')).to.equal(32);
      expect(source.find('known', 1_000)).to.include({ name: 'known' });
    });

    it('takes a name of 63 characters', async () => {
      await startWatching();
      expect(await source.find('a'.repeat(63), 1_000)).to.equal(undefined);
      expect(server.count('get')).to.equal(1);
    });

    const failures = [
      ['answers 500', { status: 500 }, 'the API server answered 500'],
      ['answers 403', { status: 403, body: 'token abc is bad' }, 'the API server answered 403'],
      ['answers 401', { status: 401 }, 'the API server answered 401'],
      ['answers with garbage', { status: 200, body: '<html>' }, 'the API server sent something that is not JSON'],
      [
        'answers with another namespace',
        { status: 200, body: '{"metadata":{"name":"b","uid":"u","resourceVersion":"1"}}' },
        'the API server answered with another namespace',
      ],
      ['does not answer', 'hang', 'the API server did not answer within 80 ms'],
    ] as const;

    for (const [what, fault, reason] of failures) {
      it(`rejects when the API server ${what} and pods are routed by label`, async () => {
        server.put('a');
        await startWatching({ limits: { lookupMs: 80 } });
        server.always.get = fault;
        const error = await rejection(source.find('a', 1_000));
        expect(error).to.be.instanceOf(LookupError);
        expect(String(error)).to.equal(`LookupError: Namespace a could not be looked up: ${reason}.`);
        expect(outcomes).to.deep.equal(['failed']);
      });

      it(`believes memory when the API server ${what} and pods are routed by annotation`, async () => {
        server.put('a');
        await startWatching({ routedBy: 'annotation', limits: { lookupMs: 80 } });
        server.always.get = fault;
        expect(await source.find('a', 1_000)).to.deep.equal({ name: 'a', labels: {}, annotations: {} });
        expect(await source.find('unknown', 1_000)).to.equal(undefined);
      });
    }

    it('rejects when a lookup fails before the first list, however pods are routed', async () => {
      server.always.list = { status: 500 };
      server.always.get = { status: 500 };
      start({ routedBy: 'annotation' });
      expect(await rejection(source.find('a', 1_000))).to.be.instanceOf(LookupError);
    });

    it('finds a namespace before the first list', async () => {
      server.always.list = { status: 500 };
      server.put('a', restricted);
      start();
      expect((await source.find('a', 1_000))?.labels[key]).to.equal('restricted');
      expect(source.synced()).to.equal(false);
    });

    it('waits no longer than it is given, also for a request of someone more patient', async () => {
      await startWatching();
      server.always.get = 'hang';
      const patient = rejection(source.find('a', 400));
      const beginning = performance.now();
      expect(String(await rejection(source.find('a', 50)))).to.contain('did not answer within 50 ms');
      expect(performance.now() - beginning).to.be.within(40, 350);
      await patient;
      expect(performance.now() - beginning).to.be.within(380, 1_500);
      expect(server.count('get')).to.equal(1);
    });

    it('asks again after a failure', async () => {
      await startWatching();
      server.put('a');
      server.next.get.push({ status: 500 });
      await rejection(source.find('a', 1_000));
      expect(await source.find('a', 1_000)).to.deep.equal({ name: 'a', labels: {}, annotations: {} });
    });

    it('rejects what is underway when the source is stopped', async () => {
      await startWatching();
      server.always.get = 'hang';
      const beginning = performance.now();
      const found = rejection(source.find('a', 1_000));
      source.stop();
      expect(await found).to.be.instanceOf(LookupError);
      expect(performance.now() - beginning).to.be.below(400);
    });
  });

  describe('status', () => {
    it('counts the namespaces of each profile', async () => {
      server.put('a', restricted);
      server.put('b', { labels: { [key]: ' Restricted ' } });
      server.put('c', { labels: { [key]: 'baseline' }, annotations: { [key]: 'restricted' } });
      server.put('d', { annotations: { [key]: 'baseline' } });
      server.put('e', { labels: { team: 'x' } });
      await startWatching();
      expect([...source.status().optedIn]).to.deep.equal([
        ['restricted', 2],
        ['baseline', 1],
      ]);
      expect(source.status().unrouted).to.equal(1);
      server.remove('a');
      server.put('d');
      await until('it is counted', () => source.status().optedIn.get('restricted') === 1);
      await until('d is routed', () => source.status().unrouted === 0);
    });

    it('has no unrouted namespaces when pods are routed by annotation', async () => {
      server.put('d', { annotations: { [key]: 'baseline' } });
      await startWatching({ routedBy: 'annotation' });
      expect([...source.status().optedIn]).to.deep.equal([['baseline', 1]]);
      expect(source.status().unrouted).to.equal(0);
      expect(told('only as an annotation')).to.have.length(0);
    });

    it('tells of each unrouted namespace once', async () => {
      server.put('d', { annotations: { [key]: 'baseline' } });
      await startWatching();
      server.put('d', { annotations: { [key]: 'restricted' } });
      server.put('e', { annotations: { [key]: 'restricted' } });
      server.compact('status');
      server.resetWatchers();
      await until('it has listed again', () => server.count('list') === 2 && source.status().unrouted === 2);
      expect(told('only as an annotation').map(({ fields }) => fields)).to.deep.equal([
        { namespace: 'd' },
        { namespace: 'e' },
      ]);
    });

    it('says when the API server was last heard', async () => {
      const before = Date.now();
      start();
      expect(source.status().lastContact).to.equal(undefined);
      await until('a watch is open', () => server.watchers() === 1);
      expect(source.status().lastContact).to.be.within(before, Date.now());
    });
  });

  it('serves from memory and stays synced while the API server is away, says so once, and recovers', async () => {
    server.put('a', restricted);
    await startWatching({ limits: { staleMs: 100 } });
    for (const kind of ['list', 'watch', 'get'] as const) server.always[kind] = 'reset';
    server.resetWatchers();
    await until('the silence was told', () => told('has been silent').length === 1);
    const since = performance.now();
    await until('some time has passed', () => performance.now() - since > 200);
    expect(source.synced()).to.equal(true);
    expect(source.find('a', 1_000)).to.deep.equal({ name: 'a', ...restricted, annotations: {} });
    expect(source.status().problem).to.equal('the connection to the API server failed (ECONNRESET)');
    expect(told('has been silent')).to.have.length(1);

    for (const kind of ['list', 'watch', 'get'] as const) delete server.always[kind];
    server.put('b', restricted);
    await until('b is known', () => source.status().optedIn.get('restricted') === 2);
    await until('the problem is over', () => source.status().problem === undefined);
    await until('the return was told', () => told('is heard again').length === 1);
  });

  it('knows 10,000 namespaces of 20 labels each in pages of 500, and keeps little of them', async () => {
    const labels = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`example.com/label-${i}`, 'v'.repeat(40)]));
    for (let i = 0; i < 10_000; i += 1) {
      server.put(`namespace-${i}`, { labels: i % 100 === 0 ? { ...labels, [key]: 'restricted' } : labels });
    }
    server.compact('status');
    global.gc?.();
    const before = process.memoryUsage().rss;
    await startWatching();
    expect(source.status().optedIn.get('restricted')).to.equal(100);
    expect(server.count('list')).to.equal(20);
    // The server shares this process, so this is a loose bound.
    expect(process.memoryUsage().rss - before).to.be.below(150 * 1024 * 1024);
  });
});
