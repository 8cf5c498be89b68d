import 'reflect-metadata';
import { createPrivateKey, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { type Issued, issueCertificates, type Pair } from '../../src/certificates/issue.ts';
import type { KeyPair } from '../../src/webhook/server.ts';

const day = 86_400_000;

/** A certificate for loopback that is valid now, as the webhook issues it for itself. */
export function freshPair(): Promise<Issued> {
  return issueCertificates({ hosts: ['127.0.0.1'], now: new Date(), days: 1 });
}

/** One that was valid for a day, two days ago. */
export function expiredPair(): Promise<Issued> {
  return issueCertificates({ hosts: ['127.0.0.1'], now: new Date(Date.now() - 2 * day), days: 1 });
}

let rsa: Promise<KeyPair> | undefined;

/** A certificate with an RSA key that it signs itself, made once for all tests. */
export function rsaPair(): Promise<KeyPair> {
  rsa ??= makeRsaPair();
  return rsa;
}

async function makeRsaPair(): Promise<KeyPair> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: 2048,
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=127.0.0.1',
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + day),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
  });
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { cert: certificate.toString('pem'), key };
}

/** A client's certificate that the authority signs, in these names. */
export async function clientPair(
  authority: Pair,
  commonName: string,
  alternatives: readonly string[] = [],
): Promise<Pair> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const { subtle } = webcrypto;
  const der = createPrivateKey(authority.key).export({ type: 'pkcs8', format: 'der' });
  const signingKey = await subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
  const keys = await subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const names = alternatives.map((value) => ({ type: 'dns' as const, value }));
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${commonName}`,
    issuer: new x509.X509Certificate(authority.cert).subject,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + day),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
    ],
  });
  const key = x509.PemConverter.encode(await subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { cert: certificate.toString('pem'), key };
}
