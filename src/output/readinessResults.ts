import type { NamespaceReadiness, Thing } from '../readiness/readiness.ts';
import { blockersIn } from '../readiness/readiness.ts';
import { count } from './summary.ts';

/** All that the formats of a readiness report are made of. */
export interface ReadinessResults {
  /** The worst first, those without pods last. */
  readonly namespaces: readonly NamespaceReadiness[];
  /** The namespaces that were not looked at, because the webhook is never called there. */
  readonly skipped: readonly SkippedNamespace[];
  /** What was looked at: pods of a cluster, or templates in manifests. */
  readonly thing: Thing;
  /** Where that was: the address of an API server, or the names of files. */
  readonly source: string;
  /** The cluster's version, where there is a cluster: `v1.36`. */
  readonly kubernetes?: string;
  /** What could not be read, a sentence each. */
  readonly problems: readonly string[];
  /** What else there is to know, a sentence each. */
  readonly notes: readonly string[];
  /** Milliseconds since 1970. */
  readonly madeAt: number;
  /** Of this program. */
  readonly programVersion: string;
}

export interface SkippedNamespace {
  readonly name: string;
  readonly pods: number;
}

/** All namespaces in one line: `3 namespaces, 20 pods: 1 blocked (by 2 workloads), 1 ready with fills, 1 ready`. */
export function readinessSummary({ namespaces, thing }: ReadinessResults): string {
  if (namespaces.length === 0) return 'no namespace was looked at';
  const pods = namespaces.reduce((sum, one) => sum + one.pods, 0);
  const part = (verdict: NamespaceReadiness['verdict'], remark = '') => {
    const number = namespaces.filter((one) => one.verdict === verdict).length;
    return number === 0 ? [] : [`${number} ${verdict}${remark}`];
  };
  const blockers = namespaces.reduce((sum, one) => sum + blockersIn(one).length, 0);
  const parts = [
    ...part('blocked', ` (by ${count(blockers, 'workload')})`),
    ...part('ready with fills'),
    ...part('ready'),
  ];
  return `${count(namespaces.length, 'namespace')}, ${count(pods, thing)}: ${parts.join(', ')}`;
}

/** What an administrator is told of namespaces that were not looked at; nothing where there are none. */
export function skippedText({ skipped }: ReadinessResults): string | undefined {
  if (skipped.length === 0) return undefined;
  const names = skipped.map(({ name, pods }) => (pods === 0 ? name : `${name} (${count(pods, 'pod')})`));
  return `not looked at: ${names.join(', ')}: pod-hardener is never called there; -n looks at one all the same`;
}
