import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { until } from '../kubernetes/poll.ts';
import { type Exposition, parseExposition } from '../metrics/exposition.ts';
import { type ListeningProcess, listening, type ServeProcess, startServe } from '../webhook/child.ts';
import { connect, head, patchOf, send, untilClosed } from '../webhook/client.ts';
import { creation, rayHeadPatch } from '../webhook/reviews.ts';

const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'team', labels: { 'pod-hardener.io/profile': 'restricted' } },
};

describe('serve, when it is scraped,', () => {
  let folder: string;
  let started: ServeProcess;
  let serve: ListeningProcess;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pod-hardener-'));
    const file = join(folder, 'namespaces.yaml');
    await writeFile(file, JSON.stringify(namespace));
    const ports = ['--port', '0', '--metrics-port', '0', '--shutdown-delay', '2s'];
    started = startServe(['--standalone', '--namespaces', file, ...ports]);
    serve = await listening(started);
  });

  after(async () => {
    started.child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  async function scrape(): Promise<Exposition> {
    const { status, text } = await serve.page('/metrics');
    expect(status).to.equal(200);
    return parseExposition(text);
  }

  const filled = ({ value }: Exposition) =>
    value('pod_hardener_admission_requests_total', {
      ...{ operation: 'create', resource: 'pods', outcome: 'filled', dry_run: 'false' },
    }) ?? Number.NaN;

  /** After many scrapes on a slow machine, a text is kept for a while. */
  async function untilFilled(count: number): Promise<void> {
    let last = filled(await scrape());
    for (const start = performance.now(); last < count && performance.now() - start < 10_000; ) {
      last = filled(await scrape());
    }
    expect(last).to.equal(count);
  }

  /** The counters of ours by their names and labels, but for those that namespaces begin. */
  const counters = ({ samples, types }: Exposition) =>
    samples
      .filter(({ name }) => name.startsWith('pod_hardener_') && types.get(name) === 'counter')
      .filter(({ labels }) => !('resource_namespace' in labels))
      .map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`);

  it('has no counter after an event that it did not have before', async () => {
    const before = await scrape();
    expect(patchOf(await send(serve, creation()))).to.deep.equal(rayHeadPatch);
    expect((await send(serve, Buffer.from('{'))).status).to.equal(400);
    await until('it is counted', () => serve.log().some(({ stage }) => stage === 'decode'));
    const after = await scrape();
    expect([filled(before), filled(after)]).to.deep.equal([0, 1]);
    expect(counters(after)).to.deep.equal(counters(before));
  });

  it('answers a hundred scrapes at once beside as many reviews, and no counter goes back', async () => {
    const before = filled(await scrape());
    // On a busy machine, a hundred handshakes at once would take longer than one may.
    const agent = new Agent({ keepAlive: true, maxSockets: 10 });
    const counts: number[] = [];
    const scrapes = Array.from({ length: 100 }, async () => counts.push(filled(await scrape())));
    const reviews = Array.from({ length: 100 }, () => send(serve, creation(), { agent }));
    for (const answer of await Promise.all(reviews)) expect(patchOf(answer)).to.deep.equal(rayHeadPatch);
    await Promise.all(scrapes);
    agent.destroy();
    expect(counts).to.have.length(100);
    expect(Math.min(...counts)).to.be.at.least(before);
    await untilFilled(before + 100);
  });

  it('answers beside a slow review until it is gone, with what it did last', async () => {
    const before = filled(await scrape());
    const body = creation();
    const slow = await connect(serve);
    const said = untilClosed(slow);
    slow.write(Buffer.concat([Buffer.from(head({ 'Content-Length': body.length })), body.subarray(0, 100)]));
    started.child.kill('SIGTERM');
    await until('it drains', () => started.log().some(({ message }) => /^Draining/.test(String(message))));
    expect((await serve.page('/readyz')).status).to.equal(503);
    await send(serve, creation());
    await until(
      'it is logged',
      () => started.log().filter(({ outcome }) => outcome === 'filled').length === before + 1,
    );
    await untilFilled(before + 1);
    slow.write(body.subarray(100));
    expect(await said).to.match(/^HTTP\/1\.1 200 OK\r\n/);
    expect(await started.ended).to.equal(0);
  });
});
