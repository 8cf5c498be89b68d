import type { NamespaceRecord } from '../admission/namespacePolicy.ts';
import type { Grounds } from '../readiness/assess.ts';
import type { NamespaceSurvey } from '../readiness/survey.ts';

/** All that a readiness report is made from, wherever it came from. */
export interface Gathered extends Pick<Grounds, 'thing' | 'minor' | 'ownerOf' | 'evidence'> {
  /** The namespaces to report on, those without pods included. */
  readonly namespaces: readonly NamespaceRecord[];
  /** The pods, by the name of their namespace. */
  readonly surveyed: ReadonlyMap<string, NamespaceSurvey>;
  /** Where the pods were found: the address of an API server, or names of files. */
  readonly source: string;
  /** What could not be read, a sentence each. It has been said. */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
  /** Why nobody knows what the webhook has learnt of images, in a sentence; absent where it is known. */
  readonly unlearnt?: string | undefined;
  /** Whether the cluster knows openreports.io, the newer of the two groups of policy reports. */
  readonly hasOpenReports: boolean;
}
