import { expect } from 'chai';
import { watchConnectionAge } from '../../src/webhook/connectionAge.ts';
import { connect, oneConnection, untilClosed } from './client.ts';
import { creation } from './reviews.ts';
import { startWebhook, type Webhook } from './webhook.ts';

describe('a connection', () => {
  let webhook: Webhook;

  before(async () => {
    webhook = await startWebhook();
  });

  after(() => webhook.close());

  it('may be idle for longer than the 90 s for which the API server keeps it', () => {
    expect(webhook.server.keepAliveTimeout).to.equal(120_000);
  });

  it('has 10 s for the headers of a request and 15 s for the whole', () => {
    expect(webhook.server.headersTimeout).to.equal(10_000);
    expect(webhook.server.requestTimeout).to.equal(15_000);
  });

  it('carries one review after another', async () => {
    const agent = oneConnection();
    const [first, second] = [await webhook.post(creation(), { agent }), await webhook.post(creation(), { agent })];
    agent.destroy();
    for (const { status, headers } of [first, second]) {
      expect(status).to.equal(200);
      expect(headers.connection).to.equal('keep-alive');
      expect(headers['keep-alive']).to.equal('timeout=120');
    }
    expect(second.from).to.equal(first.from);
  });

  it('survives a fault of whoever is told of the reply', async () => {
    const observe = () => {
      throw new Error('it cannot be counted');
    };
    const faulty = await startWebhook({ observe });
    const agent = oneConnection();
    try {
      const [first, second] = [await faulty.post(creation(), { agent }), await faulty.post(creation(), { agent })];
      expect([first.status, second.status]).to.deep.equal([200, 200]);
      expect(second.from).to.equal(first.from);
    } finally {
      agent.destroy();
      await faulty.close();
    }
  });

  it('ends when its client asks for that', async () => {
    const answer = await webhook.post(creation(), { headers: { Connection: 'close' }, agent: oneConnection() });
    expect(answer.headers.connection).to.equal('close');
  });

  it('speaks HTTP/1.1 only', async () => {
    const socket = await connect(webhook, { ALPNProtocols: ['h2', 'http/1.1'] });
    expect(socket.alpnProtocol).to.equal('http/1.1');
    socket.destroy();
  });

  it('carries HTTP/1.0 too, once', async () => {
    const body = creation();
    const socket = await connect(webhook);
    const said = untilClosed(socket);
    socket.write(
      `POST /mutate HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(await said).to.match(/^HTTP\/1\.1 200 OK\r\n/);
  });
});

describe('watchConnectionAge', () => {
  let webhook: Webhook;
  let now = 1_000_000;
  let random = 0.5;

  before(async () => {
    webhook = await startWebhook({
      prepare: (server) => ({
        isLast: watchConnectionAge(
          server,
          () => now,
          () => random,
        ),
      }),
    });
  });

  after(() => webhook.close());

  it('ends a connection with the first reply after its age, which is 5 to 10 minutes', async () => {
    const agent = oneConnection();
    const ask = async () => {
      const { status, headers, from } = await webhook.post(creation(), { agent });
      expect(status).to.equal(200);
      return { connection: headers.connection, from };
    };
    const { connection, from } = await ask();
    expect(connection).to.equal('keep-alive');
    now += 450_000;
    expect(await ask()).to.deep.equal({ connection: 'keep-alive', from });
    now += 1;
    expect(await ask()).to.deep.equal({ connection: 'close', from });
    const next = await ask();
    expect(next.connection).to.equal('keep-alive');
    expect(next.from).to.not.equal(from);
    agent.destroy();
  });

  it('gives each connection an age of its own, so that not all end at once', async () => {
    const [young, old] = [oneConnection(), oneConnection()];
    random = 0;
    await webhook.post(creation(), { agent: old });
    random = 0.999;
    await webhook.post(creation(), { agent: young });
    now += 300_001;
    expect((await webhook.post(creation(), { agent: old })).headers.connection).to.equal('close');
    expect((await webhook.post(creation(), { agent: young })).headers.connection).to.equal('keep-alive');
    now += 299_700;
    expect((await webhook.post(creation(), { agent: young })).headers.connection).to.equal('close');
    for (const agent of [young, old]) agent.destroy();
  });

  it('ends a connection with a reply that refuses, too', async () => {
    const agent = oneConnection();
    await webhook.post(creation(), { agent });
    now += 600_001;
    const { status, headers } = await webhook.post(Buffer.from('{'), { agent });
    expect({ status, connection: headers.connection }).to.deep.equal({ status: 400, connection: 'close' });
    agent.destroy();
  });
});
