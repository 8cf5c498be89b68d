import { once } from 'node:events';
import https from 'node:https';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { connect, connectPlainly, head, oneConnection, patchOf, untilClosed } from './client.ts';
import { creation, rayHead, rayHeadPatch } from './reviews.ts';
import { startWebhook, type Webhook } from './webhook.ts';

const limit = 7 * 1024 * 1024;

describe('the webhook, given bytes that are no review,', () => {
  let webhook: Webhook;

  before(async () => {
    webhook = await startWebhook();
  });

  afterEach('still answers a normal review', async () => {
    expect(patchOf(await webhook.post(creation()))).to.deep.equal(rayHeadPatch);
  });

  after(() => webhook.close());

  it('answers random ones 400, all on one connection', async () => {
    const agent = oneConnection();
    const ports = new Set<number | undefined>();
    const property = fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
      const { status, body, from } = await webhook.post(Buffer.from(bytes), { agent });
      ports.add(from);
      expect(status).to.equal(400);
      expect(body).to.be.oneOf(['the body is empty\n', 'the body is not JSON\n', 'the body is no AdmissionReview\n']);
    });
    await fc.assert(property, { numRuns: 100 });
    agent.destroy();
    expect(ports.size).to.equal(1);
  });

  it('answers any JSON 400', async () => {
    const agent = oneConnection();
    const property = fc.asyncProperty(fc.json({ maxDepth: 4 }), async (text) => {
      expect((await webhook.post(Buffer.from(text), { agent })).status).to.equal(400);
    });
    await fc.assert(property, { numRuns: 100 });
    agent.destroy();
  });

  it('answers a review 400 wherever it is cut', async () => {
    const agent = oneConnection();
    const whole = creation();
    for (let length = 1; length < whole.length; length += 37) {
      const { status, body } = await webhook.post(whole.subarray(0, length), { agent });
      expect(`${status} ${body}`, `the first ${length} bytes`).to.equal('400 the body is not JSON\n');
    }
    agent.destroy();
  });

  it('does not unpack a zip bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(16 * 1024 * 1024));
    const before = process.memoryUsage().arrayBuffers;
    expect((await webhook.post(bomb, { headers: { 'Content-Encoding': 'gzip' } })).status).to.equal(415);
    expect((await webhook.post(bomb)).status).to.equal(400);
    expect(process.memoryUsage().arrayBuffers - before).to.be.below(8 * 1024 * 1024);
  });

  it('survives JSON that is nested 20,000 deep, or a million', async () => {
    const nested = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth));
    expect((await webhook.post(nested(20_000))).body).to.equal('the body is no AdmissionReview\n');
    expect((await webhook.post(nested(1_000_000))).body).to.equal('the body has too many parts\n');
  });

  it('refuses a body of 7 MiB that would take a hundred times that in memory', async () => {
    const { status, body } = await webhook.post(Buffer.from(`[${'[],'.repeat(2_400_000)}[]]`));
    expect({ status, body }).to.deep.equal({ status: 413, body: 'the body has too many parts\n' });
  });

  it('refuses a pod of more than 1,000 containers, and fills one of 1,000', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `c${index}`, image: 'x' }));
    const withMany = (count: number) => creation({ ...rayHead, spec: { containers: many(count) } });
    expect((await webhook.post(withMany(1_001))).body).to.equal('request.object has more than 1000 containers\n');
    expect(patchOf(await webhook.post(withMany(1_000)))).to.have.length(1_002);
  });

  it('fills a pod of which a part that it does not look at is nested 20,000 deep', async () => {
    const mark = '"dashboard"';
    const nested = '{"a":'.repeat(20_000) + mark + '}'.repeat(20_000);
    const text = creation().toString();
    expect(text).to.include(mark);
    expect(patchOf(await webhook.post(Buffer.from(text.replace(mark, nested))))).to.deep.equal(rayHeadPatch);
  });

  it('is not polluted by a __proto__ or a constructor', async () => {
    const text = creation(rayHead).toString();
    const hostile = text.replace('"spec":{', '"spec":{"__proto__":{"polluted":1},"constructor":{"prototype":{}},');
    expect(patchOf(await webhook.post(Buffer.from(hostile)))).to.deep.equal(rayHeadPatch);
    expect(({} as { polluted?: number }).polluted).to.equal(undefined);
  });

  for (const [what, bytes] of [
    ['garbage', Buffer.from('\x00\x01\x02 garbage \xff\xfe\r\n\r\n', 'latin1')],
    ['plain HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['a TLS record that is longer than TLS allows', Buffer.from([22, 3, 1, 0xff, 0xff, ...Array(600).fill(1)])],
  ] as const) {
    it(`hangs up on ${what} in place of a handshake`, async () => {
      const socket = await connectPlainly(webhook);
      const said = untilClosed(socket);
      socket.write(bytes);
      expect(await said).to.not.include('HTTP/1.1 200');
    });
  }

  it('hangs up on garbage behind a handshake', async () => {
    const socket = await connect(webhook);
    const said = untilClosed(socket);
    socket.write('\x00\x01 no HTTP\r\n\r\n');
    expect(await said).to.match(/^HTTP\/1\.1 400 Bad Request\r\nConnection: close\r\n\r\n$/);
  });

  for (const [what, headers] of [
    ['both a length and chunks', { 'Content-Length': 5, 'Transfer-Encoding': 'chunked' }],
    ['a length that is no number', { 'Content-Length': 'many' }],
    ['a negative length', { 'Content-Length': -5 }],
    ['headers of 20 KB', { 'Content-Length': 0, 'X-Padding': 'x'.repeat(20_000) }],
  ] as const) {
    it(`hangs up on a request with ${what}`, async () => {
      const socket = await connect(webhook);
      const said = untilClosed(socket);
      socket.write(head(headers));
      expect(await said).to.match(/^HTTP\/1\.1 4(00|31) .*\r\nConnection: close\r\n/);
    });
  }

  it('hangs up when a body is longer than it was announced', async () => {
    const socket = await connect(webhook);
    const said = untilClosed(socket);
    socket.write(`${head({ 'Content-Length': 2 })}{}behind it`);
    expect(await said).to.match(/^HTTP\/1\.1 400 /);
  });

  it('counts a body that breaks off as one that could not be decoded', async () => {
    const known = webhook.replies.length;
    const socket = await connect(webhook);
    const said = untilClosed(socket);
    socket.write(`${head({ 'Content-Length': 1000 })}{"half":`);
    socket.end();
    await said;
    const reply = webhook.replies[known];
    expect(reply?.error).to.include({ stage: 'decode', message: 'the body broke off' });
  });
});

describe('the webhook, given a body above the limit,', () => {
  let webhook: Webhook;

  before(async () => {
    webhook = await startWebhook();
  });

  after(() => webhook.close());

  const sentence = 'the body is larger than 7340032 bytes\n';

  it('reads one of exactly the limit', async () => {
    const body = Buffer.alloc(limit, ' ');
    body.write('{}');
    expect((await webhook.post(body)).body).to.equal('the body is no AdmissionReview\n');
  });

  it('answers 413 by what is announced, before a byte of it has come, and hangs up with its sender', async () => {
    const socket = await connect(webhook);
    const said = untilClosed(socket);
    socket.once('data', () => socket.end());
    socket.write(head({ 'Content-Length': limit + 1 }));
    const answer = await said;
    expect(answer).to.match(/^HTTP\/1\.1 413 Payload Too Large\r\n/);
    expect(answer).to.match(/\r\nConnection: close\r\n/);
    expect(answer.endsWith(sentence)).to.equal(true);
    expect(webhook.replies.at(-1)?.error).to.include({ stage: 'too_large' });
  });

  it('hears a sender out who goes on sending after the 413, so that the answer is not lost in a reset', async () => {
    const socket = await connect(webhook);
    const errors: Error[] = [];
    socket.on('error', (error) => errors.push(error));
    let rest = limit + 1;
    socket.once('data', () => {
      const sendMore = () => {
        while (rest > 0) {
          const size = Math.min(rest, piece.length);
          rest -= size;
          if (!socket.write(piece.subarray(0, size))) return socket.once('drain', sendMore);
        }
        return undefined;
      };
      sendMore();
    });
    const said = untilClosed(socket);
    socket.write(head({ 'Content-Length': limit + 1 }));
    expect(await said).to.match(/^HTTP\/1\.1 413 Payload Too Large\r\n/);
    expect({ rest, errors }).to.deep.equal({ rest: 0, errors: [] });
  });

  it('answers 413 and hangs up when chunks grow above it', async () => {
    const answer = await sendSteadily(webhook, {});
    expect(answer).to.include({ status: 413, connection: 'close', body: sentence });
  });

  it('lets the sender of a body that it announced see the answer', async () => {
    for (const _ of Array(5)) {
      const answer = await webhook.post(Buffer.alloc(limit + 1));
      expect(answer).to.include({ status: 413, body: sentence });
      expect(answer.headers.connection).to.equal('close');
    }
  });

  it('does not take a short announcement for the whole', async () => {
    const socket = await connect(webhook);
    const said = untilClosed(socket);
    socket.write(head({ 'Content-Length': 2 }));
    socket.write(Buffer.alloc(limit, '{}'));
    expect(await said).to.match(/^HTTP\/1\.1 400 /);
  });

  it('keeps its memory when 50 come at once, announced or in chunks', async () => {
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 10);
    const announcing = { 'Content-Length': limit + 1 };
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => sendSteadily(webhook, index % 2 ? announcing : {})),
    );
    clearInterval(watch);
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].sort(), 'too large, or too much at once').to.deep.equal([413, 503]);
    expect((peak - before) / 1024 / 1024, 'MiB').to.be.below(200);
    expect(patchOf(await webhook.post(creation()))).to.deep.equal(rayHeadPatch);
  });
});

const piece = Buffer.alloc(64 * 1024);

/** Sends one byte more than the limit, no faster than it is taken, and not beyond the answer. */
async function sendSteadily({ port, caCert: ca }: Webhook, extra: Readonly<Record<string, number>>) {
  const headers = { 'Content-Type': 'application/json', ...extra };
  const request = https.request({
    host: '127.0.0.1',
    port,
    ca,
    method: 'POST',
    path: '/mutate',
    headers,
    agent: false,
  });
  let answered = false;
  const closed = once(request, 'close');
  request.on('error', () => {});
  const answer = once(request, 'response').then(async ([response]) => {
    answered = true;
    let body = '';
    for await (const chunk of response) body += chunk;
    return { status: response.statusCode as number, connection: response.headers.connection as string, body };
  });
  for (let sent = 0; sent < limit && !answered; sent += piece.length) {
    if (!request.write(piece)) await Promise.race([once(request, 'drain'), answer, closed]);
  }
  if (!answered) request.end(' ');
  return answer;
}
