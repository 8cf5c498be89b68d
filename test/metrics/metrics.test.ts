import { expect } from 'chai';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { type Exposition, parseExposition, type Sample } from './exposition.ts';

describe('createMetrics', () => {
  let exposition: Exposition;
  let ours: readonly Sample[];

  before(async () => {
    exposition = parseExposition(await createMetrics('1.2.3').registry.metrics());
    ours = exposition.samples.filter(({ name }) => name.startsWith('pod_hardener_'));
  });

  const series = (name: string) => ours.filter((sample) => sample.name === `pod_hardener_${name}`);

  it('has the names and types that dashboards hold on to', () => {
    const types = [...exposition.types].filter(([name]) => name.startsWith('pod_hardener_'));
    expect(Object.fromEntries(types)).to.deep.equal({
      pod_hardener_admission_requests_total: 'counter',
      pod_hardener_admission_duration_seconds: 'histogram',
      pod_hardener_admission_requests_in_flight: 'gauge',
      pod_hardener_fields_filled_total: 'counter',
      pod_hardener_fields_would_fill_total: 'counter',
      pod_hardener_fields_left_total: 'counter',
      pod_hardener_namespace_fields_filled_total: 'counter',
      pod_hardener_decisions_total: 'counter',
      pod_hardener_shadow_decisions_total: 'counter',
      pod_hardener_shadow_fields_total: 'counter',
      pod_hardener_policy_problems_total: 'counter',
      pod_hardener_errors_total: 'counter',
      pod_hardener_opted_in_namespaces: 'gauge',
      pod_hardener_unrouted_namespaces: 'gauge',
      pod_hardener_namespace_cache_synced: 'gauge',
      pod_hardener_namespace_cache_last_contact_timestamp_seconds: 'gauge',
      pod_hardener_namespace_cache_restarts_total: 'counter',
      pod_hardener_namespace_cache_drift_total: 'counter',
      pod_hardener_certificate_not_after_timestamp_seconds: 'gauge',
      pod_hardener_certificate_reloads_total: 'counter',
      pod_hardener_exemptions: 'gauge',
      pod_hardener_configuration_reloads_total: 'counter',
      pod_hardener_certificate_trusted: 'gauge',
      pod_hardener_image_evidence: 'gauge',
      pod_hardener_suspected_breaks_total: 'counter',
      pod_hardener_evidence_watch_synced: 'gauge',
      pod_hardener_evidence_watch_last_contact_timestamp_seconds: 'gauge',
      pod_hardener_evidence_watch_restarts_total: 'counter',
      pod_hardener_advice_requests_total: 'counter',
      pod_hardener_build_info: 'gauge',
    });
  });

  it('has what Prometheus’ client tells of a process', () => {
    for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_seconds']) {
      expect(exposition.types.has(name), name).to.equal(true);
    }
  });

  it('counts every operation, resource, outcome and dry run from 0', () => {
    const requests = series('admission_requests_total');
    expect(requests).to.have.lengthOf(3 * 3 * 5 * 2);
    for (const [label, values] of [
      ['operation', ['create', 'update', 'other']],
      ['resource', ['pods', 'ephemeralcontainers', 'other']],
      ['outcome', ['filled', 'unchanged', 'would_fill', 'not_opted_in', 'failed']],
      ['dry_run', ['false', 'true']],
    ] as const) {
      expect(new Set(requests.map(({ labels }) => labels[label]))).to.deep.equal(new Set(values));
    }
  });

  it('counts every field from 0 in the places where it is filled, and for every profile', () => {
    const container = ['container', 'ephemeral_container', 'init_container'];
    for (const name of ['fields_filled_total', 'fields_would_fill_total']) {
      const scopes: Record<string, string[]> = {};
      for (const { labels } of series(name)) {
        const { field = '', scope = '', profile } = labels;
        expect(profile).to.be.oneOf(['privileged', 'baseline', 'restricted', 'hardened']);
        scopes[field] = [...new Set([...(scopes[field] ?? []), scope])].sort();
      }
      expect(scopes).to.include.keys('fsGroup', 'runAsUser');
      expect(scopes.seccompProfile).to.deep.equal(['ephemeral_container', 'pod']);
      expect(scopes.runAsNonRoot).to.deep.equal(container);
      expect(scopes.allowPrivilegeEscalation).to.deep.equal(container);
      expect(scopes.capabilities).to.deep.equal(container);
      expect(scopes.fsGroup).to.deep.equal(['pod']);
      expect(scopes.appArmorProfile).to.deep.equal(['pod']);
    }
  });

  it('counts from 0 what a shadow fills otherwise, for every field that is filled at all', () => {
    const shadows = series('shadow_fields_total');
    const filled = new Set(series('fields_filled_total').map(({ labels }) => labels.field));
    expect(new Set(shadows.map(({ labels }) => labels.field))).to.deep.equal(filled);
    expect(shadows).to.have.lengthOf(filled.size * 2);
    expect(new Set(shadows.map(({ labels }) => labels.difference))).to.deep.equal(
      new Set(['only_shadow', 'only_in_force']),
    );
    expect(series('shadow_decisions_total'), 'what nobody tries').to.deep.equal([]);
  });

  it('counts every reason, key, stage and result from 0', () => {
    const labels = (name: string, label: string) => [...new Set(series(name).map((sample) => sample.labels[label]))];
    expect(labels('fields_left_total', 'reason').sort()).to.deep.equal([
      'adds-sys-admin',
      'ephemeral-container',
      'exempt',
      'host-namespaces',
      'image-runs-as-root',
      'no-run-as-user',
      'pod-override',
      'privileged',
      'runs-as-root',
      'set-by-author',
      'unsupported-version',
      'volume-devices',
      'windows',
    ]);
    expect(labels('errors_total', 'stage')).to.deep.equal([
      'decode',
      'too_large',
      'lookup',
      'decide',
      'self_check',
      'encode',
      'overload',
    ]);
    expect(labels('policy_problems_total', 'key')).to.include.members(['profile', 'mode', 'controls', '_unknown']);
    expect(labels('certificate_reloads_total', 'result').sort()).to.deep.equal(['failure', 'success']);
    expect(labels('opted_in_namespaces', 'profile')).to.deep.equal([
      'privileged',
      'baseline',
      'restricted',
      'hardened',
    ]);
  });

  it('counts the decisions of every profile from 0, for every level before and after', () => {
    const decisions = series('decisions_total');
    expect(decisions).to.have.lengthOf(4 * 3 * 3);
    for (const [label, values] of [
      ['profile', ['privileged', 'baseline', 'restricted', 'hardened']],
      ['level_before', ['privileged', 'baseline', 'restricted']],
      ['level_after', ['privileged', 'baseline', 'restricted']],
    ] as const) {
      expect(new Set(decisions.map(({ labels }) => labels[label]))).to.deep.equal(new Set(values));
    }
  });

  it('counts nothing filled for a control that is only checked', () => {
    const fields = new Set(series('fields_filled_total').map(({ labels }) => labels.field));
    for (const field of ['hostNamespaces', 'privileged', 'procMount', 'sysctls', 'volumes']) {
      expect(fields.has(field), field).to.equal(false);
    }
  });

  it('has the buckets of durations that are asked for', () => {
    const bounds = series('admission_duration_seconds_bucket').map(({ labels }) => labels.le);
    expect(bounds.join(' ')).to.equal('0.0005 0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 +Inf');
  });

  it('is at 0 in every series but the one that says what is running', () => {
    const other = ours.filter(({ value }) => value !== 0);
    const labels = { version: '1.2.3', node_version: process.version };
    expect(other).to.deep.equal([{ name: 'pod_hardener_build_info', labels, value: 1 }]);
  });

  it('has no series of namespaces before one had a pod filled', () => {
    expect(series('namespace_fields_filled_total')).to.deep.equal([]);
  });

  it('says no time before it is known: a 0 would be 1970', () => {
    expect(series('certificate_not_after_timestamp_seconds'), 'certificate').to.deep.equal([]);
    expect(series('namespace_cache_last_contact_timestamp_seconds'), 'last contact').to.deep.equal([]);
  });

  it('shares nothing with other metrics in the process', async () => {
    const [one, other] = [createMetrics('1'), createMetrics('2')];
    one.errors.inc({ stage: 'decode' });
    const text = await other.registry.metrics();
    expect(parseExposition(text).value('pod_hardener_errors_total', { stage: 'decode' })).to.equal(0);
  });
});
