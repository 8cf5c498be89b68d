import type { Configuration } from './configuration.ts';
import { keyPrefix, profileKey } from './keys.ts';
import { type Policy, policyOf } from './namespacePolicy.ts';

/** What may be asked for by name, with the keys and in the words of a namespace's label and annotations. */
export type PolicySettings = Readonly<Record<string, string>>;

export interface StrictPolicy {
  readonly policy: Policy;
  /** A sentence for each setting that cannot be understood: then the policy is not what was asked for. */
  readonly problems: readonly string[];
}

/**
 * The policy that the settings describe, for those who are asked at once and can correct themselves: nothing falls back.
 * Without a profile it is restricted.
 */
export function strictPolicy(settings: PolicySettings, configuration?: Configuration): StrictPolicy {
  const { profile = 'restricted', ...others } = settings;
  const annotations = Object.fromEntries(Object.entries(others).map(([key, value]) => [keyPrefix + key, value]));
  const policy = policyOf({ name: '', labels: { [profileKey]: profile }, annotations }, configuration);
  if (!policy) throw new Error('a namespace with a profile has no policy');
  return { policy, problems: policy.problems.map(({ message }) => withoutFallback(message)) };
}

/** What a namespace's bad value falls back to is of no interest where it is refused. */
function withoutFallback(message: string): string {
  return message.replace(keyPrefix, '').replace(/;? [Uu]sing \S+$/, '');
}
