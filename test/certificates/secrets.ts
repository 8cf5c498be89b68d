import { issueAuthority, issueLeaf, type Pair } from '../../src/certificates/issue.ts';
import type { SecretChange, StoredSecret } from '../../src/certificates/stores.ts';

export const dayMs = 86_400_000;

/** The moment at which the tests of the plan take place. */
export const now = Date.UTC(2031, 2, 4, 5, 6, 7);

export const names = ['pod-hardener.ours.svc', 'pod-hardener', 'pod-hardener.ours'];

export const ownLabels = { 'app.kubernetes.io/managed-by': 'pod-hardener' };

/** A Secret with these texts, with our label unless told otherwise. */
export function secretOf(
  data: Readonly<Record<string, string>>,
  { labels = ownLabels, annotations = {} }: Partial<StoredSecret> = {},
): StoredSecret {
  return { resourceVersion: '1', labels, annotations, data };
}

/** What the Secret is after the change, in the next version. */
export function changed(secret: StoredSecret | undefined, change: SecretChange): StoredSecret {
  const merged = (old: Readonly<Record<string, string>> = {}, changes: Readonly<Record<string, string | null>>) =>
    Object.fromEntries(
      Object.entries({ ...old, ...changes }).filter((entry): entry is [string, string] => entry[1] !== null),
    );
  return {
    resourceVersion: String(Number(secret?.resourceVersion ?? 0) + 1),
    labels: merged(secret?.labels, change.labels),
    annotations: merged(secret?.annotations, change.annotations),
    data: merged(secret?.data, change.data),
  };
}

/** An authority made so many days before `now`, for so many days. */
export function authority({ age = 0, days = 3_650 } = {}): Promise<Pair> {
  return issueAuthority(new Date(now - age * dayMs), days);
}

/** A certificate of the authority, made so many days before `now`, for so many days. */
export function leaf(ca: Pair, { age = 0, days = 90, hosts = names } = {}): Promise<Pair> {
  return issueLeaf(ca, { hosts, now: new Date(now - age * dayMs), days });
}

/** The texts of a Secret: certificate and key, the authorities from the one that signs, and its key. */
export function texts(pair: Pair, signer: Pair, ...others: readonly Pair[]): Record<string, string> {
  const bundle = [signer, ...others].map(({ cert }) => cert).join('');
  return { 'tls.crt': pair.cert, 'tls.key': pair.key, 'ca.crt': bundle, 'ca.key': signer.key };
}
