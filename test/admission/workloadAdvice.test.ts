import { expect } from 'chai';
import fc from 'fast-check';
import { workloadAdvice } from '../../src/admission/workloadAdvice.ts';
import { pods, runs } from '../arbitraries.ts';
import { containerOf, type Json, podOf } from '../pods.ts';
import { policyFor } from '../requests.ts';

type Strings = Readonly<Record<string, string>>;

const root = containerOf('app', { runAsUser: 0 });

/** What is said of the templates, by the labels that tell them apart. */
function advice(
  templates: Readonly<Record<string, ReturnType<typeof podOf>>>,
  profile = 'restricted',
  keys: Strings = {},
) {
  const listed = Object.entries(templates).map(([label, pod]) => ({ label, pod }));
  return workloadAdvice({ namespace: 'team', templates: listed }, policyFor(profile, keys), { provenance: true });
}

function adviceOn(containers: readonly Json[], keys: Strings = {}, profile = 'restricted', spec: Json = {}) {
  return advice({ '': podOf(containers, spec) }, profile, keys);
}

describe('advice on a workload', () => {
  it('is none where the namespace is not opted in', () => {
    const templates = [{ label: '', pod: podOf([root]) }];
    expect(workloadAdvice({ namespace: 'team', templates }, undefined, { provenance: true })).to.deep.equal([]);
  });

  it('is none where everything will be filled, and where nothing is missing', () => {
    expect(adviceOn([containerOf('app')])).to.deep.equal([]);
    expect(adviceOn([containerOf('app')], {}, 'hardened')).to.deep.equal([]);
    expect(adviceOn([root], {}, 'privileged')).to.deep.equal([]);
  });

  it('says what cannot be filled and why, and that the rest is', () => {
    expect(adviceOn([root, containerOf('sidecar')])).to.deep.equal([
      'pod-hardener: container "app" runs as root and is left without: runAsNonRoot, capabilities',
      'pod-hardener: short of restricted: runAsUser=0 (container "app" must not set runAsUser=0)',
      'pod-hardener: all else is filled: seccompProfile, allowPrivilegeEscalation, runAsNonRoot, capabilities',
    ]);
    expect(adviceOn([containerOf('app')], {}, 'baseline', { hostPID: true })).to.deep.equal([
      'pod-hardener: short of baseline: host namespaces (hostPID=true)',
      'pod-hardener: all else is filled: seccompProfile',
    ]);
  });

  it('says only what its author does in the mode audit', () => {
    expect(adviceOn([containerOf('app')], { mode: 'audit' })).to.deep.equal([]);
    expect(adviceOn([containerOf('app')], { mode: 'audit' }, 'restricted', { hostPID: true })).to.deep.equal([
      'pod-hardener: short of restricted: host namespaces (hostPID=true)',
    ]);
  });

  it('says in the mode warn what is not filled, and the lines to add', () => {
    expect(adviceOn([containerOf('app'), containerOf('sidecar')], { mode: 'warn' })).to.deep.equal([
      'pod-hardener: not filled in the pod (mode warn): seccompProfile',
      'pod-hardener: not filled in "app", "sidecar" (mode warn): runAsNonRoot, allowPrivilegeEscalation, capabilities',
      "pod-hardener: add to the pod's spec: securityContext: {seccompProfile: {type: RuntimeDefault}}",
      'pod-hardener: add securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}',
    ]);
  });

  it('tells only those controls that are to be told', () => {
    expect(adviceOn([containerOf('app')], { controls: 'capabilities=warn,runAsNonRoot=audit' })).to.deep.equal([
      'pod-hardener: not filled in "app" (mode warn): capabilities',
      'pod-hardener: add securityContext: {capabilities: {drop: [ALL]}}',
    ]);
  });

  it('tells apart containers that miss something else', () => {
    const other = containerOf('other', { runAsNonRoot: true, allowPrivilegeEscalation: false });
    expect(adviceOn([containerOf('app'), other], { controls: 'capabilities=warn,runAsNonRoot=warn' })).to.deep.equal([
      'pod-hardener: not filled in "app" (mode warn): runAsNonRoot, capabilities',
      'pod-hardener: not filled in "other" (mode warn): capabilities',
      'pod-hardener: add securityContext: {runAsNonRoot: true, capabilities: {drop: [ALL]}}',
      'pod-hardener: add securityContext: {capabilities: {drop: [ALL]}}',
    ]);
  });

  it('leaves problems of the policy to its administrator', () => {
    expect(adviceOn([containerOf('app')], { mode: 'fil', 'run-as-usr': '1' })).to.deep.equal([]);
  });

  it('names each template, and those of which the same is to be said together', () => {
    const privileged = podOf([containerOf('ray', { privileged: true })]);
    const host = podOf([containerOf('ray')], { hostPID: true });
    const said = advice({
      head: podOf([containerOf('ray')]),
      'group[0]': host,
      'group[1]': host,
      'group[2]': privileged,
    });
    expect(said.slice(0, 4)).to.deep.equal([
      'pod-hardener: group[0] and 1 more: short of restricted: host namespaces (hostPID=true)',
      'pod-hardener: group[0] and 1 more: all else is filled: seccompProfile, runAsNonRoot, allowPrivilegeEscalation, capabili…',
      'pod-hardener: group[2]: container "ray" is privileged and is left without: runAsNonRoot, allowPrivilegeEscalation, capa…',
      'pod-hardener: group[2]: short of restricted: privileged (container "ray" must not set securityContext.privileged=true)',
    ]);
  });

  it('passes on what is said of a pod’s own annotation', () => {
    const pod = podOf([containerOf('app')], {}, { annotations: { 'pod-hardener.io/controls': '-capabilities' } });
    expect(advice({ '': pod })[0]).to.equal('pod-hardener.io/controls on a pod is not allowed in this namespace');
  });

  it('is at most 8 warnings of 120 characters, whatever the pods are', () => {
    const templates = fc.array(pods, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(templates, fc.constantFrom('fill', 'warn', 'audit'), (found, mode) => {
        const listed = Object.fromEntries(found.map((pod, index) => [found.length > 1 ? `group[${index}]` : '', pod]));
        const said = advice(listed, 'hardened', { mode, controls: '+hostUsers' });
        expect(said.length).to.be.at.most(8);
        for (const text of said) {
          expect(text).to.match(/^(pod-hardener: |pod-hardener\.io\/)[^\p{Cc}\p{Zl}\p{Zp}]+$/u);
          expect(Array.from(text).length).to.be.at.most(120);
        }
      }),
      runs,
    );
  });
});
