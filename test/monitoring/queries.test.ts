import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { dashboardQueries } from '../../scripts/monitoring/dashboard.ts';
import { rulesFile } from '../../scripts/monitoring/files.ts';
import { metricNotes } from '../../scripts/monitoring/metricNotes.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';

interface Rule {
  readonly record?: string;
  readonly expr: string;
}

/** What we ask of the API server's own metrics. */
const apiServerMetrics = [
  'apiserver_admission_webhook_fail_open_count',
  'apiserver_admission_webhook_rejection_count',
  'apiserver_admission_webhook_admission_duration_seconds_bucket',
];

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
  return new Set([...names, ...apiServerMetrics]);
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
});
