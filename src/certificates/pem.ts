import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';

/** Larger than any real chain, and small enough that a hostile file costs nothing. */
const maxPemBytes = 64 * 1024;
const maxCertificates = 10;

/**
 * The certificates in a PEM text, in order, at most ten. `what` names the text in errors. Throws an Error with one
 * sentence if there is none, if one cannot be read, and if the text is too large.
 */
export function certificatesIn(pem: string, what: string): readonly [X509Certificate, ...X509Certificate[]] {
  checkSize(pem, what);
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length > maxCertificates) throw new Error(`the ${what} has more than ${maxCertificates} certificates`);
  const [first, ...others] = blocks.map((block) => parseCertificate(block, what));
  if (first === undefined) throw new Error(`the ${what} holds no certificate in PEM`);
  return [first, ...others];
}

/** The private key in a PEM text. Throws an Error with one sentence if there is none, or one under a pass phrase. */
export function keyIn(pem: string, what: string): KeyObject {
  checkSize(pem, what);
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error(`the ${what} holds no private key in PEM that can be read`);
  }
}

/** From when and until when a certificate is valid, in milliseconds since 1970. */
export function validityOf({ validFrom, validTo }: X509Certificate): { notBefore: number; notAfter: number } {
  return { notBefore: Date.parse(validFrom), notAfter: Date.parse(validTo) };
}

/** Whether the authority has signed the certificate, whatever the time. */
export function isSignedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

function checkSize(pem: string, what: string): void {
  if (Buffer.byteLength(pem) > maxPemBytes) throw new Error(`the ${what} is larger than ${maxPemBytes} bytes`);
}

function parseCertificate(pem: string, what: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new Error(`the ${what} holds a certificate that cannot be read`);
  }
}
