import { once } from 'node:events';
import { expect } from 'chai';
import type { Policy } from '../../src/admission/namespacePolicy.ts';
import { type DrainOptions, drain } from '../../src/webhook/drain.ts';
import { rejection, until } from '../kubernetes/poll.ts';
import { policyFor } from '../requests.ts';
import { type Answer, connect, connectPlainly, oneConnection, patchOf, untilClosed } from './client.ts';
import { creation, rayHead, rayHeadPatch } from './reviews.ts';
import { startWebhook, type Webhook } from './webhook.ts';

describe('drain', () => {
  let webhook: Webhook;
  let draining: boolean;
  let waiting: ((policy: Policy) => void)[];
  const policy = policyFor('restricted');
  /** The review of a pod in a namespace of which the policy is known only when the test says so. */
  const slow = creation(rayHead, { namespace: 'slow' });

  beforeEach(async () => {
    draining = false;
    waiting = [];
    webhook = await startWebhook({
      patience: { handshake: 300 },
      isLast: () => draining,
      findPolicy: (namespace) => (namespace === 'slow' ? new Promise((resolve) => waiting.push(resolve)) : policy),
    });
  });

  afterEach(() => webhook.close());

  /** Begins to drain; the milliseconds that it takes. */
  async function begin(options: DrainOptions): Promise<number> {
    const start = performance.now();
    draining = true;
    await drain(webhook.server, options);
    return performance.now() - start;
  }

  function expectLast(answer: Answer): void {
    expect(answer.status).to.equal(200);
    expect(patchOf(answer)).to.deep.equal(rayHeadPatch);
    expect(answer.headers.connection).to.equal('close');
  }

  it('answers what runs and what arrives during the delay, and closes', async () => {
    const agent = oneConnection();
    const kept = await webhook.post(creation(), { agent });
    expect(kept.headers.connection).to.equal('keep-alive');
    const running = webhook.post(slow);
    await until('it runs', () => waiting.length === 1);
    const drained = begin({ delayMs: 1_500, graceMs: 10_000 });
    const onKept = await webhook.post(creation(), { agent });
    expect(onKept.from, 'the connection that was there').to.equal(kept.from);
    expectLast(onKept);
    for (const _ of Array(5)) expectLast(await webhook.post(creation()));
    const arrived = webhook.post(slow);
    await until('it arrived', () => waiting.length === 2);
    await until('it listens no more', () => !webhook.server.listening);
    for (const resolve of waiting) resolve(policy);
    for (const answer of await Promise.all([running, arrived])) expectLast(answer);
    expect(await drained, 'after the delay, and not only after the grace').to.be.within(1_500, 9_000);
    expect(await rejection(webhook.post(creation()))).to.include({ code: 'ECONNREFUSED' });
  });

  it('goes on listening for the whole delay', async () => {
    const start = performance.now();
    const drained = begin({ delayMs: 300, graceMs: 1_000 });
    const answered: Promise<Answer>[] = [];
    while (webhook.server.listening && performance.now() - start < 250) {
      answered.push(webhook.post(creation(), { agent: false }));
      await answered.at(-1);
    }
    expect(performance.now() - start).to.be.at.least(250);
    for (const answer of await Promise.all(answered)) expectLast(answer);
    await drained;
  });

  it('is not held up by connections that are idle', async () => {
    const agents = Array.from({ length: 10 }, oneConnection);
    for (const agent of agents) await webhook.post(creation(), { agent });
    expect(await begin({ delayMs: 0, graceMs: 5_000 })).to.be.below(1_000);
    for (const agent of agents) agent.destroy();
  });

  it('cuts a request that takes longer than the grace', async () => {
    const cut = rejection(webhook.post(slow));
    await until('it runs', () => waiting.length === 1);
    expect(await begin({ delayMs: 0, graceMs: 200 })).to.be.within(200, 1_000);
    expect(await cut).to.include({ code: 'ECONNRESET' });
  });

  it('is not held up beyond the grace by a connection that is silent after its handshake', async () => {
    const closed = untilClosed(await connect(webhook));
    expect(await begin({ delayMs: 0, graceMs: 200 })).to.be.below(1_000);
    await closed;
  });

  it('is held up by a connection without a handshake no longer than a handshake may take', async () => {
    const accepted = once(webhook.server, 'connection');
    const socket = await connectPlainly(webhook);
    await accepted;
    expect(await begin({ delayMs: 0, graceMs: 200 })).to.be.below(1_000);
    socket.destroy();
  });

  it('closes a server of which nobody asks anything at once', async () => {
    expect(await begin({ delayMs: 0, graceMs: 5_000 })).to.be.below(500);
  });
});
