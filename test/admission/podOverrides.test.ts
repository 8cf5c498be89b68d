import { expect } from 'chai';
import { controlsFor } from '../../src/admission/podOverrides.ts';
import { annotated, containerOf, podOf } from '../pods.ts';
import { policyFor } from '../requests.ts';

const pod = podOf([containerOf('app')]);
const prefix = 'pod-hardener.io/controls on the pod: ';

/** The controls for a pod that writes this, and the notes about it. */
function overridden(text: string, annotations: Record<string, string> = {}) {
  const policy = policyFor('restricted', { 'pod-overrides': 'allowed', ...annotations });
  const { active, notes } = controlsFor(annotated(pod, { 'pod-hardener.io/controls': text }), policy);
  const byThemselves = active.filter(({ beside }) => !beside);
  return { notes, active: byThemselves.map(({ control, mode, withheld }) => `${control.id}=${withheld ?? mode}`) };
}

const all = ['seccompProfile=fill', 'runAsNonRoot=fill', 'allowPrivilegeEscalation=fill', 'capabilities=fill'];

describe('controlsFor', () => {
  it("are the policy's for a pod without the annotation", () => {
    const policy = policyFor('restricted', { 'pod-overrides': 'allowed' });
    expect(controlsFor(pod, policy)).to.deep.equal({ active: policy.controls, notes: [] });
  });

  it("are the policy's, with a note, where pods may not ask", () => {
    const policy = policyFor('restricted');
    expect(controlsFor(annotated(pod, { 'pod-hardener.io/controls': '-capabilities' }), policy)).to.deep.equal({
      active: policy.controls,
      notes: ['pod-hardener.io/controls on a pod is not allowed in this namespace'],
    });
  });

  it('spare the pod what it takes out, and do less where it asks for less', () => {
    expect(overridden('-capabilities, runAsNonRoot=audit, SECCOMPPROFILE=Warn')).to.deep.equal({
      active: [
        'seccompProfile=warn',
        'runAsNonRoot=audit',
        'allowPrivilegeEscalation=fill',
        'capabilities=pod-override',
      ],
      notes: [],
    });
  });

  it('never do more than the namespace', () => {
    expect(overridden('+runAsUser,capabilities=fill,runAsUser=audit')).to.deep.equal({
      active: all,
      notes: [
        `${prefix}"+runAsUser" asks for more, which a pod cannot`,
        `${prefix}"capabilities=fill" asks for more, which a pod cannot`,
      ],
    });
    expect(overridden('capabilities=warn', { mode: 'audit' }).active).to.include('capabilities=audit');
  });

  it('follow what can be understood, with a note about the rest', () => {
    expect(overridden('-capabilites,-runAsNonRoot,oops')).to.deep.equal({
      active: [
        'seccompProfile=fill',
        'runAsNonRoot=pod-override',
        'allowPrivilegeEscalation=fill',
        'capabilities=fill',
      ],
      notes: [
        `${prefix}"capabilites" is no control; did you mean "capabilities"?`,
        `${prefix}"oops" is none of "+control", "-control" and "control=mode"`,
      ],
    });
  });

  it("are the policy's for an empty annotation", () => {
    expect(overridden('')).to.deep.equal({ active: all, notes: [] });
  });
});
