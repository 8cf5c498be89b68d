import { once } from 'node:events';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { type Issued, issueAuthority, issueCertificates, type Pair } from '../../src/certificates/issue.ts';
import { onlyFor } from '../../src/webhook/clientNames.ts';
import { contextOptions, createTlsServer } from '../../src/webhook/server.ts';
import { clientPair } from '../certificates/keyPairs.ts';
import { rejection } from '../kubernetes/poll.ts';
import { oneConnection, type SendOptions, send } from './client.ts';

describe('mutual TLS', () => {
  let [first, second]: Issued[] = [];
  let authority: Pair;
  let other: Pair;
  let apiServer: Pair;
  let server: Server;

  before(async () => {
    const now = new Date();
    const options = { hosts: ['127.0.0.1'], now, days: 1 };
    [first, second] = await Promise.all([issueCertificates(options), issueCertificates(options)]);
    [authority, other] = await Promise.all([issueAuthority(now, 1), issueAuthority(now, 1)]);
    apiServer = await clientPair(authority, 'kube-apiserver');
  });

  afterEach(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });

  async function start(names: readonly string[] = []): Promise<void> {
    const handler = onlyFor(names, (_, response) => response.end('welcome'));
    server = createTlsServer({ ...(first as Issued), clientCa: authority.cert }, handler);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }

  /** The status and text that a client with this certificate is answered with, or the code of its failure. */
  async function answerTo(client: Partial<Pair>, ca = first?.caCert ?? '', options: SendOptions = {}): Promise<string> {
    const { port } = server.address() as AddressInfo;
    const tls = { port, caCert: ca };
    try {
      const { status, body } = await send(tls, Buffer.from('{}'), { agent: false, ...client, ...options });
      return `${status} ${body.trim()}`;
    } catch (error) {
      return (error as { code: string }).code;
    }
  }

  /** TLS 1.3 tells a client only after its handshake; what was being sent may meet a closed connection first. */
  const refusals = [
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
    'ECONNRESET',
    'EPIPE',
  ];

  it('lets in every client of the authority', async () => {
    await start();
    expect(await answerTo(apiServer)).to.equal('200 welcome');
  });

  it('ends the handshake of a client without a certificate, or with one of another authority', async () => {
    await start();
    expect(await answerTo({})).to.be.oneOf(refusals);
    expect(await answerTo(await clientPair(other, 'kube-apiserver'))).to.be.oneOf(refusals);
  });

  it('goes on when the certificate of the server is exchanged', async () => {
    await start();
    server.setSecureContext(contextOptions({ ...(second as Issued), clientCa: authority.cert }));
    expect(await answerTo(apiServer, second?.caCert)).to.equal('200 welcome');
    expect(await answerTo({}, second?.caCert)).to.be.oneOf(refusals);
    expect(await answerTo(await clientPair(other, 'kube-apiserver'), second?.caCert)).to.be.oneOf(refusals);
  });

  it('goes by another authority when that is exchanged', async () => {
    await start();
    server.setSecureContext(contextOptions({ ...(first as Issued), clientCa: other.cert }));
    expect(await answerTo(apiServer)).to.be.oneOf(refusals);
    expect(await answerTo(await clientPair(other, 'kube-apiserver'))).to.equal('200 welcome');
  });

  it('lets in the names that it is given, as the common name or as an alternative one', async () => {
    await start(['kube-apiserver', 'front.example']);
    expect(await answerTo(apiServer)).to.equal('200 welcome');
    expect(await answerTo(await clientPair(authority, 'x', ['y.example', 'front.example']))).to.equal('200 welcome');
  });

  for (const [commonName, alternatives] of [
    ['kubelet', []],
    ['kube-apiserver.example', ['x.front.example']],
    ['x', ['y, DNS:kube-apiserver, DNS:z']],
    ['x, DNS:kube-apiserver', []],
  ] as const) {
    it(`answers 403 to a client called ${[commonName, ...alternatives].join(' and ')}`, async () => {
      await start(['kube-apiserver', 'front.example']);
      const client = await clientPair(authority, commonName.replaceAll(',', '\\,'), alternatives);
      expect(await answerTo(client)).to.equal('403 the client certificate is in the name of nobody who may call');
    });
  }

  it('knows a client by its certificate also when it resumes its session', async () => {
    await start(['kube-apiserver']);
    const agent = oneConnection();
    const { port } = server.address() as AddressInfo;
    const options = { agent, headers: { Connection: 'close' }, ...apiServer };
    for (let i = 0; i < 3; i++) {
      const answer = await send({ port, caCert: first?.caCert ?? '' }, Buffer.from('{}'), options);
      expect(answer.status).to.equal(200);
    }
    agent.destroy();
    expect(await rejection(send({ port, caCert: first?.caCert ?? '' }, Buffer.from('{}'), { agent: false }))).to.be.an(
      'error',
    );
  });
});
