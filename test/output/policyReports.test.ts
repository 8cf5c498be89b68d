import { type Schema, Validator } from '@cfworker/json-schema';
import { expect } from 'chai';
import { policyReports } from '../../src/output/policyReports.ts';
import type { NamespaceReadiness } from '../../src/readiness/readiness.ts';
import { assess, deployment, passing, runningAs, team } from '../readiness/shapes.ts';
import { policyReportSchema } from './policyReportSchema.ts';
import { hostile, mixed, resultsOf } from './readinessResults.ts';

interface Report {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly summary: Readonly<Record<string, number>>;
  readonly results: readonly Readonly<Record<string, unknown>>[];
}

const reportsOn = (...namespaces: readonly NamespaceReadiness[]) =>
  policyReports(resultsOf(...namespaces), 'wgpolicy') as readonly Report[];

describe('the policy reports', () => {
  it('are of the kind that the cluster knows', () => {
    const results = resultsOf(mixed());
    const kinds = (['wgpolicy', 'openreports'] as const).map((group) => {
      const [{ apiVersion, kind }] = policyReports(results, group) as readonly [Report];
      return `${apiVersion} ${kind}`;
    });
    expect(kinds).to.deep.equal(['wgpolicyk8s.io/v1alpha2 PolicyReport', 'openreports.io/v1alpha1 Report']);
  });

  it('have a result for everything that is in the way, and one for any other workload', () => {
    const [report] = reportsOn(mixed());
    expect(report?.metadata.namespace).to.equal('team');
    expect(report?.summary).to.deep.equal({ pass: 1, fail: 2, warn: 1, error: 0, skip: 0 });
    expect(
      report?.results.map(({ result, severity, rule, message }) => [result, severity, rule, message]),
    ).to.deep.equal([
      ['fail', 'high', 'hostNamespaces', 'host namespaces (hostNetwork=true): set by its author'],
      [
        'fail',
        'medium',
        'runAsNonRoot',
        'app: runs as uid 0 now, which runAsNonRoot would keep from starting (registry.example/app:1)',
      ],
      [
        'warn',
        'low',
        undefined,
        'passes restricted once filled: the pod: seccompProfile; app: runAsNonRoot, allowPrivilegeEscalation, capabilities',
      ],
      ['pass', undefined, undefined, 'passes restricted as it is'],
    ]);
  });

  it('name the workload, and when it was looked at', () => {
    const owner = { ...deployment('web'), uid: 'u-1' };
    const [report] = reportsOn(assess([{ owner, spec: passing }], team()));
    expect(report?.results).to.deep.equal([
      {
        source: 'pod-hardener',
        category: 'Pod Security Standards',
        policy: 'restricted',
        result: 'pass',
        scored: true,
        message: 'passes restricted as it is',
        properties: { standing: 'passes', pods: '1', version: 'latest' },
        resources: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'team', uid: 'u-1' }],
        timestamp: { seconds: 1767323045, nanos: 0 },
      },
    ]);
  });

  it('are none for a namespace without pods', () => {
    expect(reportsOn(assess([]))).to.deep.equal([]);
  });

  it('are several where one would get too long', () => {
    const pods = Array.from({ length: 501 }, (_, index) => ({
      owner: deployment(`web-${index}`),
      status: runningAs({ app: 1 }),
    }));
    const reports = reportsOn(assess(pods));
    expect(reports.map(({ metadata, results }) => [metadata.name, results.length])).to.deep.equal([
      ['pod-hardener-readiness', 500],
      ['pod-hardener-readiness-2', 1],
    ]);
  });

  it('follow the schema, whatever a cluster holds', () => {
    const validator = new Validator(policyReportSchema as Schema, '2020-12');
    const all = [mixed(), hostile('<b>\u0000\n'), hostile('x'.repeat(5_000))];
    for (const report of reportsOn(...all)) {
      expect(validator.validate(JSON.parse(JSON.stringify(report))).errors).to.deep.equal([]);
    }
    expect(reportsOn(...all)).to.have.lengthOf(3);
  });
});
