import { X509Certificate } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Issued } from '../../src/certificates/issue.ts';
import {
  makeCertificate,
  readCertificate,
  type ServingCertificate,
  watchCertificate,
} from '../../src/commands/servingCertificate.ts';
import type { KeyPair } from '../../src/webhook/server.ts';
import { expiredPair, freshPair, rsaPair } from '../certificates/keyPairs.ts';
import { rejection, until } from '../kubernetes/poll.ts';
import { parseExposition } from '../metrics/exposition.ts';
import { type ListeningProcess, listening, type ServeProcess, startServe } from '../webhook/child.ts';
import { connect, oneConnection, send } from '../webhook/client.ts';
import { creation } from '../webhook/reviews.ts';

describe('the certificate that is served', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pod-hardener-'));
  });

  after(() => rm(folder, { recursive: true }));

  /** Writes a pair into two files, each in one step. */
  function writePair(name: string, { cert, key }: KeyPair): { readonly certFile: string; readonly keyFile: string } {
    const [certFile, keyFile] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
    for (const [file, text] of [
      [keyFile, key],
      [certFile, cert],
    ] as const) {
      writeFileSync(`${file}.new`, text);
      renameSync(`${file}.new`, file);
    }
    return { certFile, keyFile };
  }

  describe('readCertificate', () => {
    it('returns what is in the files, and until when it is valid', async () => {
      const pair = await freshPair();
      const { certFile, keyFile } = writePair('read', pair);
      const { cert, key, notAfter } = await readCertificate(certFile, keyFile, Date.now());
      expect({ cert, key }).to.deep.equal({ cert: pair.cert, key: pair.key });
      expect(notAfter).to.equal(Date.parse(new X509Certificate(pair.cert).validTo));
    });

    it('rejects for a file that is not there, and for an expired certificate', async () => {
      const { certFile, keyFile } = writePair('expired', await expiredPair());
      expect(await rejection(readCertificate(certFile, join(folder, 'none'), Date.now()))).to.include({
        code: 'ENOENT',
      });
      const expired = await rejection(readCertificate(certFile, keyFile, Date.now()));
      expect(String(expired)).to.match(/^Error: the certificate expired at \d{4}-\d\d-\d\dT[\d:.]+Z$/);
    });
  });

  describe('makeCertificate', () => {
    it('makes one for loopback and for the host, and tells clients what to trust', async () => {
      const lines: unknown[] = [];
      const made = await makeCertificate('webhook.example', (...line) => lines.push(line));
      const hosts = ['localhost', '127.0.0.1', '::1', 'webhook.example'];
      const caBundle = Buffer.from(made.caCert ?? '').toString('base64');
      expect(lines).to.deep.equal([
        ['info', 'A certificate was made in memory; clients need this caBundle.', { hosts, caBundle }],
      ]);
      const certificate = new X509Certificate(made.cert);
      expect(certificate.checkHost('webhook.example')).to.equal('webhook.example');
      expect(certificate.checkIssued(new X509Certificate(made.caCert ?? ''))).to.equal(true);
      expect(made.notAfter).to.equal(Date.parse(certificate.validTo));
    });
  });

  describe('when its files change', () => {
    /** The pairs that must not be served, and what is said of each. */
    const refused: Readonly<Record<string, RegExp>> = {
      'the key of another': /^the private key does not belong to the certificate$/,
      'an RSA certificate beside an EC key': /^the private key does not belong to the certificate$/,
      'a certificate that is cut': /^the certificate file holds no certificate in PEM$/,
      'an empty certificate': /^the certificate file holds no certificate in PEM$/,
      'an empty key': /^the key file holds no private key in PEM that can be read$/,
      'an expired certificate': /^the certificate expired at /,
      'a certificate of 1 MB': /^the certificate file is larger than 65536 bytes$/,
    };
    const taken: ServingCertificate[] = [];
    const said: Record<string, string[]> = {};
    const stops: (() => void)[] = [];
    let [first, second]: Issued[] = [];
    let started: ServeProcess | undefined;
    let serve: ListeningProcess;

    before(async () => {
      const [one, two, expired, rsa] = await Promise.all([freshPair(), freshPair(), expiredPair(), rsaPair()]);
      [first, second] = [one, two];
      const pairs: Record<string, KeyPair> = {
        'the key of another': { cert: one.cert, key: two.key },
        'an RSA certificate beside an EC key': { cert: rsa.cert, key: one.key },
        'a certificate that is cut': { cert: two.cert.slice(0, -60), key: two.key },
        'an empty certificate': { cert: '', key: one.key },
        'an empty key': { cert: one.cert, key: '' },
        'an expired certificate': expired,
        'a certificate of 1 MB': { cert: two.cert + '\n'.repeat(1_000_000), key: two.key },
      };
      for (const [index, [what, pair]] of Object.entries(pairs).entries()) {
        const messages: string[] = [];
        said[what] = messages;
        const files = writePair(`bad-${index}`, one);
        stops.push(
          watchCertificate(
            files,
            one,
            (certificate) => taken.push(certificate),
            ({ message }) => messages.push(message),
          ),
        );
        writePair(`bad-${index}`, pair);
      }
      const { certFile, keyFile } = writePair('served', one);
      const namespaces = join(folder, 'namespaces.yaml');
      writeFileSync(namespaces, 'apiVersion: v1\nkind: Namespace\nmetadata: {name: team}\n');
      const options = ['--standalone', '--namespaces', namespaces, '--port', '0', '--metrics-port', '0'];
      started = startServe([...options, '--tls-cert-file', certFile, '--tls-key-file', keyFile]);
      serve = { ...(await listening(started)), caCert: one.caCert };
    });

    after(() => {
      for (const stop of stops) stop();
      started?.child.kill('SIGKILL');
    });

    async function served(caCert: string): Promise<string | undefined> {
      const socket = await connect({ ...serve, caCert });
      const certificate = socket.getPeerX509Certificate();
      socket.destroy();
      return certificate?.toString().trim();
    }

    async function expectMetrics(success: number, failure: number, certificate: string): Promise<void> {
      const { value } = parseExposition((await serve.page('/metrics')).text);
      expect(value('pod_hardener_certificate_reloads_total', { result: 'success' }), 'success').to.equal(success);
      expect(value('pod_hardener_certificate_reloads_total', { result: 'failure' }), 'failure').to.equal(failure);
      const notAfter = value('pod_hardener_certificate_not_after_timestamp_seconds', { certificate: 'serving' });
      expect(notAfter).to.equal(Date.parse(new X509Certificate(certificate).validTo) / 1000);
    }

    it('stays while the new one cannot be served, which is counted', async () => {
      const last = () => serve.log().at(-1);
      writePair('served', { cert: first?.cert ?? '', key: second?.key ?? '' });
      await until('it is refused', () => last()?.level === 'error');
      expect(last()).to.include({
        message: 'The certificate was not exchanged; the last one stays.',
        error: 'the private key does not belong to the certificate',
      });
      expect(await served(first?.caCert ?? '')).to.equal(first?.cert.trim());
      await expectMetrics(0, 1, first?.cert ?? '');
    });

    it('is exchanged for a good one, and no open connection is dropped', async () => {
      const agent = oneConnection();
      const before = await send(serve, creation(), { agent });
      expect(before.status).to.equal(200);
      writePair('served', { cert: second?.cert ?? '', key: second?.key ?? '' });
      await until('it is exchanged', () => serve.log().at(-1)?.message === 'The certificate was exchanged.');
      expect(await served(second?.caCert ?? '')).to.equal(second?.cert.trim());
      const after = await send(serve, creation(), { agent });
      expect(after).to.include({ status: 200, from: before.from });
      agent.destroy();
      await expectMetrics(1, 1, second?.cert ?? '');
      expect((await serve.page('/readyz')).status).to.equal(200);
    });

    it('is exchanged without TLS 1.1 coming back', async () => {
      const server = { ...serve, caCert: second?.caCert ?? '' };
      const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
      expect(await rejection(connect(server, old))).to.include({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' });
      const socket = await connect(server, { maxVersion: 'TLSv1.2' });
      expect(socket.getProtocol()).to.equal('TLSv1.2');
      socket.destroy();
    });

    for (const [what, sentence] of Object.entries(refused)) {
      it(`stays when the new one is ${what}, and that is said once`, async () => {
        await until('it is refused', () => said[what]?.length === 1);
        expect(said[what]?.[0]).to.match(sentence);
        expect(taken).to.deep.equal([]);
      });
    }
  });
});
