import type { NamespaceRecord } from './namespacePolicy.ts';

/** What there is advice about, as a label of the metric that counts requests for it. */
export const adviceKinds = ['namespaces', 'workloads'] as const;

/** How a request for advice ends: with a warning, with nothing to say, or without anything having been looked at. */
export const adviceOutcomes = ['advised', 'silent', 'failed'] as const;

export type AdviceKind = (typeof adviceKinds)[number];
export type AdviceOutcome = (typeof adviceOutcomes)[number];

/**
 * What is known of the pods of a namespace under the policy that it describes, in one sentence; undefined where nothing is. Whoever reaches the
 * port may ask, so it should say nothing that only some may know.
 */
export type NamespaceVerdict = (namespace: NamespaceRecord) => string | undefined;

/** By which of the two the API server is told whose pods to send. */
export type RoutedBy = 'label' | 'annotation';
