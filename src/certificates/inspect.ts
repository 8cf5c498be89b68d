import { createPrivateKey, X509Certificate } from 'node:crypto';
import tls from 'node:tls';

/** A certificate that may be served, and until when, in milliseconds since 1970. */
export interface Inspected {
  readonly notAfter: number;
}

/** Larger than any real chain, and small enough that a hostile file costs nothing. */
const maxPemBytes = 64 * 1024;
const maxCertificates = 10;

/**
 * What is to be known of a certificate chain and its key before they are served. Throws an Error with one sentence
 * when they cannot be: exchanging a server's certificate for a broken pair does not fail, but every later handshake does.
 */
export function inspectKeyPair(cert: string, key: string, now: number): Inspected {
  for (const [name, pem] of [
    ['certificate', cert],
    ['key', key],
  ] as const) {
    if (Buffer.byteLength(pem) > maxPemBytes) throw new Error(`the ${name} file is larger than ${maxPemBytes} bytes`);
  }
  const chain = cert.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  if (chain.length === 0) throw new Error('the certificate file holds no certificate in PEM');
  if (chain.length > maxCertificates) throw new Error(`the chain has more than ${maxCertificates} certificates`);
  const [leaf] = chain.map(parseCertificate);
  if (!leaf) throw new Error('the certificate file holds no certificate in PEM');
  if (!leaf.checkPrivateKey(parseKey(key))) throw new Error('the private key does not belong to the certificate');
  const [notBefore, notAfter] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)];
  if (now < notBefore) throw new Error(`the certificate is not valid before ${new Date(notBefore).toISOString()}`);
  if (now >= notAfter) throw new Error(`the certificate expired at ${new Date(notAfter).toISOString()}`);
  tls.createSecureContext({ cert, key });
  return { notAfter };
}

function parseCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new Error('the certificate file holds a certificate that cannot be read');
  }
}

function parseKey(pem: string) {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error('the key file holds no private key in PEM that can be read');
  }
}
