import { expect } from 'chai';
import { decide } from '../../src/admission/decide.ts';
import type { Policy } from '../../src/admission/namespacePolicy.ts';
import type { Pod } from '../../src/policy/pod.ts';
import { annotated, containerOf, podOf } from '../pods.ts';
import { policyFor, requestFor } from '../requests.ts';

const hardened = { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const withSeccomp = { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } };

function auditOf(pod: Pod, policy: Policy = policyFor('restricted')) {
  return decide(requestFor(pod), policy, { provenance: true }).auditAnnotations;
}

describe('the audit annotations', () => {
  it('say the policy and what was filled', () => {
    expect(auditOf(podOf([containerOf('app')]))).to.deep.equal({
      policy: 'restricted:latest fill',
      level: 'baseline -> restricted',
      filled: 'app/allowPrivilegeEscalation,app/capabilities,app/runAsNonRoot,seccompProfile',
    });
  });

  it('say only the policy and the level when there is nothing else to say', () => {
    const policy = policyFor('Baseline', { 'profile-version': 'v1.30', mode: 'warn' });
    expect(auditOf(podOf([containerOf('app', hardened)], withSeccomp), policy)).to.deep.equal({
      policy: 'baseline:v1.30 warn',
      level: 'restricted -> restricted',
    });
  });

  it('say what was left, and why', () => {
    const pod = podOf([containerOf('app', { privileged: true }), containerOf('proxy', hardened)], {
      securityContext: { seccompProfile: { type: 'Unconfined' } },
    });
    expect(auditOf(pod)).to.deep.equal({
      policy: 'restricted:latest fill',
      level: 'privileged -> privileged',
      left:
        'app/allowPrivilegeEscalation=privileged,app/capabilities=privileged,app/runAsNonRoot=privileged,' +
        'seccompProfile=set-by-author',
    });
  });

  it('say what would be filled in audit and in warn mode', () => {
    const pod = podOf([containerOf('app')]);
    const policy = policyFor('restricted', { mode: 'audit', controls: 'runAsNonRoot=warn,seccompProfile=fill' });
    expect(auditOf(pod, policy)).to.deep.equal({
      policy: 'restricted:latest audit',
      level: 'baseline -> baseline',
      filled: 'seccompProfile',
      'would-fill': 'app/allowPrivilegeEscalation,app/capabilities,app/runAsNonRoot',
    });
  });

  it('have keys that end in -again on a pod that carries our annotation', () => {
    const pod = podOf(
      [containerOf('app', hardened), containerOf('sidecar', { allowPrivilegeEscalation: true })],
      withSeccomp,
    );
    expect(auditOf(annotated(pod, { 'pod-hardener.io/filled': 'app/capabilities' }))).to.deep.equal({
      'policy-again': 'restricted:latest fill',
      'level-again': 'baseline -> baseline',
      'filled-again': 'sidecar/capabilities,sidecar/runAsNonRoot',
      'left-again': 'sidecar/allowPrivilegeEscalation=set-by-author',
    });
  });

  it('have values of at most 1 KiB, and then the number of those that found no room', () => {
    const names = Array.from({ length: 40 }, (_, index) => `container-${String(index).padStart(2, '0')}`);
    const { filled = '', ...rest } = auditOf(podOf(names.map((name) => containerOf(name))));
    const entries = filled.split(',');
    expect(Buffer.byteLength(filled)).to.be.within(1024 - 45, 1024);
    expect(entries[0]).to.equal('container-00/allowPrivilegeEscalation');
    // 121 entries in all: three of each of 40 containers and the pod's own.
    expect(entries.at(-1)).to.equal(`…+${121 - (entries.length - 1)}`);
    expect(rest).to.deep.equal({ policy: 'restricted:latest fill', level: 'baseline -> restricted' });
  });
});
