import { expect } from 'chai';
import { planFiles } from '../../src/commands/plan.ts';
import { bytesOf, reviewOf } from '../requests.ts';

const pod = (name: string, rest = '') =>
  `kind: Pod\nmetadata: {name: ${name}${rest}}\nspec:\n  containers:\n  - name: a\n`;
const namespace = (name: string, rest: string) =>
  `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n${rest}`;
const optedIn = '  labels:\n    pod-hardener.io/profile: baseline\n';
const filled = '  securityContext:\n    seccompProfile:\n      type: RuntimeDefault\n';

function plan(texts: readonly string[], options: { namespace?: string; profile?: string } = {}) {
  const sources = texts.map((text, index) => ({ name: `${index}.yaml`, text }));
  return planFiles(sources, { records: [], ...options });
}

describe('planFiles', () => {
  it('goes by the namespaces in the input, in whatever file they are', () => {
    const files = plan([
      `${pod('in', ', namespace: team')}---\n${pod('out', ', namespace: quiet')}`,
      `${namespace('team', optedIn)}---\n${namespace('quiet', '')}`,
    ]);
    expect(files[0]?.text).to.equal(
      `${pod('in', ', namespace: team').replace('  containers', `${filled}  containers`)}---\n${pod('out', ', namespace: quiet')}`,
    );
    expect(files[0]?.outcomes.map((outcome) => outcome.optedIn)).to.deep.equal([true, false]);
    expect(files[0]?.notes).to.deep.equal(['namespace quiet: it is not opted in, and left as it is']);
  });

  it('puts what names no namespace into the one that was named', () => {
    const files = plan([pod('a'), namespace('team', optedIn)], { namespace: 'team' });
    expect(files[0]?.text).to.include(filled).and.not.include('runAsNonRoot');
    expect(files[0]?.notes).to.deep.equal([]);
  });

  it('does nothing but tell where the mode of the namespace is not to fill', () => {
    const audit = `${optedIn}  annotations:\n    pod-hardener.io/mode: audit\n`;
    const [file] = plan([pod('a'), namespace('team', audit)], { namespace: 'team' });
    expect(file?.text).to.equal(pod('a'));
    expect(file?.outcomes[0]?.wouldFill.map(({ control, mode }) => `${control} ${mode}`)).to.deep.equal([
      'seccompProfile audit',
    ]);
  });

  it('fills the object of a review, and never the old one', () => {
    const spec = { containers: [{ name: 'a' }] };
    const review = reviewOf({ kind: 'Pod', spec }, { oldObject: { spec } });
    const [file] = plan([bytesOf(review).toString()], { profile: 'baseline' });
    expect(file?.problems).to.deep.equal([]);
    const { request } = JSON.parse(file?.text ?? '');
    expect(request.object.spec.securityContext).to.deep.equal({ seccompProfile: { type: 'RuntimeDefault' } });
    expect(request.oldObject).to.deep.equal({ spec });
  });

  it('has a problem for each part that cannot be read, leaves it as it is, and does the rest', () => {
    const broken = 'a: [\n';
    const wrong =
      'kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n      - name: a\n        securityContext: []\n';
    const nameless = 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: off\n';
    const [file] = plan([`${broken}---\n${wrong}---\n${nameless}---\n${pod('a')}`], { profile: 'baseline' });
    expect(file?.problems.map(({ message }) => message)).to.deep.equal([
      '0.yaml: document 1, line 1, column 4: this [ is not closed',
      '0.yaml: document 2, line 9, column 9: spec.containers[0].securityContext is a list, not an object',
      '0.yaml: document 3, line 11, column 1: this Namespace has no name that is a string',
    ]);
    expect(file?.text).to.equal(
      `${broken}---\n${wrong}---\n${nameless}---\n${pod('a').replace('  containers', `${filled}  containers`)}`,
    );
  });

  it("says which part of a pod's own annotation is not followed", () => {
    const text = pod('a', ', annotations: {pod-hardener.io/controls: -seccompProfile}');
    const [file] = plan([text], { profile: 'baseline' });
    expect(file?.notes).to.deep.equal([
      '0.yaml: line 1, column 1: pod-hardener.io/controls on a pod is not allowed in this namespace',
    ]);
  });

  it('names what it looked at', () => {
    const text = `kind: List\nitems:\n- ${pod('a').replaceAll('\n', '\n  ').trim()}\n- kind: RayCluster\n  spec:\n    headGroupSpec:\n      template:\n        spec:\n          containers: [{name: a}]\n`;
    expect(plan([text])[0]?.outcomes.map(({ title }) => title)).to.deep.equal([
      'Pod/a',
      'RayCluster spec.headGroupSpec.template',
    ]);
  });
});
