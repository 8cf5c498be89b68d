import 'reflect-metadata';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate as Parsed,
} from '@peculiar/x509';
import { expect } from 'chai';
import {
  type Issued,
  issueAuthority,
  issueCertificates,
  issueLeaf,
  renewAuthority,
} from '../../src/certificates/issue.ts';

const now = new Date('2031-03-04T05:06:07.890Z');

describe('issueCertificates', () => {
  let issued: Issued;
  let ca: X509Certificate;
  let leaf: X509Certificate;

  before(async () => {
    const hosts = ['pod-hardener.pod-hardener-system.svc', 'localhost', '10.96.0.7', '::1'];
    issued = await issueCertificates({ hosts, now, days: 30 });
    ca = new X509Certificate(issued.caCert);
    leaf = new X509Certificate(issued.cert);
  });

  it('makes an authority that signs certificates of servers and of nobody below it', () => {
    expect(ca.ca).to.equal(true);
    expect(ca.subject).to.equal('CN=pod-hardener-ca');
    expect(ca.issuer).to.equal('CN=pod-hardener-ca');
    expect(ca.verify(ca.publicKey)).to.equal(true);
    const { extensions } = new Parsed(issued.caCert);
    const constraints = extensions.find((one) => one instanceof BasicConstraintsExtension);
    expect(constraints).to.include({ ca: true, pathLength: 0, critical: true });
    const usages = extensions.find((one) => one instanceof KeyUsagesExtension);
    expect(usages).to.include({ usages: KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, critical: true });
  });

  it('makes a certificate that is the authority’s, and no authority itself', () => {
    expect(leaf.ca).to.equal(false);
    expect(leaf.subject).to.equal('CN=pod-hardener');
    expect(leaf.checkIssued(ca)).to.equal(true);
    expect(leaf.verify(ca.publicKey)).to.equal(true);
    const { extensions } = new Parsed(issued.cert);
    const constraints = extensions.find((one) => one instanceof BasicConstraintsExtension);
    expect(constraints).to.include({ ca: false, critical: true });
  });

  it('makes it for servers only', () => {
    expect(leaf.keyUsage, 'the extended key usage').to.deep.equal(['1.3.6.1.5.5.7.3.1']);
    const usages = new Parsed(issued.cert).extensions.find((one) => one instanceof KeyUsagesExtension);
    expect(usages).to.include({ usages: KeyUsageFlags.digitalSignature, critical: true });
  });

  it('makes it for the hosts, names and addresses apart', () => {
    expect(leaf.subjectAltName).to.equal(
      'DNS:pod-hardener.pod-hardener-system.svc, DNS:localhost, IP Address:10.96.0.7, IP Address:0:0:0:0:0:0:0:1',
    );
    expect(leaf.checkHost('localhost')).to.equal('localhost');
    expect(leaf.checkIP('10.96.0.7')).to.equal('10.96.0.7');
    expect(leaf.checkIP('::1')).to.equal('::1');
    expect(leaf.checkHost('example.com')).to.equal(undefined);
  });

  it('names its own key and its issuer’s, as RFC 5280 asks and strict clients demand', () => {
    const identifiers = ({ extensions }: Parsed) => extensions.map(({ type }) => type);
    const [subjectKeyIdentifier, authorityKeyIdentifier] = ['2.5.29.14', '2.5.29.35'];
    expect(identifiers(new Parsed(issued.caCert))).to.include(subjectKeyIdentifier);
    expect(identifiers(new Parsed(issued.cert))).to.include(authorityKeyIdentifier);
  });

  for (const which of ['caCert', 'cert'] as const) {
    it(`makes the ${which} valid from an hour ago for as many days as it is told`, () => {
      const { validFrom, validTo } = new X509Certificate(issued[which]);
      expect(validFrom).to.equal('Mar  4 04:06:07 2031 GMT');
      expect(validTo).to.equal('Apr  3 05:06:07 2031 GMT');
    });

    it(`gives the ${which} a key of the curve P-256`, () => {
      const { publicKey } = new X509Certificate(issued[which]);
      expect(publicKey.asymmetricKeyType).to.equal('ec');
      expect(publicKey.asymmetricKeyDetails).to.deep.equal({ namedCurve: 'prime256v1' });
    });
  }

  it('numbers each certificate at random, positively and in at most 20 bytes', async () => {
    const more = await Promise.all(
      Array.from({ length: 20 }, () => issueCertificates({ hosts: ['localhost'], now, days: 1 })),
    );
    const numbers = more
      .flatMap(({ cert, caCert }) => [cert, caCert])
      .map((pem) => new X509Certificate(pem).serialNumber);
    expect(new Set(numbers).size).to.equal(40);
    for (const number of numbers) expect(number).to.match(/^[4-7][0-9A-F]{31}$/);
  });

  it('returns a key in PKCS #8 that belongs to the certificate, and forgets the authority’s', () => {
    expect(issued).to.have.all.keys('caCert', 'cert', 'key');
    expect(issued.key).to.match(/^-----BEGIN PRIVATE KEY-----\n[\s\S]+\n-----END PRIVATE KEY-----\n?$/);
    expect(issued.cert.match(/BEGIN CERTIFICATE/g)).to.have.lengthOf(1);
  });
});

describe('renewAuthority', () => {
  it('makes a certificate of the same key and name, so that old and new verify each other’s certificates', async () => {
    const old = await issueAuthority(now, 10);
    const later = new Date(now.getTime() + 7 * 86_400_000);
    const renewed = await renewAuthority(old.key, later, 10);
    expect(renewed.key).to.equal(old.key);
    expect(renewed.cert).not.to.equal(old.cert);
    expect(new X509Certificate(renewed.cert).validTo).to.equal('Mar 21 05:06:07 2031 GMT');
    for (const signer of [old, renewed]) {
      const { cert } = await issueLeaf(signer, { hosts: ['localhost'], now: later, days: 1 });
      for (const authority of [old, renewed]) {
        expect(new X509Certificate(cert).checkIssued(new X509Certificate(authority.cert))).to.equal(true);
        expect(new X509Certificate(cert).verify(new X509Certificate(authority.cert).publicKey)).to.equal(true);
      }
    }
  });
});

describe('issueLeaf', () => {
  it('makes no certificate that is valid longer than its authority', async () => {
    const authority = await issueAuthority(now, 10);
    const { cert } = await issueLeaf(authority, { hosts: ['localhost'], now, days: 90 });
    expect(new X509Certificate(cert).validTo).to.equal(new X509Certificate(authority.cert).validTo);
  });

  it('takes a key of the authority in SEC 1', async () => {
    const authority = await issueAuthority(now, 10);
    const key = createPrivateKey(authority.key).export({ type: 'sec1', format: 'pem' }).toString();
    const { cert } = await issueLeaf({ cert: authority.cert, key }, { hosts: ['localhost'], now, days: 1 });
    expect(new X509Certificate(cert).verify(new X509Certificate(authority.cert).publicKey)).to.equal(true);
  });
});
