import type { Situation } from './plan.ts';
import type { SecretStore, StoredSecret, Trust, TrustStore } from './stores.ts';

/** What has been seen last: undefined before the first time, and a value of undefined where nothing was. */
export type Seen<T> = { readonly value: T | undefined } | undefined;

/** What one replica knows. One object, shared by all who act on it. */
export interface View {
  secret: Seen<StoredSecret>;
  trust: Seen<Trust>;
  /** The authorities that stood last in a Secret of ours, in PEM. */
  remembered: string;
}

/** The situation that the view shows. */
export function situationIn({ secret, trust, remembered }: View, names: readonly string[], now: number): Situation {
  return { secret: secret?.value, names, trusted: trust && (trust.value?.bundles ?? []), remembered, now };
}

/** Looks at the Secret and the webhook configuration themselves. Only where `needsTrust` must both be readable. */
export async function readAnew(
  view: View,
  { secrets, trust }: { readonly secrets: SecretStore; readonly trust: TrustStore },
  needsTrust: boolean,
): Promise<void> {
  const trustRead = trust.read().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  view.secret = { value: await secrets.read() };
  const result = await trustRead;
  if ('value' in result) view.trust = result;
  else if (needsTrust) throw result.error;
}
