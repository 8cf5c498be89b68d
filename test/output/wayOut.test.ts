import { expect } from 'chai';
import { type Grounds, wayOutOf } from '../../src/output/wayOut.ts';
import { namespaceOf, policyFor } from '../requests.ts';

const command = 'kubectl annotate namespace team --overwrite pod-hardener.io/';

/** A namespace that says this, and its policy. */
function groundsOf(
  annotations: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>> = {},
): Grounds {
  const record = namespaceOf('restricted', annotations);
  const policy = policyFor('restricted', annotations);
  return { namespace: 'team', policy, record: { ...record, labels: { ...record.labels, ...labels } } };
}

describe('the way out', () => {
  it('takes the control out, and keeps what the namespace says of others', () => {
    const spareOf = (control: string, controls: string) => wayOutOf(control, groundsOf({ controls })).spare;
    expect(spareOf('capabilities', '')).to.equal(`${command}controls=-capabilities`);
    expect(spareOf('capabilities', '-runAsNonRoot, capabilities=warn')).to.equal(
      `${command}controls=-runAsNonRoot,-capabilities`,
    );
    expect(spareOf('readOnlyRootFilesystem', '+readonlyrootfilesystem')).to.equal(`${command}controls=`);
  });

  it('takes a control out that takes part because of its value', () => {
    expect(wayOutOf('runAsUser', groundsOf({ 'run-as-user': '1000' })).spare).to.equal(`${command}controls=-runAsUser`);
  });

  it('names what makes the pod work with the field', () => {
    expect(wayOutOf('runAsNonRoot', groundsOf({})).keep).to.equal(`${command}run-as-user=UID`);
    expect(wayOutOf('readOnlyRootFilesystem', groundsOf({})).keep).to.equal(`${command}writable-paths=/tmp,PATH`);
    expect(wayOutOf('readOnlyRootFilesystem', groundsOf({ 'writable-paths': '/a' })).keep).to.equal(
      `${command}writable-paths=/a,PATH`,
    );
    expect(wayOutOf('capabilities', groundsOf({})).keep).to.equal(undefined);
  });

  it('says where Pod Security admission would refuse the pod without the field', () => {
    const enforced = (control: string, level: string) =>
      wayOutOf(control, groundsOf({}, { 'pod-security.kubernetes.io/enforce': level })).enforced;
    expect(enforced('capabilities', 'restricted')).to.equal('restricted');
    expect(enforced('capabilities', 'baseline')).to.equal(undefined);
    expect(enforced('readOnlyRootFilesystem', 'restricted')).to.equal(undefined);
    expect(enforced('capabilities', 'strict')).to.equal(undefined);
  });

  it('is one word for the shell, whatever the namespace says', () => {
    expect(wayOutOf('capabilities', groundsOf({ controls: "a b;$(c)'d" })).spare).to.equal(
      `${command}controls='a b;$(c)'\\''d,-capabilities'`,
    );
  });

  it('leaves the name of the namespace open where there is none', () => {
    expect(wayOutOf('capabilities', { namespace: '' }).spare).to.equal(
      'kubectl annotate namespace NAMESPACE --overwrite pod-hardener.io/controls=-capabilities',
    );
  });
});
