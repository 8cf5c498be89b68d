import { expect } from 'chai';
import { missingPodOf } from '../../src/commands/missingPod.ts';
import { planFiles } from '../../src/commands/plan.ts';
import { objectsIn } from '../../src/manifests/objects.ts';

const problemsOf = (value: unknown) => objectsIn(value).map((object) => missingPodOf(object)?.problem);

describe('missingPodOf', () => {
  it('says where an object of Kubernetes should hold a pod', () => {
    expect(problemsOf({ kind: 'Deployment', apiVersion: 'apps/v1' })).to.deep.equal(['spec.template is missing']);
    expect(problemsOf({ kind: 'Job', apiVersion: 'batch/v1', spec: { template: [] } })).to.deep.equal([
      'spec.template is no object',
    ]);
    expect(problemsOf({ kind: 'PodTemplate', template: { spec: {} } })).to.deep.equal([
      'template.spec.containers is missing, not a list',
    ]);
    expect(problemsOf({ kind: 'PodList', items: [{ spec: { containers: [] } }] })).to.deep.equal([
      'spec.containers is empty',
    ]);
  });

  it('expects no pod in any other object', () => {
    expect(problemsOf({ kind: 'ConfigMap', apiVersion: 'v1' })).to.deep.equal([undefined]);
    expect(problemsOf({ kind: 'Job', apiVersion: 'batch.volcano.sh/v1alpha1' })).to.deep.equal([undefined]);
    expect(problemsOf({ kind: 'Pod', apiVersion: 7 })).to.deep.equal([undefined]);
  });
});

describe('planFiles for the templates only', () => {
  const text = 'kind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: app}]}\n';

  it('leaves the texts as they are, and knows what becomes of the pods', () => {
    const options = { records: [], profile: 'baseline', namespace: 'team', templatesOnly: true };
    const [file] = planFiles([{ name: 'a.yaml', text }], options);
    expect(file?.text).to.equal(text);
    const [template] = file?.outcomes ?? [];
    expect(template).to.include({ kind: 'Pod', name: 'a', template: '', namespace: 'team', title: 'Pod/a' });
    expect(template?.pod?.spec).to.deep.equal({ containers: [{ name: 'app' }] });
    expect(template?.intended?.spec.securityContext).to.deep.equal({ seccompProfile: { type: 'RuntimeDefault' } });
  });

  const problemsOf = (text: string) =>
    planFiles([{ name: 'a.yaml', text }], { records: [] })[0]?.problems.map(({ message }) => message);

  it('passes a part of a workload through otherwise, such as a patch for kustomize', () => {
    for (const spec of ['{containers: []}', '{}', '{containers: }']) {
      expect(problemsOf(`kind: Pod\nmetadata: {name: a}\nspec: ${spec}\n`)).to.deep.equal([]);
    }
    expect(problemsOf('kind: Deployment\nspec: {replicas: 3}\n')).to.deep.equal([]);
  });

  it('refuses otherwise, too, what no API server takes for a pod', () => {
    expect(problemsOf('kind: Pod\nspec: {containers: {}}\n')).to.deep.equal([
      'a.yaml: line 2, column 8: spec.containers is an object, not a list',
    ]);
    const mistyped = 'kind: Pod\nspec: {containers: [{name: a, securityContext: {privileged: "true"}}]}\n';
    expect(problemsOf(mistyped)).to.deep.equal([
      'a.yaml: line 2, column 49: spec.containers[0].securityContext.privileged is a string, not a boolean',
    ]);
  });

  it('says of a review which part of its pod is wrong, and where that stands', () => {
    const review = (object: string, more = '') =>
      `kind: AdmissionReview
apiVersion: admission.k8s.io/v1
request:
  uid: a
  operation: ${more === '' ? 'CREATE' : 'UPDATE'}
  namespace: team
  resource: {group: '', version: v1, resource: pods}
  object: ${object}
${more}`;
    const pod = '{spec: {hostPID: no, containers: [{name: app}]}}';
    expect(problemsOf(review('{spec: {hostPID: "no", containers: []}}'))).to.deep.equal([
      'a.yaml: line 8, column 19: request.object is not a Pod: spec.hostPID is a string, not a boolean',
    ]);
    expect(problemsOf(review('{kind: Service}'))).to.deep.equal([
      'a.yaml: line 8, column 12: request.object is not a Pod: kind is "Service"',
    ]);
    const debugging = '  subResource: ephemeralcontainers\n  oldObject: {spec: 7}\n';
    expect(problemsOf(review(pod, debugging))).to.deep.equal([
      'a.yaml: line 10, column 15: request.oldObject is not a Pod: spec is a number, not an object',
    ]);
  });
});
