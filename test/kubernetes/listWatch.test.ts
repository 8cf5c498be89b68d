import { expect } from 'chai';
import { type ApiClient, createApiClient } from '../../src/kubernetes/client.ts';
import type { ListWatchLimits } from '../../src/kubernetes/limits.ts';
import { type ListWatch, startListWatch } from '../../src/kubernetes/listWatch.ts';
import { decodeNamespace, type NamespaceItem } from '../../src/kubernetes/namespaceRecord.ts';
import { type FakeApiServer, startFakeApiServer, writeKubeconfig } from './fakeApiServer.ts';
import { until } from './poll.ts';

const quick: Partial<ListWatchLimits> = { shortestWaitMs: 5, longestWaitMs: 20, spacingMs: 5, healthyMs: 200 };

describe('startListWatch', () => {
  let server: FakeApiServer;
  let client: ApiClient;
  let kubeconfig: Awaited<ReturnType<typeof writeKubeconfig>>;
  let running: ListWatch<NamespaceItem> | undefined;
  let logged: { level: string; message: string; fields: Record<string, unknown> | undefined }[];

  beforeEach(async () => {
    server = await startFakeApiServer();
    kubeconfig = await writeKubeconfig({ server: server.url });
    logged = [];
    client = await createApiClient({ kubeconfig: kubeconfig.file, log: () => {}, maxLineBytes: 1024 * 1024 });
  });

  afterEach(async () => {
    running?.stop();
    running = undefined;
    client.close();
    await server.close();
    await kubeconfig.remove();
  });

  function start(
    limits: Partial<ListWatchLimits> = {},
    onChange: (previous: NamespaceItem | undefined, next: NamespaceItem | undefined) => void = () => {},
  ): ListWatch<NamespaceItem> {
    running = startListWatch({
      client,
      path: '/api/v1/namespaces',
      decode: decodeNamespace,
      onChange,
      log: (level, message, fields) => logged.push({ level, message, fields }),
      limits: { ...quick, ...limits },
    });
    return running;
  }

  async function startWatching(limits?: Partial<ListWatchLimits>): Promise<ListWatch<NamespaceItem>> {
    const started = start(limits);
    await until('a watch is open', () => server.watchers() === 1 && started.status().problem === undefined);
    return started;
  }

  const names = (from: ListWatch<NamespaceItem>) => [...from.items.keys()].sort();
  const reasons = () => logged.map(({ fields }) => fields?.reason);

  it('lists, then watches from there, for metadata only and with bookmarks', async () => {
    server.put('a');
    const watched = await startWatching({ watchSeconds: 240 });
    expect(names(watched)).to.deep.equal(['a']);
    expect(watched.status().synced).to.equal(true);

    const [list, watch] = server.seen;
    expect(list?.headers.accept).to.match(/^application\/json;as=PartialObjectMetadataList;g=meta\.k8s\.io;v=v1,/);
    expect(watch?.headers.accept).to.match(/^application\/json;as=PartialObjectMetadata;g=meta\.k8s\.io;v=v1,/);
    expect(watch?.url.searchParams.get('allowWatchBookmarks')).to.equal('true');
    expect(watch?.url.searchParams.get('resourceVersion')).to.equal('101');
    expect(Number(watch?.url.searchParams.get('timeoutSeconds'))).to.be.within(240, 300);
  });

  it('follows what is added, changed and deleted', async () => {
    const changes: (string | undefined)[][] = [];
    const watched = start({}, (previous, next) =>
      changes.push([
        previous?.record.labels['pod-hardener.io/profile'],
        next?.record.labels['pod-hardener.io/profile'],
      ]),
    );
    await until('a watch is open', () => server.watchers() === 1);
    server.put('a', { labels: { 'pod-hardener.io/profile': 'baseline' } });
    server.put('a', { labels: { 'pod-hardener.io/profile': 'restricted' } });
    server.put('b');
    server.remove('a');
    await until('a is gone', () => watched.items.size === 1 && watched.items.has('b'));
    expect(changes).to.deep.equal([
      [undefined, 'baseline'],
      ['baseline', 'restricted'],
      [undefined, undefined],
      ['restricted', undefined],
    ]);
  });

  it('reads a list page by page, and from the beginning when it expires between two pages', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) server.put(name);
    server.next.list.push('none', { status: 410 });
    const watched = start({ pageSize: 2 });
    await until('it is synced', () => watched.status().synced);
    expect(names(watched)).to.deep.equal(['a', 'b', 'c', 'd', 'e']);
    const tokens = server.seen.filter(({ kind }) => kind === 'list').map(({ url }) => url.searchParams.get('continue'));
    expect(tokens).to.deep.equal([null, '105.2', null, '105.2', '105.4']);
  });

  it('asks for smaller pages when one is too large', async () => {
    client.close();
    client = await createApiClient({ kubeconfig: kubeconfig.file, log: () => {}, maxBodyBytes: 4_000 });
    for (let i = 0; i < 20; i += 1) server.put(`n${i}`, { annotations: { note: 'x'.repeat(500) } });
    const watched = start({ pageSize: 20 });
    await until('it is synced', () => watched.status().synced);
    expect(watched.items.size).to.equal(20);
  });

  it('keeps trying when the first lists fail, and is not synced before one succeeds', async () => {
    server.put('a');
    server.next.list.push('reset', { status: 500 }, { status: 403 }, { status: 200, body: 'nonsense' });
    const watched = start();
    await until('the second list failed', () => watched.status().problem === 'the API server answered 500');
    expect(watched.status().synced).to.equal(false);
    await until('it is synced', () => watched.status().synced);
    expect(reasons().filter(Boolean)).to.deep.equal([
      'the connection to the API server failed (ECONNRESET)',
      'the API server answered 500',
      'the API server answered 403',
      'the API server sent something that is not JSON',
    ]);
  });

  for (const fault of [{ status: 500 }, { status: 429 }, { status: 401 }, { status: 403 }, 'reset'] as const) {
    it(`resumes without a new list after ${typeof fault === 'string' ? fault : fault.status} on the watch`, async () => {
      server.next.watch.push(fault, fault);
      const watched = start();
      await until('a watch is open', () => server.watchers() === 1);
      server.put('a');
      await until('a is known', () => watched.items.has('a'));
      expect(server.count('list')).to.equal(1);
      expect(watched.status().restarts).to.be.within(1, 2);
    });
  }

  it('resumes from the last event when the connection is reset', async () => {
    const watched = await startWatching();
    server.put('a');
    await until('a is known', () => watched.items.has('a'));
    server.resetWatchers();
    server.put('b');
    await until('b is known', () => watched.items.has('b'));
    expect(server.seen.at(-1)?.url.searchParams.get('resourceVersion')).to.equal('101');
    expect(server.count('list')).to.equal(1);
  });

  it('resumes from the last bookmark', async () => {
    await startWatching();
    server.bookmark();
    server.bookmark();
    server.endWatchers();
    await until('it watches again', () => server.count('watch') === 2);
    expect(server.seen.at(-1)?.url.searchParams.get('resourceVersion')).to.equal('102');
  });

  it('gives up a watch that has gone silent, and resumes', async () => {
    const watched = start({ inactivityMs: 150 });
    await until('a watch is open', () => server.watchers() === 1);
    server.watchDelayMs = 60_000;
    server.put('a');
    const silentAt = performance.now();
    await until('the watch was given up', () => server.count('watch') === 2);
    expect(performance.now() - silentAt).to.be.within(100, 1_500);
    server.watchDelayMs = 0;
    server.resetWatchers();
    await until('a is known', () => watched.items.has('a'));
    expect(reasons()).to.include('the API server has gone silent');
  });

  it('gives up a watch that is never answered', async () => {
    server.next.watch.push('hang');
    server.put('a');
    await startWatching({ inactivityMs: 100 });
    expect(reasons()).to.include('the API server has gone silent');
  });

  it('keeps a quiet watch open as long as bookmarks come', async () => {
    await startWatching({ inactivityMs: 400 });
    const beginning = performance.now();
    const bookmarks = setInterval(server.bookmark, 50);
    try {
      await until('some time has passed', () => performance.now() - beginning > 700);
    } finally {
      clearInterval(bookmarks);
    }
    expect(server.count('watch')).to.equal(1);
  });

  for (const how of ['status', 'event'] as const) {
    it(`lists again when its place has expired (410 as ${how}), and forgets what was deleted meanwhile`, async () => {
      server.put('a');
      server.put('b');
      const watched = await startWatching();
      server.silently(() => {
        server.remove('a');
        server.put('c');
      });
      server.compact(how);
      server.resetWatchers();
      await until('c is known', () => watched.items.has('c'));
      expect(names(watched)).to.deep.equal(['b', 'c']);
      expect(server.count('list')).to.equal(2);
    });
  }

  it('does not list in a tight loop when every watch answers 410', async () => {
    server.always.watch = { status: 410 };
    start({ shortestWaitMs: 100, longestWaitMs: 10_000 });
    await until('it has listed again', () => server.count('list') === 2);
    const beginning = performance.now();
    await until('some time has passed', () => performance.now() - beginning > 500);
    expect(server.count('list')).to.be.at.most(5);
  });

  it('misses next to nothing when the server ends every watch after 500 ms, with at most two requests per second', async () => {
    server.watchEndsAfterMs = 500;
    const watched = await startWatching({ spacingMs: 500, shortestWaitMs: 500, longestWaitMs: 30_000 });
    const beginning = performance.now();
    let polls = 0;
    let open = 0;
    await until('some time has passed', () => {
      polls += 1;
      open += Math.min(1, server.watchers());
      return performance.now() - beginning > 1_300;
    });
    expect(open / polls).to.be.above(0.95);
    expect(server.count('watch')).to.be.within(2, 4);
    expect(server.count('list')).to.equal(1);
    expect(watched.status().restarts).to.equal(0);
  });

  it('does not resume in a tight loop when the server ends every watch at once', async () => {
    server.watchEndsAfterMs = 0;
    start({ spacingMs: 100 });
    const beginning = performance.now();
    await until('some time has passed', () => performance.now() - beginning > 500);
    expect(server.count('watch')).to.be.within(2, 6);
  });

  for (const [what, line, reason] of [
    ['a line that is no JSON', 'garbage\n', 'the API server sent something that is not JSON'],
    ['a line that is no event', '[]\n', 'the API server sent something that is not an event'],
    ['an event of an unknown type', '{"type":"SURPRISE"}\n', 'the API server sent an event of an unknown type'],
    ['an event without metadata', '{"type":"ADDED","object":{}}\n', 'the API server sent an object without metadata'],
    ['an error', '{"type":"ERROR","object":{"code":500}}\n', 'the API server reported an error in the watch (500)'],
  ] as const) {
    it(`logs ${what} and lists again`, async () => {
      server.put('a');
      const watched = await startWatching();
      server.silently(() => server.put('missed'));
      server.send(line);
      await until('it has listed again', () => watched.items.has('missed') && server.watchers() === 1);
      expect(reasons()).to.include(reason);
    });
  }

  it('refuses a line of 5 MB without keeping it', async () => {
    const watched = await startWatching();
    const before = process.memoryUsage().arrayBuffers;
    let most = before;
    const part = 'x'.repeat(64 * 1024);
    // What is left of the line would be sent to the next watch too, once that is open.
    for (let i = 0; i < 80 && server.count('watch') === 1; i += 1) {
      server.send(part);
      if (i % 8 === 0) await new Promise(setImmediate);
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }
    await until('it was refused', () => watched.status().restarts === 1);
    await until('it watches again', () => server.count('watch') === 2);
    expect(reasons()).to.include('a line is longer than 1048576 bytes');
    expect(server.count('list')).to.equal(2);
    expect(most - before).to.be.below(12 * 1024 * 1024);
  });

  it('waits as long as Retry-After asks', async () => {
    server.next.watch.push({ status: 429, headers: { 'retry-after': '1' } });
    await startWatching();
    const [refused, accepted] = server.seen.filter(({ kind }) => kind === 'watch');
    expect((accepted?.at ?? 0) - (refused?.at ?? 0)).to.be.within(990, 4_000);
  });

  it('counts failures in a row, and forgets them after a healthy time', async () => {
    const failures = () => logged.flatMap(({ fields }) => fields?.failures ?? []);
    const watched = await startWatching({ shortestWaitMs: 40, longestWaitMs: 40, healthyMs: 60 });
    const waitUntilHealthy = async () => {
      const openSince = performance.now();
      await until('it was healthy', () => performance.now() - openSince > 80);
    };
    await waitUntilHealthy();
    server.always.watch = 'reset';
    server.resetWatchers();
    await until('it failed four times', () => failures().length >= 4);
    delete server.always.watch;
    await until('a watch is open', () => server.watchers() === 1 && watched.status().problem === undefined);
    const before = failures();
    await waitUntilHealthy();
    server.resetWatchers();
    await until('it failed once more', () => failures().length > before.length);
    expect(before.slice(0, 4)).to.deep.equal([1, 2, 3, 4]);
    expect(failures().at(-1)).to.equal(1);
  });

  it('lists again in the end when only the watch fails', async () => {
    server.always.watch = { status: 500 };
    const watched = start({ longestWaitMs: 15 });
    await until('it is synced', () => watched.status().synced);
    server.silently(() => server.put('a'));
    await until('a is known', () => watched.items.has('a'));
  });

  it('finds what the watch has missed, counts it and mends it', async () => {
    server.put('a');
    server.put('b');
    const watched = await startWatching({ checkMs: 100, settleMs: 20 });
    server.silently(() => {
      server.put('c');
      server.remove('a');
      server.put('b', { labels: { 'pod-hardener.io/profile': 'restricted' } });
    });
    await until('c is known', () => watched.items.has('c'));
    expect(watched.status().drift).to.equal(3);
    expect(names(watched)).to.deep.equal(['b', 'c']);
    expect(watched.items.get('b')?.record.labels).to.deep.equal({ 'pod-hardener.io/profile': 'restricted' });
  });

  it('does not count what is still on its way as missed', async () => {
    const watched = await startWatching({ checkMs: 30, settleMs: 120 });
    server.watchDelayMs = 50;
    let puts = 0;
    const changes = setInterval(() => {
      puts += 1;
      server.put(`n${puts}`);
    }, 10);
    try {
      await until('it has checked three times', () => server.count('list') >= 4);
    } finally {
      clearInterval(changes);
    }
    expect(watched.status().drift).to.equal(0);
    expect(watched.status().restarts).to.equal(0);
  });

  it('survives a callback that throws, counts it and remembers the object', async () => {
    const watched = start({}, () => {
      throw new Error('broken');
    });
    await until('a watch is open', () => server.watchers() === 1);
    server.put('a');
    server.put('b');
    await until('b is known', () => watched.items.has('b'));
    expect(watched.status().callbackErrors).to.equal(2);
    expect(names(watched)).to.deep.equal(['a', 'b']);
    expect(server.count('watch')).to.equal(1);
  });

  it('takes the new namespace when one is deleted and created again, in whatever order it hears of it', async () => {
    server.put('a', { labels: { 'pod-hardener.io/profile': 'baseline' } });
    const watched = await startWatching();
    const old = watched.items.get('a');
    server.silently(() => server.remove('a'));
    server.put('a', { labels: { 'pod-hardener.io/profile': 'restricted' } });
    await until('the new one is known', () => watched.items.get('a')?.uid === 'uid-2');
    const deleted = { type: 'DELETED', object: { metadata: { name: 'a', uid: old?.uid, resourceVersion: '102' } } };
    server.send(`${JSON.stringify(deleted)}\n`);
    server.put('z');
    await until('the deletion was read', () => watched.items.has('z'));
    expect(watched.items.get('a')?.record.labels).to.deep.equal({ 'pod-hardener.io/profile': 'restricted' });
  });

  it('ends everything when it is stopped, even in the middle of a wait', async () => {
    server.always.watch = { status: 503, headers: { 'retry-after': '30' } };
    const watched = start({}, () => {});
    await until('it waits', () => watched.status().restarts === 1);
    watched.stop();
    const before = server.seen.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.seen.length).to.equal(before);
  });

  it('hears nothing more after it is stopped by a callback', async () => {
    const heard: string[] = [];
    const watched = start({}, (_, next) => {
      heard.push(next?.name ?? '');
      watched.stop();
    });
    await until('a watch is open', () => server.watchers() === 1);
    const event = (name: string) =>
      `{"type":"ADDED","object":{"metadata":{"name":"${name}","uid":"u","resourceVersion":"9"}}}\n`;
    server.send(event('a') + event('b'));
    await until('the watch is closed', () => server.watchers() === 0);
    expect(heard).to.deep.equal(['a']);
  });

  it('hears nothing more after it is stopped', async () => {
    const heard: string[] = [];
    const watched = start({}, (_, next) => heard.push(next?.name ?? ''));
    await until('a watch is open', () => server.watchers() === 1);
    watched.stop();
    server.put('a');
    await until('the watch is closed', () => server.watchers() === 0);
    expect(heard).to.deep.equal([]);
  });
});
