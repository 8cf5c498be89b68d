import { expect } from 'chai';
import { missingPodOf } from '../../src/commands/missingPod.ts';
import { planFiles } from '../../src/commands/plan.ts';
import { misfitIn } from '../../src/commands/podFields.ts';
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

describe('misfitIn', () => {
  const problem = (spec: object) => misfitIn({ spec: { containers: [{ name: 'a' }], ...spec } })?.problem;

  it('names the first field of a type that no API server accepts', () => {
    expect(problem({ hostNetwork: 'yes' })).to.equal('spec.hostNetwork is a string, not a boolean');
    expect(problem({ securityContext: { runAsUser: 1.5 } })).to.equal(
      'spec.securityContext.runAsUser is a number, not an integer',
    );
    expect(problem({ securityContext: { supplementalGroups: ['1'] } })).to.equal(
      'spec.securityContext.supplementalGroups[0] is a string, not an integer',
    );
    expect(problem({ containers: [{ name: 'a', securityContext: { procMount: true } }] })).to.equal(
      'spec.containers[0].securityContext.procMount is a boolean, not a string',
    );
    expect(problem({ volumes: [{ name: 'a', hostPath: '/' }] })).to.equal(
      'spec.volumes[0].hostPath is a string, not an object',
    );
    expect(problem({ containers: [{ name: 'a', ports: {} }] })).to.equal(
      'spec.containers[0].ports is an object, not a list',
    );
  });

  it('has nothing against what is right, null or unknown', () => {
    expect(problem({ hostNetwork: true, hostPID: null, securityContext: { fsGroup: 1 }, tolerations: 7 })).to.equal(
      undefined,
    );
    expect(misfitIn(undefined)).to.equal(undefined);
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

  const problemsOf = (text: string) => planFiles([{ name: 'a.yaml', text }], { records: [] })[0]?.problems;

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
});
