import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { memoryOf } from '../../scripts/processFigures.ts';
import { type ListeningProcess, listening, type ServeProcess, startServe } from './child.ts';
import { type Answer, patchOf, send } from './client.ts';
import { buildImage, type Image } from './image.ts';
import { creation, padded, rayHeadPatch } from './reviews.ts';

/** For so long a sender of the rest of a refused body may pause. */
const longestPauseMs = 5_000;

describe('the webhook, as its image runs it,', () => {
  let image: Image;
  let started: ServeProcess | undefined;
  let serve: ListeningProcess;

  before(async () => {
    image = await buildImage();
    const namespaces = join(image.folder, 'namespaces.yaml');
    const labels = '{pod-hardener.io/profile: restricted}';
    await writeFile(namespaces, `apiVersion: v1\nkind: Namespace\nmetadata: {name: team, labels: ${labels}}\n`);
    const options = ['--standalone', '--namespaces', namespaces, '--port', '0', '--metrics-port', '0'];
    started = startServe(options, undefined, image.runtime);
    serve = await listening(started);
  });

  after(async () => {
    started?.child.kill('SIGKILL');
    await image.remove();
  });

  /**
   * How often each status was the answer to so many bodies at once, all of which must be answered. Undefined when this
   * machine was so busy that some may have paused for longer than they may.
   */
  async function statusesOf(count: number, body: Buffer): Promise<Readonly<Record<string, number>> | undefined> {
    const start = performance.now();
    const counts: Record<string, number> = {};
    const sent = Array.from({ length: count }, async () => {
      const { status, headers } = await send(serve, body, { agent: false });
      counts[status] = (counts[status] ?? 0) + 1;
      if (status === 503) expect(headers['retry-after']).to.equal('1');
    });
    const results = await Promise.allSettled(sent);
    if (performance.now() - start > longestPauseMs) return undefined;
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    return counts;
  }

  /** The answer to a normal review: whoever is told to try again does so, as an API server would. */
  async function answer(): Promise<Answer> {
    const deadline = performance.now() + 10_000;
    for (;;) {
      const answer = await send(serve, creation());
      if (answer.status !== 503 || performance.now() > deadline) return answer;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  it('stays below the limit of 320 MiB, and answers each, when 200 pods of 2.9 MB come at once', async function () {
    if (!existsSync('/proc/self/status')) return this.skip();
    const counts = await statusesOf(200, creation(padded(2_900_000)));
    if (counts) {
      const { 200: filled = 0, 503: later = 0 } = counts;
      expect(filled, 'answered').to.be.greaterThan(5);
      expect(later, 'told to try again').to.be.greaterThan(0);
      expect(filled + later).to.equal(200);
    }
    expect(memoryOf(serve.child.pid).most, 'MiB').to.be.below(320);
    expect(patchOf(await answer())).to.deep.equal(rayHeadPatch);
  });

  it('stays below that when 50 come that are larger than it reads', async function () {
    if (!existsSync('/proc/self/status')) return this.skip();
    const counts = await statusesOf(50, Buffer.alloc(7 * 1024 * 1024 + 1));
    if (counts) expect(counts).to.deep.equal({ 413: 50 });
    expect(memoryOf(serve.child.pid).most, 'MiB').to.be.below(320);
    expect(patchOf(await answer())).to.deep.equal(rayHeadPatch);
  });
});
