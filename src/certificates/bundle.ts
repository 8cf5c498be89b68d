import type { X509Certificate } from 'node:crypto';
import { certificatesIn, isSignedBy, validityOf } from './pem.ts';

/** The name of the authorities that we make. */
const ourAuthority = 'CN=pod-hardener-ca';

/** An authority that clients may be told to trust. */
export interface Authority {
  readonly certificate: X509Certificate;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** The authorities of ours in a PEM text, without repetition; none when the text cannot be read. */
export function authoritiesIn(pem: string): readonly Authority[] {
  const found = new Map(readable(pem).map((one) => [one.fingerprint256, one]));
  return [...found.values()]
    .filter(({ ca, subject }) => ca && subject === ourAuthority)
    .map((certificate) => ({ certificate, ...validityOf(certificate) }));
}

/** The authorities as one PEM text. */
export function bundleOf(authorities: readonly Authority[]): string {
  return authorities.map(({ certificate }) => certificate.toString()).join('');
}

/** Those of the first that are not among the second. */
export function without(authorities: readonly Authority[], others: readonly Authority[]): readonly Authority[] {
  return authorities.filter((one) => !others.some((other) => isSame(one, other)));
}

/** Whether it is one and the same certificate. */
export function isSame(one: Authority, other: Authority): boolean {
  return one.certificate.fingerprint256 === other.certificate.fingerprint256;
}

/** Whether the bundle holds each of the authorities. */
export function holdsAll(bundle: string, authorities: readonly Authority[]): boolean {
  const held = new Set(readable(bundle).map(({ fingerprint256 }) => fingerprint256));
  return authorities.every(({ certificate }) => held.has(certificate.fingerprint256));
}

/** Whether the bundle holds each of the authorities and nothing else, in whatever order. */
export function holdsOnly(bundle: string, authorities: readonly Authority[]): boolean {
  const held = new Set(readable(bundle).map(({ fingerprint256 }) => fingerprint256));
  return held.size === authorities.length && holdsAll(bundle, authorities);
}

/** Whether a client that trusts the bundle verifies the certificate, whatever the time. */
export function verifies(bundle: string, cert: string): boolean {
  return issuersIn(bundle, cert) !== '';
}

/** Those authorities of the bundle that signed the certificate, in PEM. */
export function issuersIn(bundle: string, cert: string): string {
  const [leaf] = readable(cert);
  if (leaf === undefined) return '';
  const issuers = readable(bundle).filter((authority) => isSignedBy(leaf, authority));
  return issuers.map(String).join('');
}

function readable(pem: string): readonly X509Certificate[] {
  try {
    return certificatesIn(pem, 'CA bundle');
  } catch {
    return [];
  }
}
