import type { Configuration } from '../admission/configuration.ts';
import { keyPrefix, profileKey } from '../admission/keys.ts';
import { type NamespaceRecord, type Policy, policyOf, writtenProfile } from '../admission/namespacePolicy.ts';

/** What a report asks of the pods instead of what their namespace says. */
export interface Asked {
  readonly profile?: string;
  /** `latest` or `v1.NN`. */
  readonly version?: string;
  /** Whether to look at the policies as they are in force: in their modes, and where nobody has opted in nothing is filled. */
  readonly inForce?: boolean;
}

const modeKey = `${keyPrefix}mode`;

/** Where the webhook is never called: in the namespaces that the cluster itself needs, and in our own. */
export const systemNamespaces: readonly string[] = Object.freeze([
  'kube-node-lease',
  'kube-public',
  'kube-system',
  'pod-hardener-system',
]);

/**
 * The policy under which the pods of a namespace are looked at: what was asked for, else what the namespace says, else
 * restricted. It fills, whatever the mode: what that would come to is the question. Where the webhook is never called
 * it fills nothing.
 */
export function askedPolicy(namespace: NamespaceRecord, asked: Asked, configuration?: Configuration): Policy {
  const inForce = asked.inForce ? policyOf(namespace, configuration) : undefined;
  const policy = inForce ?? fillingPolicy(namespace, asked, configuration);
  const fillsNothing = systemNamespaces.includes(namespace.name) || (asked.inForce && !inForce);
  return fillsNothing ? { ...policy, controls: [] } : policy;
}

function fillingPolicy(namespace: NamespaceRecord, asked: Asked, configuration?: Configuration): Policy {
  const { [profileKey]: _, ...annotations } = namespace.annotations;
  const profile = asked.profile ?? writtenProfile(namespace) ?? 'restricted';
  const labels = { ...namespace.labels, [profileKey]: profile };
  const version = asked.version === undefined ? {} : { [`${keyPrefix}profile-version`]: asked.version };
  // Without an annotation, the configuration could name another mode.
  const filling = { ...annotations, [modeKey]: 'fill', ...version };
  const policy = policyOf({ name: namespace.name, labels, annotations: filling }, configuration);
  if (!policy) throw new Error('a namespace with a profile has no policy');
  return policy;
}
