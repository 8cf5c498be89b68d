import 'reflect-metadata';
import { createPrivateKey, randomBytes, type webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** What clients trust and what we present, in PEM. */
export interface Issued {
  readonly caCert: string;
  readonly cert: string;
  readonly key: string;
}

export interface IssueOptions {
  /** DNS names and IP addresses that the serving certificate is for. */
  readonly hosts: readonly string[];
  readonly now: Date;
  readonly days: number;
}

/** A certificate and its private key, in PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

type Keys = webcrypto.CryptoKeyPair;

/** Until when clocks that are behind ours may be: a certificate is valid this long before it is made. */
const skewMs = 60 * 60_000;
const dayMs = 86_400_000;
const authorityName = 'CN=pod-hardener-ca';
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/**
 * A fresh certificate authority and a serving certificate of it (ECDSA P-256, random serial numbers, RFC 5280).
 * The authority's key is forgotten at once: it signs nothing else.
 */
export async function issueCertificates({ hosts, now, days }: IssueOptions): Promise<Issued> {
  const authority = await issueAuthority(now, days);
  return { caCert: authority.cert, ...(await issueLeaf(authority, { hosts, now, days })) };
}

/** A fresh certificate authority for serving certificates. */
export async function issueAuthority(now: Date, days: number): Promise<Pair> {
  const keys = await makeKeys();
  return { cert: await certifyAuthority(keys, now, days), key: await toPem(keys.privateKey) };
}

/**
 * A new certificate of the authority whose private key it is, under the same name: what the old one signed is verified
 * by the new one, and the other way round.
 */
export async function renewAuthority(key: string, now: Date, days: number): Promise<Pair> {
  return { cert: await certifyAuthority(await readKeys(key), now, days), key };
}

/** A serving certificate with a fresh key, signed by the authority and valid no longer than that. */
export async function issueLeaf(authority: Pair, { hosts, now, days }: IssueOptions): Promise<Pair> {
  const [keys, caKeys] = await Promise.all([makeKeys(), readKeys(authority.key)]);
  const ca = new x509.X509Certificate(authority.cert);
  const validity = validityFrom(now, days);
  const leaf = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: 'CN=pod-hardener',
    issuer: ca.subject,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    signingAlgorithm: algorithm,
    notBefore: validity.notBefore,
    notAfter: new Date(Math.min(validity.notAfter.getTime(), ca.notAfter.getTime())),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
      new x509.SubjectAlternativeNameExtension(hosts.map(alternativeName)),
    ],
  });
  return { cert: `${leaf.toString('pem')}\n`, key: await toPem(keys.privateKey) };
}

async function certifyAuthority(keys: Keys, now: Date, days: number): Promise<string> {
  const usage = x509.KeyUsageFlags;
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: authorityName,
    keys,
    signingAlgorithm: algorithm,
    ...validityFrom(now, days),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(usage.keyCertSign | usage.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return `${ca.toString('pem')}\n`;
}

function validityFrom(now: Date, days: number) {
  return { notBefore: new Date(now.getTime() - skewMs), notAfter: new Date(now.getTime() + days * dayMs) };
}

/** 16 random bytes of which the first makes it positive and of full length. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

function makeKeys(): Promise<Keys> {
  return globalThis.crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<Keys>;
}

/** Throws when the text is no private key of the curve that we use. */
async function readKeys(pem: string): Promise<Keys> {
  const { subtle } = globalThis.crypto;
  const jwk = createPrivateKey(pem).export({ format: 'jwk' }) as webcrypto.JsonWebKey;
  const { d: _, ...publicJwk } = jwk;
  const [privateKey, publicKey] = await Promise.all([
    subtle.importKey('jwk', jwk, algorithm, true, ['sign']),
    subtle.importKey('jwk', publicJwk, algorithm, true, ['verify']),
  ]);
  return { privateKey, publicKey };
}

async function toPem(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await globalThis.crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

function alternativeName(host: string): { type: 'ip' | 'dns'; value: string } {
  return { type: /^[\d.]+$|:/.test(host) ? 'ip' : 'dns', value: host };
}
