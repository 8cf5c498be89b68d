import { clip, oneLine } from '../policy/text.ts';
import type { NamespaceReadiness, ShapeReadiness, WorkloadReadiness } from '../readiness/readiness.ts';
import { standardOf } from '../readiness/readiness.ts';
import { isInTheWay } from '../readiness/userFindings.ts';
import type { ReadinessResults } from './readinessResults.ts';
import { fillsText, objectionsIn, remainingText, userText } from './readinessWords.ts';

/** The two groups of the API that have policy reports: what is in them is the same. */
export const policyReportKinds = {
  wgpolicy: { apiVersion: 'wgpolicyk8s.io/v1alpha2', kind: 'PolicyReport' },
  openreports: { apiVersion: 'openreports.io/v1alpha1', kind: 'Report' },
} as const;

export type PolicyReportGroup = keyof typeof policyReportKinds;

type Result = 'pass' | 'fail' | 'warn';

interface PolicyResult {
  readonly policy: string;
  readonly rule?: string;
  readonly result: Result;
  readonly message: string;
  readonly [member: string]: unknown;
}

/** Far below what etcd takes of one object, whatever the messages say. */
const resultsPerReport = 500;
const longestMessage = 1_000;

/** A report for each namespace that has pods, as an object for `kubectl apply`; more than one where it gets too long. */
export function policyReports(results: ReadinessResults, group: PolicyReportGroup): readonly object[] {
  const timestamp = { seconds: Math.floor(results.madeAt / 1000), nanos: 0 };
  return results.namespaces.flatMap((namespace) => {
    const own = namespace.workloads.flatMap((workload) => resultsOn(workload, namespace, timestamp));
    const parts = Array.from({ length: Math.ceil(own.length / resultsPerReport) }, (_, part) =>
      own.slice(part * resultsPerReport, (part + 1) * resultsPerReport),
    );
    return parts.map((part, index) => reportOf(part, namespace, index, group));
  });
}

function reportOf(
  results: readonly PolicyResult[],
  { name }: NamespaceReadiness,
  index: number,
  group: PolicyReportGroup,
) {
  const number = (result: Result) => results.filter((one) => one.result === result).length;
  return {
    ...policyReportKinds[group],
    metadata: {
      name: index === 0 ? 'pod-hardener-readiness' : `pod-hardener-readiness-${index + 1}`,
      ...(name !== '' && { namespace: name }),
      labels: { 'app.kubernetes.io/managed-by': 'pod-hardener' },
    },
    summary: { pass: number('pass'), fail: number('fail'), warn: number('warn'), error: 0, skip: 0 },
    results,
  };
}

/** One result for a workload that nothing keeps from the level, else one for each thing that does. */
function resultsOn(
  { workload, pods, standing, shapes }: WorkloadReadiness,
  namespace: NamespaceReadiness,
  timestamp: object,
): readonly PolicyResult[] {
  const { apiVersion, kind, name, uid } = workload;
  const place = namespace.name === '' ? {} : { namespace: namespace.name };
  const result = (how: Result, message: string, rule?: string): PolicyResult => ({
    source: 'pod-hardener',
    category: 'Pod Security Standards',
    policy: namespace.profile,
    ...(rule !== undefined && { rule }),
    result: how,
    scored: how !== 'warn',
    ...(how !== 'pass' && { severity: severityOf(how, shapes) }),
    message: clip(oneLine(message), longestMessage),
    properties: { standing, pods: String(pods), version: namespace.version },
    resources: [{ apiVersion, kind, name, ...place, ...(uid !== undefined && { uid }) }],
    timestamp,
  });
  const standard = standardOf(namespace);
  if (standing === 'passes') return [result('pass', `passes ${standard} as it is`)];
  if (standing === 'filled') {
    const fills = new Set(shapes.map(fillsText).filter((text) => text !== ''));
    return [result('warn', `passes ${standard} once filled: ${[...fills].join(' | ')}`)];
  }
  const objections = new Map<string, string>();
  for (const shape of shapes) {
    for (const one of objectionsIn(shape)) objections.set(remainingText(one), one.control);
    for (const user of shape.users.filter(isInTheWay)) objections.set(userText(user), 'runAsNonRoot');
  }
  return Array.from(objections, ([message, rule]) => result('fail', message, rule));
}

/** A pod that passes no level at all may take over its node. */
function severityOf(how: Result, shapes: readonly ShapeReadiness[]): string {
  if (how === 'warn') return 'low';
  return shapes.some(({ after }) => after.level === 'privileged') ? 'high' : 'medium';
}
