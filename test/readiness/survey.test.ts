import { expect } from 'chai';
import { decodeObserved } from '../../src/readiness/observed.ts';
import { createSurvey } from '../../src/readiness/survey.ts';
import { containerOf } from '../pods.ts';
import { deployment, observedObject, refusedWith, runningAs, surveyOf } from './shapes.ts';

const finished = { phase: 'Succeeded' };
const job = { apiVersion: 'batch/v1', kind: 'Job', name: 'backup', controller: true };

describe('createSurvey', () => {
  it('keeps one of the pods that are alike and come from one workload', () => {
    const { shapes } = surveyOf({ name: 'web-1' }, { name: 'web-2' }, { name: 'api-1', owner: deployment('api') });
    expect(shapes.map(({ owner, example, pods }) => [owner.name, example, pods])).to.deep.equal([
      ['web', 'web-1', 2],
      ['api', 'api-1', 1],
    ]);
  });

  it('tells the pods of one workload apart that are not alike', () => {
    const { shapes } = surveyOf({ name: 'head' }, { name: 'worker', spec: { hostIPC: true } });
    expect(shapes.map(({ example }) => example)).to.deep.equal(['head', 'worker']);
  });

  it('takes a pod that nothing made for its own workload', () => {
    const { shapes } = surveyOf({ name: 'one', owner: null }, { name: 'two', owner: null });
    expect(shapes.map(({ owner }) => `${owner.kind}/${owner.name}`)).to.deep.equal(['Pod/one', 'Pod/two']);
  });

  it('remembers that one of the pods runs as root, whatever the others do', () => {
    const users = (...uids: readonly number[]) =>
      surveyOf(...uids.map((app) => ({ status: runningAs({ app }) }))).shapes[0]?.users;
    expect(users(1000, 0, 1000)).to.deep.equal([{ container: 'app', uid: 0 }]);
    expect(users(0, 1000)).to.deep.equal([{ container: 'app', uid: 0 }]);
  });

  it('remembers a refusal beside a user', () => {
    const refused = refusedWith(
      'container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root',
    );
    const { shapes } = surveyOf({ status: runningAs({ app: 1000 }) }, { status: refused });
    expect(shapes[0]?.users).to.deep.equal([{ container: 'app', uid: 1000, refused: 'named' }]);
  });

  it('looks at an ended pod where something may make more of them, and at no other', () => {
    const survey = surveyOf(
      { name: 'backup-1', owner: job, status: finished },
      { name: 'by-hand', owner: null, status: { phase: 'Failed' } },
    );
    expect(survey.shapes.map(({ example, pods, finished: ended }) => ({ example, pods, ended }))).to.deep.equal([
      { example: 'backup-1', pods: 1, ended: 1 },
    ]);
    expect(survey.leftOut).to.deep.equal({ finished: 1, leaving: 0 });
  });

  it('does not look at pods that are being deleted', () => {
    const survey = surveyOf({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } });
    expect(survey.shapes).to.deep.equal([]);
    expect(survey.leftOut).to.deep.equal({ finished: 0, leaving: 1 });
  });

  it('takes a pod that was filled for what it was before, as its like will come again', () => {
    const securityContext = { runAsNonRoot: true, allowPrivilegeEscalation: false };
    const { shapes } = surveyOf({
      metadata: { annotations: { 'pod-hardener.io/filled': 'app/runAsNonRoot' } },
      spec: { containers: [containerOf('app', securityContext)] },
    });
    expect(shapes[0]?.pod.spec.containers[0]?.securityContext).to.deep.equal({ allowPrivilegeEscalation: false });
  });

  it('counts the pods that were filled before, and those with containers that were added to them', () => {
    const survey = surveyOf(
      { metadata: { annotations: { 'pod-hardener.io/filled': 'seccompProfile' } } },
      { spec: { ephemeralContainers: [containerOf('debugger')] } },
      {},
    );
    expect([survey.filledBefore, survey.debugged]).to.deep.equal([1, 1]);
  });

  it('forgets the pods of one namespace, or all', () => {
    const survey = createSurvey();
    for (const namespace of ['a', 'b', 'c']) {
      survey.add({ ...decodeObserved(observedObject()), namespace });
    }
    survey.forget('b');
    expect([...survey.namespaces().keys()]).to.deep.equal(['a', 'c']);
    survey.forget();
    expect(survey.namespaces().size).to.equal(0);
  });
});
