import { createPublicKey, type KeyObject } from 'node:crypto';
import { type Authority, authoritiesIn } from './bundle.ts';
import { inspectPresented } from './inspect.ts';
import { certificatesIn, isSignedBy, keyIn, validityOf } from './pem.ts';
import type { StoredSecret } from './stores.ts';

/** The keys of our Secret. */
export const dataKeys = {
  cert: 'tls.crt',
  key: 'tls.key',
  bundle: 'ca.crt',
  caKey: 'ca.key',
  /** The key of the authority that will sign next, while a roll-over makes it known. */
  nextCaKey: 'next-ca.key',
} as const;

export const ownerLabel = { name: 'app.kubernetes.io/managed-by', value: 'pod-hardener' } as const;

/** Where a change of the authority's key has come to. */
export const rollOverAnnotation = 'pod-hardener.io/roll-over';
/** Since when the API server has been seen to trust what this step needs. */
export const trustedSinceAnnotation = 'pod-hardener.io/roll-over-trusted-since';

/** The steps of a change of the authority's key that stand in the Secret; any other word asks for such a change. */
export const rollOverSteps = { announced: 'new-ca-announced', published: 'new-leaf-published' } as const;

/** The serving certificate in our Secret, or one clause that says why it cannot be served. */
export type HeldLeaf =
  | { readonly cert: string; readonly key: string; readonly notBefore: number; readonly notAfter: number }
  | { readonly problem: string };

/** What our Secret holds, understood. */
export interface Held {
  readonly leaf: HeldLeaf;
  /** Every authority that clients are to trust. */
  readonly authorities: readonly Authority[];
  /** The one that signs. */
  readonly signer: Authority | undefined;
  readonly signerKey: string;
  /** The one that will sign next. */
  readonly next: Authority | undefined;
  readonly nextKey: string;
  readonly rollOver: string | undefined;
  readonly trustedSince: number | undefined;
}

/** What a Secret of ours holds. Nothing in it makes this throw. */
export function holdingsOf({ data, annotations }: StoredSecret, names: readonly string[], now: number): Held {
  const authorities = authoritiesIn(data[dataKeys.bundle] ?? '');
  const [signerKey, nextKey] = [data[dataKeys.caKey] ?? '', data[dataKeys.nextCaKey] ?? ''];
  const signer = ownerOf(signerKey, authorities);
  const since = Date.parse(annotations[trustedSinceAnnotation] ?? '');
  return {
    leaf: leafIn(data, signer, names, now),
    authorities,
    signer,
    signerKey,
    next: ownerOf(nextKey, authorities),
    nextKey,
    rollOver: annotations[rollOverAnnotation] || undefined,
    trustedSince: Number.isNaN(since) ? undefined : since,
  };
}

/** Whether nobody has put anything into the Secret yet: it was made so that a right to write can name it. */
export function isEmpty({ data }: StoredSecret): boolean {
  return Object.values(data).every((text) => text.trim() === '');
}

/** Whether what is in the Secret is ours to replace: by the label, or because only we make such an authority. */
export function isOurs({ labels, data }: StoredSecret): boolean {
  if (labels[ownerLabel.name] === ownerLabel.value) return true;
  return ownerOf(data[dataKeys.caKey] ?? '', authoritiesIn(data[dataKeys.bundle] ?? '')) !== undefined;
}

const wording = { cert: 'certificate in the Secret', key: 'key in the Secret' } as const;

function leafIn(
  data: StoredSecret['data'],
  signer: Authority | undefined,
  names: readonly string[],
  now: number,
): HeldLeaf {
  const { [dataKeys.cert]: cert = '', [dataKeys.key]: key = '', [dataKeys.bundle]: bundle = '' } = data;
  try {
    inspectPresented({ cert, key, bundle, names }, now, wording);
    const [leaf] = certificatesIn(cert, wording.cert);
    if (signer && !isSignedBy(leaf, signer.certificate)) return { problem: 'another authority signed the certificate' };
    return { cert, key, ...validityOf(leaf) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** The latest authority that the private key belongs to. */
function ownerOf(key: string, authorities: readonly Authority[]): Authority | undefined {
  const publicKey = publicKeyOf(key);
  if (publicKey === undefined) return undefined;
  const owned = authorities.filter(({ certificate }) => publicKey.equals(certificate.publicKey));
  return owned.toSorted((one, other) => other.notAfter - one.notAfter)[0];
}

function publicKeyOf(key: string): KeyObject | undefined {
  try {
    const publicKey = createPublicKey(keyIn(key, 'key of the authority'));
    // Only with such a key can we sign.
    return publicKey.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? publicKey : undefined;
  } catch {
    return undefined;
  }
}
