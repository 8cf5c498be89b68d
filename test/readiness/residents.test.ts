import { expect } from 'chai';
import { deploymentOf } from '../../src/readiness/deploymentOf.ts';
import { decodeObserved } from '../../src/readiness/observed.ts';
import { createResidents, surveyOfResidents } from '../../src/readiness/residents.ts';
import { containerOf } from '../pods.ts';
import { deployment, type Observed, observedObject, runningAs, surveyOf } from './shapes.ts';

const observed = (pod: Observed = {}) => decodeObserved(observedObject(pod));

describe('residents', () => {
  const pods: readonly Observed[] = [
    { name: 'web-1', status: runningAs({ app: 0 }) },
    { name: 'web-2', status: runningAs({ app: 1000 }) },
    { name: 'api-1', owner: deployment('api'), spec: { hostNetwork: true } },
    { name: 'api-2', owner: deployment('api') },
    { name: 'alone', owner: null },
    { name: 'over', owner: null, status: { phase: 'Succeeded' } },
    { name: 'leaving', metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } },
  ];

  it('tell of a namespace exactly what its pods do', () => {
    const toResident = createResidents();
    expect(surveyOfResidents(pods.map((pod) => toResident(observed(pod))))).to.deep.equal(surveyOf(...pods));
    expect(surveyOfResidents([])?.shapes).to.deep.equal([]);
  });

  it('share one entry with all that are alike, also of another workload, and keep nothing of what differs otherwise', () => {
    const toResident = createResidents();
    const env = (value: string) => ({ containers: [{ ...containerOf('app'), env: [{ name: 'SECRET', value }] }] });
    const [one, two, other] = [
      toResident(observed({ name: 'a', spec: env('x') })),
      toResident(observed({ name: 'b', spec: { ...env('y'), nodeName: 'n' }, owner: deployment('api') })),
      toResident(observed({ spec: { hostPID: true } })),
    ];
    expect(one.likeness).to.equal(two.likeness);
    expect(other.likeness).not.to.equal(one.likeness);
    expect(JSON.stringify(one)).not.to.include('SECRET');
  });

  it('are as many as there is room for, and of a namespace with one that has none nothing is told', () => {
    const pod = (name: string) => observed({ spec: { containers: [containerOf(name)] } });
    const room = createResidents()(pod('a')).likeness?.text.length ?? 0;
    const toResident = createResidents({ ofPod: room, ofAll: 2 * room });
    const kept = (name: string) => toResident(pod(name));
    const all = ['a', 'b', 'c'].map(kept);
    expect(all.map(({ likeness }) => likeness !== undefined)).to.deep.equal([true, true, false]);
    expect(kept('a').likeness, 'one that is known').to.equal(all[0]?.likeness);
    expect(surveyOfResidents(all)).to.equal(undefined);
    const large = createResidents({ ofPod: room - 1, ofAll: 2 * room });
    expect(large(pod('a')).likeness).to.equal(undefined);
  });

  it('are not looked at where there are more different ones than can be at once', () => {
    const toResident = createResidents();
    const [one, two] = [toResident(observed()), toResident(observed({ spec: { hostPID: true } }))];
    const size = one.likeness?.text.length ?? 0;
    expect(surveyOfResidents([one, one, one], size)?.shapes).to.have.length(1);
    expect(surveyOfResidents([one, two], size)).to.equal(undefined);
  });
});

describe('deploymentOf', () => {
  const set = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d9c' };
  const labels = { 'pod-template-hash': '5d9c' };

  it('is what the label of a pod tells of its ReplicaSet', () => {
    expect(deploymentOf(set, labels)).to.deep.equal({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' });
  });

  it('is the owner itself for any other', () => {
    for (const [owner, own] of [
      [set, {}],
      [set, { 'pod-template-hash': 'other' }],
      [set, { 'pod-template-hash': 7 }],
      [{ ...set, name: '-5d9c' }, labels],
      [{ ...set, kind: 'StatefulSet' }, labels],
      [{ ...set, apiVersion: 'example.org/v1' }, labels],
      [undefined, labels],
    ] as const) {
      expect(deploymentOf(owner, own)).to.equal(owner);
    }
  });
});
