import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect } from 'chai';
import type { ServingCertificate } from '../../src/commands/servingCertificate.ts';
import { createTlsFront, type TlsFront } from '../../src/commands/tlsFront.ts';
import { servedFingerprint } from '../../src/webhook/dial.ts';
import { freshPair, rsaPair } from '../certificates/keyPairs.ts';
import { rejection, until } from '../kubernetes/poll.ts';

describe('createTlsFront', () => {
  let front: TlsFront;
  let lines: string[];
  let exchanges: number[];
  let first: ServingCertificate;
  let second: ServingCertificate;

  before(async () => {
    [first, second] = (await Promise.all([freshPair(), freshPair()])).map((pair, index) => ({
      ...pair,
      notAfter: index,
    })) as [ServingCertificate, ServingCertificate];
  });

  afterEach(() => front.close());

  function create(port = 0, host = '127.0.0.1'): void {
    [lines, exchanges] = [[], []];
    front = createTlsFront({
      port,
      host,
      clientCa: undefined,
      handlerFor: () => (_, response) => response.end(),
      onExchange: (notAfter) => exchanges.push(notAfter),
      log: (_, message) => lines.push(message),
    });
  }

  it('opens its port with the first certificate, and exchanges it for the next', async () => {
    create();
    expect(front.notAfter()).to.equal(undefined);
    front.serve(first);
    const server = await front.open;
    expect(await servedFingerprint(server)).to.equal(new X509Certificate(first.cert).fingerprint256);
    expect(exchanges).to.deep.equal([]);
    front.serve(second);
    expect(await servedFingerprint(server)).to.equal(new X509Certificate(second.cert).fingerprint256);
    expect(exchanges).to.deep.equal([1]);
    expect(front.notAfter()).to.equal(1);
  });

  it('finds out by a call to itself that an exchange has broken its port', async () => {
    create();
    front.serve(first);
    await front.open;
    // OpenSSL keeps one key for each kind, and takes this for a certificate that has not got its key yet.
    front.serve({ ...second, key: (await rsaPair()).key });
    await until('it says so', () => lines.length === 1);
    expect(lines).to.deep.equal(['We could not reach ourselves after the exchange of the certificate.']);
    front.serve(first);
    expect(await servedFingerprint(await front.open)).to.equal(new X509Certificate(first.cert).fingerprint256);
  });

  it('reaches itself on every address that it may listen to', async () => {
    for (const host of ['0.0.0.0', 'localhost']) {
      create(0, host);
      front.serve(first);
      expect(await servedFingerprint(await front.open)).to.equal(new X509Certificate(first.cert).fingerprint256);
      front.close();
    }
  });

  it('says when its port cannot be opened', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    create((holder.address() as AddressInfo).port);
    front.serve(first);
    expect(await rejection(front.open)).to.include({ code: 'EADDRINUSE' });
    holder.close();
  });

  it('has nothing to drain before it has a certificate', async () => {
    create();
    const begin = performance.now();
    await front.drain({ delayMs: 60_000, graceMs: 60_000 });
    expect(performance.now() - begin).to.be.below(1_000);
  });
});
