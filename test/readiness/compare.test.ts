import { expect } from 'chai';
import { assessNamespace } from '../../src/readiness/assess.ts';
import { differencesIn } from '../../src/readiness/compare.ts';
import { deployment, passing, surveyOf, team } from './shapes.ts';

const survey = surveyOf(
  { name: 'good-1', owner: deployment('good'), spec: passing },
  { name: 'probed-1', owner: deployment('probed'), spec: probed() },
  { name: 'probed-2', owner: deployment('probed'), spec: probed() },
);

function probed() {
  return {
    ...passing,
    containers: [{ ...(passing.containers as object[])[0], livenessProbe: { tcpSocket: { host: '1.2.3.4' } } }],
  };
}

function assessed(profile: string, version: string) {
  const grounds = { thing: 'pod', minor: 36, evidence: () => undefined, ownerOf: () => undefined } as const;
  return [assessNamespace(team(), survey, { ...grounds, asked: { profile, version } })];
}

describe('differencesIn', () => {
  it('lists exactly the pods that are judged otherwise', () => {
    expect(differencesIn(assessed('restricted', 'v1.33'), assessed('restricted', 'v1.34'))).to.deep.equal([
      {
        namespace: 'team',
        workload: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'probed' },
        pods: 2,
        example: 'probed-1',
        before: { standing: 'passes', fills: [], remaining: [] },
        after: {
          standing: 'short',
          fills: [],
          remaining: ['probe or lifecycle host (container "app" uses probe or lifecycle host "1.2.3.4")'],
        },
      },
    ]);
  });

  it('lists those that are filled otherwise', () => {
    const differences = differencesIn(assessed('restricted', 'latest'), assessed('hardened', 'latest'));
    expect(differences.map(({ example, before, after }) => [example, before.fills, after.fills])).to.deep.equal([
      ['probed-1', [], ['app/readOnlyRootFilesystem=true']],
      ['good-1', [], ['app/readOnlyRootFilesystem=true']],
    ]);
  });

  it('is empty for a policy and itself', () => {
    expect(differencesIn(assessed('restricted', 'v1.34'), assessed('restricted', 'v1.34'))).to.deep.equal([]);
  });
});
