import type { ReadinessResults } from '../../src/output/readinessResults.ts';
import type { NamespaceReadiness } from '../../src/readiness/readiness.ts';
import { containerOf } from '../pods.ts';
import { assess, deployment, type Observed, opted, passing, runningAs, team } from '../readiness/shapes.ts';

/** A namespace in which there is something of everything. */
export function mixed(): NamespaceReadiness {
  const agent: Observed = {
    owner: { ...deployment('agent'), kind: 'DaemonSet' },
    spec: { ...passing, hostNetwork: true },
  };
  return assess(
    [
      { name: 'agent-1', ...agent },
      { name: 'agent-2', ...agent },
      { name: 'root-1', owner: deployment('root'), status: runningAs({ app: 0 }) },
      { name: 'web-1', status: runningAs({ app: 1000 }) },
      { name: 'good-1', owner: deployment('good'), spec: passing },
      { name: 'gone-1', metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } },
    ],
    team(opted, { mode: 'audit' }),
  );
}

/** A namespace whose texts are whatever somebody wrote. */
export function hostile(text: string): NamespaceReadiness {
  const container = { ...containerOf(text, { privileged: true }), image: text };
  const pods = [
    { name: text, owner: { apiVersion: text || 'v1', kind: text, name: text }, spec: { containers: [container] } },
    {
      name: 'root',
      owner: null,
      spec: { containers: [{ name: text, image: text }] },
      status: runningAs({ [text]: 0 }),
    },
    { name: 'volumes', owner: null, spec: { volumes: [{ name: text, hostPath: { path: text } }] } },
  ];
  return assess(pods, team(opted, { [text]: text, controls: text }));
}

export function resultsOf(...namespaces: readonly NamespaceReadiness[]): ReadinessResults {
  return {
    namespaces,
    skipped: [],
    thing: 'pod',
    source: 'https://cluster.example',
    kubernetes: 'v1.36',
    problems: [],
    notes: [],
    madeAt: Date.UTC(2026, 0, 2, 3, 4, 5),
    programVersion: '1.2.3',
  };
}
