import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { inspectKeyPair } from '../../src/certificates/inspect.ts';
import { type Issued, issueCertificates } from '../../src/certificates/issue.ts';
import type { KeyPair } from '../../src/webhook/server.ts';
import { rsaPair } from './keyPairs.ts';

const now = new Date('2031-03-04T05:06:07Z');
const at = now.getTime();

describe('inspectKeyPair', () => {
  let good: Issued;
  let other: Issued;
  let rsa: KeyPair;

  before(async () => {
    const options = { hosts: ['localhost'], now, days: 30 };
    [good, other, rsa] = await Promise.all([issueCertificates(options), issueCertificates(options), rsaPair()]);
  });

  it('says until when a certificate is valid', () => {
    expect(inspectKeyPair(good.cert, good.key, at)).to.deep.equal({ notAfter: Date.UTC(2031, 3, 3, 5, 6, 7) });
  });

  it('goes by the first certificate of a chain, whatever is written between them', () => {
    const chain = `# ours\r\n${good.cert}\n\nits authority:\n${good.caCert}\n`;
    expect(inspectKeyPair(chain, `${good.key}\n`, at)).to.deep.equal({ notAfter: Date.UTC(2031, 3, 3, 5, 6, 7) });
  });

  it('takes an RSA key, and an EC key in SEC 1', () => {
    expect(inspectKeyPair(rsa.cert, rsa.key, Date.now()).notAfter).to.be.greaterThan(Date.now());
    const sec1 = createPrivateKey(good.key).export({ type: 'sec1', format: 'pem' }).toString();
    expect(sec1).to.include('BEGIN EC PRIVATE KEY');
    expect(inspectKeyPair(good.cert, sec1, at)).to.deep.equal({ notAfter: Date.UTC(2031, 3, 3, 5, 6, 7) });
  });

  it('takes a certificate up to the second before it expires', () => {
    const end = Date.UTC(2031, 3, 3, 5, 6, 7);
    expect(inspectKeyPair(good.cert, good.key, end - 1)).to.deep.equal({ notAfter: end });
    expect(() => inspectKeyPair(good.cert, good.key, end)).to.throw(
      'the certificate expired at 2031-04-03T05:06:07.000Z',
    );
  });

  it('refuses a certificate whose time has not come', () => {
    expect(() => inspectKeyPair(good.cert, good.key, at - 2 * 3_600_000)).to.throw(
      'the certificate is not valid before 2031-03-04T04:06:07.000Z',
    );
  });

  for (const [what, pairOf, sentence] of [
    ['an empty certificate', () => ['', good.key], 'the certificate file holds no certificate in PEM'],
    [
      'a key in place of the certificate',
      () => [good.key, good.key],
      'the certificate file holds no certificate in PEM',
    ],
    [
      'a certificate that is cut',
      () => [good.cert.slice(0, -100), good.key],
      'the certificate file holds no certificate in PEM',
    ],
    [
      'a certificate of which a line is missing',
      () => [good.cert.split('\n').toSpliced(3, 1).join('\n'), good.key],
      'the certificate file holds a certificate that cannot be read',
    ],
    [
      'a chain with a certificate that cannot be read',
      () => [`${good.cert}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`, good.key],
      'the certificate file holds a certificate that cannot be read',
    ],
    ['an empty key', () => [good.cert, ''], 'the key file holds no private key in PEM that can be read'],
    [
      'a key that is cut',
      () => [good.cert, good.key.slice(0, 100)],
      'the key file holds no private key in PEM that can be read',
    ],
    [
      'a certificate in place of the key',
      () => [good.cert, good.cert],
      'the key file holds no private key in PEM that can be read',
    ],
    [
      'a key under a pass phrase',
      () => [good.cert, encryptedKey()],
      'the key file holds no private key in PEM that can be read',
    ],
    ['the key of another', () => [good.cert, other.key], 'the private key does not belong to the certificate'],
    [
      'an RSA certificate and an EC key',
      () => [rsa.cert, good.key],
      'the private key does not belong to the certificate',
    ],
    [
      'an EC certificate and an RSA key',
      () => [good.cert, rsa.key],
      'the private key does not belong to the certificate',
    ],
    [
      'the authority before its certificate',
      () => [`${good.caCert}\n${good.cert}`, good.key],
      'the private key does not belong to the certificate',
    ],
    [
      'a certificate of 1 MB',
      () => [`${good.cert}\n${'#'.repeat(1_000_000)}`, good.key],
      'the certificate file is larger than 65536 bytes',
    ],
    [
      'a key of 1 MB',
      () => [good.cert, `${good.key}\n${'#'.repeat(1_000_000)}`],
      'the key file is larger than 65536 bytes',
    ],
    [
      'a chain of eleven',
      () => [`${good.cert}\n`.repeat(11), good.key],
      'the certificate file has more than 10 certificates',
    ],
  ] as const) {
    it(`refuses ${what}`, () => {
      const [cert, key] = pairOf() as [string, string];
      expect(() => inspectKeyPair(cert, key, at)).to.throw(Error, new RegExp(`^${sentence}$`));
    });
  }
});

function encryptedKey(): string {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
  }).privateKey;
}
