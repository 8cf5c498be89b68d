import { issuersIn, verifies } from './bundle.ts';
import { type Held, rollOverSteps } from './held.ts';
import { defaultWaits, type Waits } from './plan.ts';

/** The certificate that a replica serves. */
export interface Served {
  readonly cert: string;
  readonly key: string;
  /** The authorities in the Secret that it came from, in PEM. */
  readonly bundle: string;
  /** In milliseconds since 1970. */
  readonly notAfter: number;
}

/**
 * From when on a replica that serves one certificate is to serve the one in the Secret, in milliseconds since 1970:
 * as soon as the API server is as ready to verify it. Infinity while that depends on what is not known yet.
 */
export function takeOverAt(
  held: Held,
  served: Served | undefined,
  trusted: readonly string[] | undefined,
  now: number,
  { trustMs }: Waits = defaultWaits,
): number {
  const { leaf, rollOver, trustedSince } = held;
  if ('problem' in leaf) return Number.POSITIVE_INFINITY;
  if (served === undefined || now >= served.notAfter) return now;
  // Both are of one authority, in whatever certificate of it.
  if (verifies(issuersIn(served.bundle, served.cert), leaf.cert)) return now;
  if (trusted === undefined) return Number.POSITIVE_INFINITY;
  const isTrusted = (cert: string) => trusted.every((bundle) => verifies(bundle, cert));
  if (!isTrusted(served.cert)) return now;
  if (!isTrusted(leaf.cert)) return Number.POSITIVE_INFINITY;
  if (rollOver !== rollOverSteps.published) return now;
  return trustedSince === undefined ? Number.POSITIVE_INFINITY : trustedSince + trustMs;
}
