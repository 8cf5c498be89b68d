import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { expect } from 'chai';
import { createLoad } from '../../src/webhook/app.ts';
import { until } from '../kubernetes/poll.ts';
import { connect, connectPlainly, head, patchOf, untilClosed } from './client.ts';
import { creation, rayHeadPatch } from './reviews.ts';
import { startWebhook, type Webhook } from './webhook.ts';

/** The first bytes of a TLS record that announces a handshake message of 512 bytes. */
const halfHandshake = Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 0xfc]);

describe('the webhook, kept waiting,', () => {
  /** In milliseconds: long enough for a normal request on a busy machine, and all are waited for at the same time. */
  const patience = { handshake: 1_600, silence: 1_500, headers: 1_500, request: 2_000 };
  let webhook: Webhook;
  let open: Socket[];
  let noHandshake: Promise<HangUp>;
  let halfOfOne: Promise<HangUp>;
  let silence: Promise<HangUp>;
  let headers: Promise<HangUp>;
  let body: Promise<HangUp>;

  /** What the other side said until it hung up, and how many milliseconds after it was called. */
  interface HangUp {
    readonly text: string;
    readonly milliseconds: number;
  }

  before(async () => {
    webhook = await startWebhook({ patience });
    open = [];
    silence = hangUp(connect, '');
    headers = hangUp(connect, 'POST /mutate HTTP/1.1\r\nHost: x\r\n', 'X-More: 1\r\n');
    body = hangUp(connect, head({ 'Content-Length': 9_999 }), ' ');
    noHandshake = hangUp(connectPlainly, '');
    halfOfOne = hangUp(connectPlainly, halfHandshake);
  });

  after(async () => {
    for (const socket of open) socket.destroy();
    await webhook.close();
  });

  async function hangUp(call: (webhook: Webhook) => Promise<Socket>, first: string | Buffer, more?: string) {
    const start = performance.now();
    const socket = await call(webhook);
    open.push(socket);
    const said = untilClosed(socket);
    if (first.length > 0) socket.write(first);
    const trickle = more === undefined ? undefined : setInterval(() => socket.write(more), 20);
    const text = await said;
    clearInterval(trickle);
    return { text, milliseconds: performance.now() - start };
  }

  it('answers a normal request meanwhile', async () => {
    await until('all wait', () => open.length === 5);
    expect(patchOf(await webhook.post(creation()))).to.deep.equal(rayHeadPatch);
    expect(open.filter(({ closed }) => closed)).to.deep.equal([]);
  });

  it('hangs up on a connection on which no handshake begins', async () => {
    expect((await noHandshake).milliseconds).to.be.within(1_500, 4_500);
  });

  it('hangs up on half a handshake', async () => {
    expect((await halfOfOne).milliseconds).to.be.within(1_500, 4_500);
  });

  it('hangs up on a connection that is silent after its handshake', async () => {
    const { text, milliseconds } = await silence;
    expect(milliseconds).to.be.within(1_400, 10_000);
    expect(text).to.be.oneOf(['', 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n']);
  });

  it('hangs up on headers that do not end', async () => {
    expect((await headers).milliseconds).to.be.within(1_400, 10_000);
  });

  it('hangs up on a body that does not end, and counts it', async () => {
    const { text, milliseconds } = await body;
    expect(milliseconds).to.be.within(1_900, 10_000);
    expect(text).to.match(/^HTTP\/1\.1 4\d\d /);
    await until('it is counted', () => webhook.replies.some(({ error }) => error?.message === 'the body broke off'));
  });

  it('counts a client that goes away before it is answered', async () => {
    let release = () => {};
    const held = new Promise<undefined>((resolve) => {
      release = () => resolve(undefined);
    });
    const slow = await startWebhook({ findPolicy: () => held });
    try {
      const body = creation();
      const socket = await connect(slow);
      socket.write(Buffer.concat([Buffer.from(head({ 'Content-Length': body.length })), body]));
      const { begun, gone } = nextRequestOf(slow);
      await begun;
      socket.destroy();
      await gone;
      release();
      await until('it is counted', () => slow.replies.length === 1);
      expect(slow.replies[0]?.error).to.include({ message: 'the client went away before it was answered' });
    } finally {
      await slow.close();
    }
  });
});

/** Resolve when the webhook's next request has begun, and when its connection has ended. */
function nextRequestOf({ server }: Webhook) {
  let end: Promise<void> = Promise.resolve();
  const begun = new Promise<void>((resolve) => {
    server.once('request', ({ socket }) => {
      end = new Promise((ended) => socket.once('close', () => ended()));
      resolve();
    });
  });
  return { begun, gone: begun.then(() => end) };
}

describe('the webhook, beset by many,', () => {
  let webhook: Webhook;
  let sockets: (Socket | TLSSocket)[];

  beforeEach(async () => {
    webhook = await startWebhook({ load: { ...createLoad(), maxRequests: 20 } });
    sockets = [];
  });

  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await webhook.close();
  });

  async function expectAnswer(): Promise<void> {
    const start = performance.now();
    const answer = await webhook.post(creation());
    expect(answer).to.include({ status: 200 });
    expect(performance.now() - start, 'milliseconds: as long as an API server waits').to.be.below(3_000);
  }

  it('answers a normal request beside 500 silent connections', async () => {
    sockets = await Promise.all(Array.from({ length: 500 }, () => connectPlainly(webhook)));
    await expectAnswer();
  });

  it('answers a normal request beside 100 connections that are silent after their handshake', async () => {
    sockets = await Promise.all(Array.from({ length: 100 }, () => connect(webhook)));
    await expectAnswer();
  });

  it('answers a normal request beside as many bodies as there may be bytes, announced and not coming', async () => {
    sockets = await Promise.all(Array.from({ length: 32 }, () => connect(webhook)));
    await announce(2 * 1024 * 1024);
    await expectAnswer();
  });

  it('answers a normal request beside as many bodies as there may be requests, announced and not coming', async () => {
    sockets = await Promise.all(Array.from({ length: 20 }, () => connect(webhook)));
    await announce(1);
    await expectAnswer();
  });

  /** Resolves when on every connection a body of the size has been announced. */
  async function announce(size: number): Promise<void> {
    let begun = 0;
    webhook.server.on('request', () => begun++);
    for (const socket of sockets) socket.write(head({ 'Content-Length': size }));
    await until('all have begun', () => begun === sockets.length);
  }
});
