import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { dashboardJson, dashboardQueries } from '../../scripts/monitoring/dashboard.ts';
import { rulesFile } from '../../scripts/monitoring/files.ts';
import { metricNotes } from '../../scripts/monitoring/metricNotes.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';

interface Rule {
  readonly record?: string;
  readonly expr: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  readonly transformations?: readonly { readonly options: Transformation }[];
}

interface Transformation {
  readonly include?: { readonly names: readonly string[] };
  readonly rowField?: string;
  readonly columnField?: string;
}

/** What we ask of the API server's own metrics, and their labels. */
const apiServerMetrics: Readonly<Record<string, readonly string[]>> = {
  apiserver_admission_webhook_fail_open_count: ['name', 'type'],
  apiserver_admission_webhook_rejection_count: ['name', 'type', 'operation', 'error_type', 'rejection_code'],
  apiserver_admission_webhook_admission_duration_seconds_bucket: ['name', 'type', 'operation', 'rejected', 'le'],
  apiserver_admission_webhook_admission_duration_seconds_count: ['name', 'type', 'operation', 'rejected'],
};

/** What Prometheus, or its operator, gives to everything that it scrapes. */
const scraped = ['cluster', 'namespace', 'job', 'instance', 'pod'];

const words = ['by', 'on', 'or', 'and', 'unless', 'offset', 'group_left', 'group_right', 'ignoring', 'without'];

/** The names of metrics in a query: what is neither a function, a word, a label nor a value. */
function metricsIn(expr: string): readonly string[] {
  const bare = expr
    .replace(/"[^"]*"/g, '')
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replace(/\b(by|on|group_left|group_right|ignoring|without) \([^)]*\)/g, ' ')
    .replace(/\boffset \S+/g, ' ');
  const names = [...bare.matchAll(/(?<![\w:.])[a-zA-Z_:][\w:]*(?!\w*\s*\()/g)].map(([name]) => name);
  return names.filter((name) => !words.includes(name));
}

async function knownMetrics(): Promise<ReadonlySet<string>> {
  const text = await createMetrics('0.0.0').registry.metrics();
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  const names = types.flatMap(([, name = '', type]) =>
    type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name],
  );
  return new Set([...names, ...Object.keys(apiServerMetrics)]);
}

/** The labels of a metric, each with its values where they are a closed set. */
type Labels = ReadonlyMap<string, ReadonlySet<string>>;

async function knownLabels(): Promise<ReadonlyMap<string, Labels>> {
  const { registry } = createMetrics('0.0.0');
  const known = new Map<string, Labels>();
  for (const { name, type, values } of await registry.getMetricsAsJSON()) {
    const metric: object = registry.getSingleMetric(name) ?? {};
    const names = 'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames.map(String) : [];
    const valuesOf = (label: string) => new Set(values.flatMap(({ labels }) => labels[label] ?? []).map(String));
    const labels = new Map(names.map((label) => [label, valuesOf(label)]));
    known.set(name, labels);
    if (String(type) === 'histogram') known.set(`${name}_bucket`, new Map([...labels, ['le', new Set<string>()]]));
  }
  for (const [name, labels] of Object.entries(apiServerMetrics)) {
    known.set(name, new Map(labels.map((label) => [label, new Set<string>()])));
  }
  return known;
}

/** What is chosen of which metric: the label, and the values that it may or may not have. */
function choicesIn(expr: string): readonly { metric: string; label: string; values: readonly string[] }[] {
  return [...expr.matchAll(/([a-zA-Z_:][\w:]*)\{([^}]*)\}/g)].flatMap(([, metric = '', inside = '']) =>
    [...inside.matchAll(/(\w+)\s*[=!]~?\s*"([^"]*)"/g)].map(([, label = '', value = '']) => ({
      ...{ metric, label, values: value.split('|') },
    })),
  );
}

/** The labels by which a query groups, joins and keeps. */
function groupedIn(expr: string): readonly string[] {
  const lists = [...expr.matchAll(/\b(?:by|on|ignoring|without|group_left|group_right) ?\(([^)]*)\)/g)];
  return lists.flatMap(([, list = '']) => list.split(',').map((label) => label.trim())).filter((label) => label !== '');
}

describe('the queries', () => {
  const { groups } = parse(readFileSync(rulesFile, 'utf8')) as { groups: readonly { rules: readonly Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  const recorded = rules.flatMap(({ record }) => record ?? []);

  it('are read by this test', () => {
    expect(metricsIn('max by (job) (a_total{b="c_total"} unless d offset 5m) > 7 * rate(e:f_1[5m])')).to.deep.equal([
      'a_total',
      'd',
      'e:f_1',
    ]);
    expect(choicesIn('sum by (job, x) (rate(a_total{b="c|d", e!~"$f"}[5m]))')).to.deep.equal([
      { metric: 'a_total', label: 'b', values: ['c', 'd'] },
      { metric: 'a_total', label: 'e', values: ['$f'] },
    ]);
    expect(groupedIn('a * on (job) group_right () (sum by (x, y) (b))')).to.deep.equal(['job', 'x', 'y']);
  });

  it('of the alerts name metrics that there are, and use all that is recorded', async () => {
    const known = new Set([...(await knownMetrics()), ...recorded]);
    const named = rules.flatMap(({ expr }) => metricsIn(expr));
    expect(named).to.have.length.above(10);
    expect(named.filter((name) => !known.has(name))).to.deep.equal([]);
    expect(recorded.filter((name) => !named.includes(name))).to.deep.equal([]);
  });

  it('of the dashboard name metrics that there are, and need no rules', async () => {
    const known = await knownMetrics();
    const named = dashboardQueries({ __range: '1h', __interval: '5m', __rate_interval: '5m' }).flatMap(({ expr }) =>
      metricsIn(expr),
    );
    expect(named).to.have.length.above(25);
    expect(named.filter((name) => !known.has(name))).to.deep.equal([]);
  });

  it('of docs/metrics.md ask about the metric that they stand under, and no other', () => {
    for (const [name, { query }] of Object.entries(metricNotes)) {
      expect(new Set(metricsIn(query)).size, query).to.equal(1);
      expect(metricsIn(query)[0]?.replace(/_bucket$/, '')).to.equal(name);
    }
  });

  it('leave no metric of ours unseen in the dashboard but those that only a search for a fault asks for', async () => {
    const shown = new Set(dashboardQueries({}).flatMap(({ expr }) => metricsIn(expr.replaceAll('$', ''))));
    const ours = [...(await knownMetrics())].filter((name) => /^pod_hardener_.*(?<!_(sum|count))$/.test(name));
    expect(ours.filter((name) => !shown.has(name)).sort()).to.deep.equal([
      'pod_hardener_evidence_watch_last_contact_timestamp_seconds',
      'pod_hardener_evidence_watch_restarts_total',
      'pod_hardener_evidence_watch_synced',
      'pod_hardener_namespace_cache_drift_total',
      'pod_hardener_namespace_cache_restarts_total',
      'pod_hardener_namespace_cache_synced',
    ]);
  });

  describe('know the labels', () => {
    const { panels } = JSON.parse(dashboardJson()) as { readonly panels: readonly Panel[] };
    const exprs = [
      ...rules.map(({ expr }) => expr),
      ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
      ...Object.values(metricNotes).map(({ query }) => query),
    ];

    let known: ReadonlyMap<string, Labels>;

    before(async () => {
      known = await knownLabels();
    });

    /** The labels that the series of the metrics in a query may have. */
    function labelsIn(expr: string): readonly string[] {
      return [...scraped, ...metricsIn(expr).flatMap((name) => [...(known.get(name)?.keys() ?? [])])];
    }

    /** The labels that the series of an answer may have. */
    function labelsOf(expr: string): readonly string[] {
      return /^\(*(?:sum|max|min|count) by/.test(expr) ? groupedIn(expr) : labelsIn(expr);
    }

    it('by which they choose, and the values where those are a closed set', () => {
      const choices = exprs.flatMap(choicesIn).filter(({ label }) => !scraped.includes(label));
      expect(choices).to.have.length.above(15);
      for (const { metric, label, values } of choices) {
        const labels = known.get(metric);
        expect([...(labels?.keys() ?? [])], metric).to.include(label);
        const closed = labels?.get(label) ?? new Set();
        if (closed.size > 0) expect([...closed], `${metric}: ${label}`).to.include.members([...values]);
      }
    });

    it('by which they group', () => {
      expect(exprs.flatMap(groupedIn)).to.have.length.above(40);
      for (const expr of exprs) expect(labelsIn(expr), expr).to.include.members([...groupedIn(expr)]);
    });

    it('that the dashboard shows', () => {
      for (const { title, targets = [], transformations = [] } of panels) {
        const inLegends = targets.flatMap(({ legendFormat }) => legendFormat.match(/(?<=\{\{)\w+(?=\}\})/g) ?? []);
        const inColumns = transformations.flatMap(({ options }) => [
          ...(options.include?.names ?? []).filter((name) => name !== 'Value'),
          ...[options.rowField, options.columnField].filter((name) => name !== undefined),
        ]);
        for (const { expr } of targets) expect(labelsOf(expr), title).to.include.members([...inLegends, ...inColumns]);
      }
    });

    it('of which the alerts speak', () => {
      for (const { expr, annotations = {} } of rules) {
        const spoken = Object.values(annotations).flatMap((text) => text.match(/(?<=\$labels\.)\w+/g) ?? []);
        expect(labelsOf(expr), expr).to.include.members(spoken);
      }
    });
  });
});
