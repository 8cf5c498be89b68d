import type { NamespaceVerdict } from '../admission/advice.ts';
import { maxLength } from '../admission/warnings.ts';
import type { Evidence } from '../policy/evidence.ts';
import { systemNamespaces } from '../readiness/askedPolicy.ts';
import { assessNamespace } from '../readiness/assess.ts';
import { namespaceLine } from '../readiness/namespaceLine.ts';
import { type Resident, surveyOfResidents } from '../readiness/residents.ts';
import type { ConfigurationSource } from './configurationSource.ts';

export interface VerdictOptions {
  /** The pods of a namespace; undefined while they are not known. */
  readonly residentsIn: (namespace: string) => Iterable<Resident> | undefined;
  readonly evidence: Evidence;
  readonly configuration: Pick<ConfigurationSource, 'current' | 'exemptions'>;
  readonly minor: () => number | undefined;
  /** Whether workloads are named: only to those who are known. */
  readonly names: boolean;
}

/** So that it fits into a warning behind our name. */
const longest = maxLength - 'pod-hardener: '.length;

/** Returns what says in one line, as a report does, how the pods of a namespace stand to the policy that it gets. */
export function createVerdict({ residentsIn, ...known }: VerdictOptions): NamespaceVerdict {
  return (namespace) => {
    const residents = systemNamespaces.includes(namespace.name) ? undefined : residentsIn(namespace.name);
    const survey = residents && surveyOfResidents(residents);
    if (!survey) return undefined;
    const readiness = assessNamespace(namespace, survey, {
      ...{ thing: 'pod', asked: {}, evidence: known.evidence, ownerOf: () => undefined },
      minor: known.minor(),
      configuration: known.configuration.current(),
      exemptions: known.configuration.exemptions(),
    });
    const named = known.names ? namespaceLine(readiness) : undefined;
    return named !== undefined && named.length <= longest ? named : namespaceLine(readiness, false);
  };
}
