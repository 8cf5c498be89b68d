import { createMetrics, type Metrics } from '../../src/metrics/metrics.ts';
import { wrap } from '../../src/output/wrap.ts';
import { metricNotes } from './metricNotes.ts';

const width = 120;

/** Labels whose values are not a closed set, or not known before something happens. */
const openLabels: Readonly<Record<string, string>> = {
  resource_namespace:
    'the first `--metrics-namespaces` (50) namespaces that had a pod filled, then `_other`; a series exists from the ' +
    'first fill in a namespace on',
  shadow_profile: 'as `profile`, of `pod-hardener.io/shadow-profile`, without its version',
  certificate: '`serving`, and `ca` where it is self-managed; a series exists once the time is known',
  version: 'of pod-hardener',
  node_version: 'of Node',
};

const asElsewhere = 'as in `pod_hardener_fields_filled_total`';

/** Metrics without labels that are not there from the start. */
const late: Readonly<Record<string, string>> = {
  pod_hardener_namespace_cache_last_contact_timestamp_seconds: 'Absent until known: a 0 would be 1970.',
  pod_hardener_certificate_trusted:
    'Absent until known, and where pod-hardener does not take care of the `caBundle`: a 0 would be a no.',
};

const introduction = [
  'They are on the path `/metrics` of the metrics port. Labels come from closed sets, so the number of series is ' +
    'bounded, and a series with closed labels is there from the start, at 0. Never is a pod, a container, an image ' +
    'or a user named. Dry runs are counted in `pod_hardener_admission_requests_total{dry_run="true"}` and in no ' +
    'other counter.',
  'The label is called `resource_namespace`, and not `namespace`, because Prometheus sets that one to the namespace ' +
    'that pod-hardener itself runs in.',
  'Beside these there are the `process_*` and `nodejs_*` metrics that Prometheus’ client for Node gives every program: ' +
    'memory, processor time, the lag of the event loop.',
  'What only the API server knows is in its own metrics: ' +
    '`apiserver_admission_webhook_fail_open_count{name="pods.pod-hardener.io"}` counts pods that were created unfilled ' +
    'because pod-hardener could not be asked, `apiserver_admission_webhook_rejection_count` pods that were refused for ' +
    'that reason, and `apiserver_admission_webhook_admission_duration_seconds` is how long it waited.',
  '[Alerts and a dashboard](alerts.md) are made of these.',
];

/** The page on all metrics of ours, in Markdown. */
export async function metricsPage(): Promise<string> {
  const { registry } = createMetrics('');
  const all = await registry.getMetricsAsJSON();
  const ours = all.filter(({ name }) => name.startsWith('pod_hardener_'));
  return [
    '# Metrics',
    '<!-- Written by `npm run docs` from src/metrics/metrics.ts and scripts/monitoring/metricNotes.ts. -->',
    ...introduction.map((text) => wrap(text, '', '', width)),
    ...ours.map((metric) => section(metric, labelNamesOf(registry.getSingleMetric(metric.name)))),
  ]
    .join('\n\n')
    .concat('\n');
}

/** What the registry tells of a metric. */
type Metric = Awaited<ReturnType<Metrics['registry']['getMetricsAsJSON']>>[number];

function section(metric: Metric, labelNames: readonly string[]): string {
  const { name, help } = metric;
  // Its declaration says a number, and it is a word.
  const type = String(metric.type);
  const note = metricNotes[name];
  if (note === undefined) throw new Error(`scripts/monitoring/metricNotes.ts says nothing of ${name}`);
  const labels = (type === 'histogram' ? ['le'] : labelNames).map((label) => labelLine(metric, label));
  return [
    `## ${name}`,
    wrap(`A ${type}, since ${note.since}. ${help}${late[name] ? ` ${late[name]}` : ''}`, '', '', width),
    ...(labels.length > 0 ? [labels.join('\n')] : []),
    wrap(note.answers, '', '', width),
    `\`\`\`promql\n${note.query}\n\`\`\``,
  ].join('\n\n');
}

function labelLine({ values }: Metric, label: string): string {
  const known = new Set(values.map(({ labels }) => labels[label]).filter((value) => value !== undefined));
  const closed = [...known].map((value) => `\`${value}\``).join(', ');
  return wrap(`\`${label}\`: ${openLabels[label] ?? (closed || asElsewhere)}`, '- ', '  ', width);
}

/** A metric that has no series yet does not tell the values of its labels, but their names. */
function labelNamesOf(metric: object | undefined): readonly string[] {
  return metric && 'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames.map(String) : [];
}
