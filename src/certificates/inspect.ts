import tls from 'node:tls';
import { certificatesIn, isSignedBy, keyIn, validityOf } from './pem.ts';

/** A certificate that may be served, and until when, in milliseconds since 1970. */
export interface Inspected {
  readonly notAfter: number;
}

/** What the texts are called in errors. */
export interface Wording {
  readonly cert: string;
  readonly key: string;
}

const files: Wording = { cert: 'certificate file', key: 'key file' };

/**
 * What is to be known of a certificate chain and its key before they are served. Throws an Error with one sentence
 * when they cannot be: exchanging a server's certificate for a broken pair does not fail, but every later handshake does.
 */
export function inspectKeyPair(cert: string, key: string, now: number, wording: Wording = files): Inspected {
  const [leaf] = certificatesIn(cert, wording.cert);
  if (!leaf.checkPrivateKey(keyIn(key, wording.key))) {
    throw new Error('the private key does not belong to the certificate');
  }
  const { notBefore, notAfter } = validityOf(leaf);
  if (now < notBefore) throw new Error(`the certificate is not valid before ${new Date(notBefore).toISOString()}`);
  if (now >= notAfter) throw new Error(`the certificate expired at ${new Date(notAfter).toISOString()}`);
  tls.createSecureContext({ cert, key });
  return { notAfter };
}

/** What a client sees, and what it goes by. */
export interface Presented {
  readonly cert: string;
  readonly key: string;
  /** The authorities that clients trust, in PEM. */
  readonly bundle: string;
  /** The names by which clients call. */
  readonly names: readonly string[];
}

/**
 * The same for a certificate whose clients are known: it must be for all their names, and signed by an authority that
 * they trust and that is valid now.
 */
export function inspectPresented({ cert, key, bundle, names }: Presented, now: number, wording: Wording): Inspected {
  const inspected = inspectKeyPair(cert, key, now, wording);
  const [leaf] = certificatesIn(cert, wording.cert);
  const missing = names.find((name) => leaf.checkHost(name) === undefined);
  if (missing !== undefined) throw new Error(`the certificate is not for ${missing}`);
  const authority = certificatesIn(bundle, 'CA bundle').find((one) => isSignedBy(leaf, one) && isValid(one, now));
  if (authority === undefined)
    throw new Error('no authority in the CA bundle that is valid now signed the certificate');
  return inspected;
}

function isValid(certificate: Parameters<typeof validityOf>[0], now: number): boolean {
  const { notBefore, notAfter } = validityOf(certificate);
  return notBefore <= now && now < notAfter;
}

/** Throws an Error with one sentence when the text holds no authorities by which clients can be known. */
export function inspectAuthorities(pem: string): void {
  const what = 'file of client authorities';
  const other = certificatesIn(pem, what).find(({ ca }) => !ca);
  if (other !== undefined) throw new Error(`the ${what} holds a certificate that is no authority's`);
  tls.createSecureContext({ ca: pem });
}
