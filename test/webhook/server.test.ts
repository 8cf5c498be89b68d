import { X509Certificate } from 'node:crypto';
import type { ConnectionOptions } from 'node:tls';
import { expect } from 'chai';
import { contextOptions } from '../../src/webhook/server.ts';
import { freshPair, rsaPair } from '../certificates/keyPairs.ts';
import { rejection } from '../kubernetes/poll.ts';
import { connect, oneConnection } from './client.ts';
import { creation } from './reviews.ts';
import { loopbackCertificate, startWebhook, type Webhook } from './webhook.ts';

const old: ConnectionOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };

describe('createTlsServer', () => {
  let webhook: Webhook;

  before(async () => {
    webhook = await startWebhook();
  });

  after(() => webhook.close());

  async function expectGoodTlsOnly(caCert: string): Promise<void> {
    const server = { ...webhook, caCert };
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = await connect(server, { minVersion: version, maxVersion: version });
      expect(socket.getProtocol()).to.equal(version);
      socket.destroy();
    }
    expect(await rejection(connect(server, old))).to.include({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' });
    const cbc: ConnectionOptions = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA' };
    // OpenSSL 3.5, in newer versions of Node, calls the same alert ERR_SSL_SSL/TLS_….
    expect(await rejection(connect(server, cbc)))
      .to.have.property('code')
      .that.matches(/ALERT_HANDSHAKE_FAILURE$/);
  }

  it('speaks TLS 1.2 and 1.3, refuses 1.1, and has no ciphers without authentication of what they carry', async () => {
    await expectGoodTlsOnly(webhook.caCert);
  });

  it('stays with that when its certificate is exchanged, be it for one with an RSA key', async () => {
    for (const pair of [await freshPair(), await rsaPair()]) {
      webhook.server.setSecureContext(contextOptions(pair));
      await expectGoodTlsOnly('caCert' in pair ? String(pair.caCert) : pair.cert);
    }
  });

  it('keeps the connections that are open when its certificate is exchanged', async () => {
    const [first, second] = [await loopbackCertificate(), await freshPair()];
    webhook.server.setSecureContext(contextOptions(first));
    const agent = oneConnection();
    const before = await webhook.post(creation(), { agent });
    webhook.server.setSecureContext(contextOptions(second));
    const after = await webhook.post(creation(), { agent });
    agent.destroy();
    expect(after.status).to.equal(200);
    expect(after.from).to.equal(before.from);
    const socket = await connect({ ...webhook, caCert: second.caCert });
    expect(socket.getPeerX509Certificate()?.fingerprint256).to.equal(new X509Certificate(second.cert).fingerprint256);
    socket.destroy();
  });

  it('takes up to 4,096 connections', () => expect(webhook.server.maxConnections).to.equal(4096));
});
