import type { Configuration } from '../admission/configuration.ts';
import { profileKey } from '../admission/keys.ts';
import { type NamespaceRecord, type Policy, policyOf } from '../admission/namespacePolicy.ts';

export interface PolicyGrounds {
  /** The profile that was asked for: it rules in every namespace. */
  readonly profile?: string;
  /** The policy that was asked for: it rules in every namespace, too. */
  readonly everywhere?: Policy;
  /** The namespaces that are described; of two descriptions of one, the last counts. */
  readonly records: readonly NamespaceRecord[];
  /** What an administrator decides for the whole cluster. */
  readonly configuration?: Configuration;
  /** Whether it does not matter what is filled: then nothing is said about namespaces that are unknown or not opted in. */
  readonly fillsNothing?: boolean;
}

/** The policy for a namespace, undefined when that is not opted in, and a remark on it for whoever asked. */
export interface PolicyChoice {
  readonly policy: Policy | undefined;
  readonly remarks: readonly string[];
  /** The namespace that it is from; absent where it was asked for, or nothing else is known. */
  readonly record?: NamespaceRecord;
}

/** Finds the policy for the namespace of that name, or for what is in none. */
export function createPolicyChoice({
  profile,
  everywhere,
  records,
  configuration,
  fillsNothing,
}: PolicyGrounds): (namespace?: string) => PolicyChoice {
  const byName = new Map(records.map((record) => [record.name, record]));
  const choices = new Map<string | undefined, PolicyChoice>();
  const choose = (namespace?: string): PolicyChoice => {
    if (everywhere !== undefined) return { policy: everywhere, remarks: [] };
    if (profile !== undefined) return { policy: profilePolicy(profile, configuration), remarks: [] };
    const record = namespace === undefined ? undefined : byName.get(namespace);
    if (record) return describedChoice(record, configuration, fillsNothing);
    return {
      policy: profilePolicy('restricted', configuration),
      remarks: fillsNothing ? [] : [`${reasonFor(namespace, byName.size)}: using restricted`],
    };
  };
  return (namespace) => {
    const choice = choices.get(namespace) ?? choose(namespace);
    choices.set(namespace, choice);
    return choice;
  };
}

function describedChoice(record: NamespaceRecord, configuration?: Configuration, fillsNothing = false): PolicyChoice {
  const policy = policyOf(record, configuration);
  if (!policy && fillsNothing) return { policy, remarks: [], record };
  const remarks = policy?.problems.map(({ message }) => message) ?? ['it is not opted in, and left as it is'];
  return { policy, remarks: remarks.map((remark) => `namespace ${record.name}: ${remark}`), record };
}

function profilePolicy(profile: string, configuration?: Configuration): Policy | undefined {
  return policyOf({ name: '', labels: { [profileKey]: profile }, annotations: {} }, configuration);
}

function reasonFor(namespace: string | undefined, described: number): string {
  if (described === 0) return 'neither a profile nor a Namespace is given';
  if (namespace === undefined) return 'no namespace is named (-n) for some objects';
  return `no Namespace manifest describes ${namespace}`;
}
