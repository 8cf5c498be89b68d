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

/** Whether the first of two resource versions is the later one. */
export type IsLater = (one: string, other: string) => boolean;

/** What is to be known from now on: what is heard may be older than what is known, by whatever way it has come. */
export function latest<T extends Trust | StoredSecret>(
  heard: T | undefined,
  known: Seen<T>,
  isLater: IsLater,
): Seen<T> {
  const isOutdated = heard && known?.value && isLater(known.value.resourceVersion, heard.resourceVersion);
  return isOutdated ? known : { value: heard };
}

/** Looks at the Secret and the webhook configuration themselves. Only where `needsTrust` must both be readable. */
export async function readAnew(
  view: View,
  { secrets, trust }: { readonly secrets: SecretStore; readonly trust: TrustStore },
  needsTrust: boolean,
  isLater: IsLater,
): Promise<void> {
  const trustRead = trust.read().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  view.secret = latest(await secrets.read(), view.secret, isLater);
  const result = await trustRead;
  if ('value' in result) view.trust = latest(result.value, view.trust, isLater);
  else if (needsTrust) throw result.error;
}
