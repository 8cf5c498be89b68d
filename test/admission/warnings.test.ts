import { expect } from 'chai';
import fc from 'fast-check';
import { decide } from '../../src/admission/decide.ts';
import type { Policy } from '../../src/admission/namespacePolicy.ts';
import type { Pod } from '../../src/policy/pod.ts';
import { namespaceAnnotations, nonsenseAnnotations, pods, profiles, runs } from '../arbitraries.ts';
import { annotated, containerOf, podOf } from '../pods.ts';
import { policyFor, requestFor } from '../requests.ts';

const hardened = { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

function warningsFor(pod: Pod, policy: Policy = policyFor('restricted'), minor?: number): readonly string[] {
  return decide(requestFor(pod), policy, { provenance: true, minor }).warnings;
}

describe('the warnings', () => {
  it('are none for a pod that could be filled completely', () => {
    expect(warningsFor(podOf([containerOf('app')], { initContainers: [containerOf('setup')] }))).to.deep.equal([]);
  });

  it('are none in audit mode for what would be filled', () => {
    expect(warningsFor(podOf([containerOf('app')]), policyFor('restricted', { mode: 'audit' }))).to.deep.equal([]);
  });

  it('say once per place and reason what its author keeps from being filled, then what nothing could fill', () => {
    const pod = podOf(
      [
        containerOf('app', { allowPrivilegeEscalation: true, runAsNonRoot: false, capabilities: { add: ['ALL'] } }),
        containerOf('proxy', { privileged: true }),
        containerOf('agent', { capabilities: { add: ['CAP_SYS_ADMIN'] } }),
        containerOf('root', { runAsUser: 0 }),
      ],
      { securityContext: { seccompProfile: { type: 'Unconfined' } } },
    );
    expect(warningsFor(pod)).to.deep.equal([
      'pod-hardener: the pod keeps what its author set: seccompProfile',
      'pod-hardener: container "app" keeps what its author set: runAsNonRoot, allowPrivilegeEscalation, capabilities',
      'pod-hardener: container "proxy" is privileged and is left without: runAsNonRoot, allowPrivilegeEscalation, capabilities',
      'pod-hardener: container "agent" adds CAP_SYS_ADMIN and is left without: allowPrivilegeEscalation',
      'pod-hardener: container "root" runs as root and is left without: runAsNonRoot, capabilities',
      'pod-hardener: short of restricted: privileged (container "proxy" must not set securityContext.privileged=true)',
      'pod-hardener: short of restricted: unrestricted capabilities (containers "app", "proxy", "root" must set securityContex…',
      'pod-hardener: short of restricted: runAsUser=0 (container "root" must not set runAsUser=0)',
    ]);
  });

  it("say in any mode what the author keeps from the profile's level", () => {
    const pod = podOf([containerOf('app', { ...hardened, allowPrivilegeEscalation: true })]);
    const sentence = 'pod-hardener: container "app" keeps what its author set: allowPrivilegeEscalation';
    expect(warningsFor(pod, policyFor('restricted', { mode: 'audit' }))).to.deep.equal([sentence]);
    expect(warningsFor(pod, policyFor('restricted', { mode: 'warn' }))).to.deep.equal([
      sentence,
      'pod-hardener: the pod would get seccompProfile',
    ]);
  });

  it('say what no control fills and keeps the pod from the profile’s level', () => {
    const volumes = [{ name: 'logs', hostPath: { path: '/var/log' } }];
    const pod = podOf([containerOf('app')], { hostNetwork: true, hostPID: true, volumes });
    for (const mode of ['fill', 'audit', 'warn']) {
      expect(warningsFor(pod, policyFor('restricted', { mode })).slice(0, 2), mode).to.deep.equal([
        'pod-hardener: short of restricted: host namespaces (hostNetwork=true, hostPID=true)',
        'pod-hardener: short of restricted: restricted volume types ' +
          '(volume "logs" uses restricted volume type "hostPath")',
      ]);
    }
    expect(warningsFor(pod, policyFor('baseline'))).to.deep.equal([
      'pod-hardener: short of baseline: host namespaces (hostNetwork=true, hostPID=true)',
      'pod-hardener: short of baseline: hostPath volumes (volume "logs")',
    ]);
    expect(warningsFor(pod, policyFor('privileged'))).to.deep.equal([]);
  });

  it('say what an author added beside what was filled', () => {
    const pod = podOf([containerOf('app', { capabilities: { add: ['CHOWN'] } })]);
    expect(warningsFor(pod)).to.deep.equal([
      'pod-hardener: short of restricted: unrestricted capabilities (container "app" must not include "CHOWN" in securityConte…',
    ]);
    expect(warningsFor(pod, policyFor('baseline'))).to.deep.equal([]);
  });

  it('are none for what an author keeps that the profile’s level does not ask for', () => {
    const pod = podOf([containerOf('app', { privileged: false, allowPrivilegeEscalation: true, runAsUser: 0 })]);
    const policy = policyFor('baseline', { controls: '+capabilities,+allowPrivilegeEscalation,+runAsNonRoot' });
    const { left, warnings } = decide(requestFor(pod), policy, { provenance: true });
    expect(left.map(({ control, reason }) => `${control}=${reason}`)).to.deep.equal([
      'runAsNonRoot=runs-as-root',
      'allowPrivilegeEscalation=set-by-author',
      'capabilities=runs-as-root',
    ]);
    expect(warnings).to.deep.equal([]);
  });

  it('are none for what the administrator took out of the profile, or only records', () => {
    const pod = podOf([containerOf('app')]);
    expect(warningsFor(pod, policyFor('restricted', { controls: '-capabilities,-runAsNonRoot' }))).to.deep.equal([]);
    expect(warningsFor(pod, policyFor('restricted', { controls: 'capabilities=audit' }))).to.deep.equal([]);
  });

  it('go by the version of the standards that the namespace names', () => {
    const probing = { ...containerOf('app'), livenessProbe: { tcpSocket: { port: 1, host: 'a' } } };
    const sentence =
      'pod-hardener: short of restricted: probe or lifecycle host (container "app" uses probe or lifecycle host "a")';
    expect(warningsFor(podOf([probing]), policyFor('restricted', { 'profile-version': 'v1.33' }))).to.deep.equal([]);
    expect(warningsFor(podOf([probing]), policyFor('restricted', { 'profile-version': 'v1.34' }))).to.deep.equal([
      sentence,
    ]);
    expect(warningsFor(podOf([probing]), policyFor('restricted'), 33)).to.deep.equal([]);
    expect(warningsFor(podOf([probing]), policyFor('restricted'), 34)).to.deep.equal([sentence]);
  });

  it('say in audit mode too what an author added', () => {
    const pod = podOf([containerOf('app', { ...hardened, capabilities: { drop: ['ALL'], add: ['CHOWN'] } })]);
    expect(warningsFor(pod, policyFor('restricted', { mode: 'audit' }))).to.deep.equal([
      'pod-hardener: short of restricted: unrestricted capabilities (container "app" must not include "CHOWN" in securityConte…',
    ]);
  });

  it('say what an author added in one container though the same field of another is left', () => {
    const pod = podOf([
      containerOf('agent', { privileged: true }),
      containerOf('app', { capabilities: { add: ['CHOWN'] } }),
    ]);
    expect(warningsFor(pod).join('\n')).to.match(/unrestricted capabilities|container "app"/);
  });

  it('say what an author set though the cluster is too old for it to be filled', () => {
    const pod = annotated(podOf([containerOf('app')]), {
      'container.apparmor.security.beta.kubernetes.io/app': 'unconfined',
    });
    const policy = policyFor('restricted', { controls: '+appArmorProfile' });
    expect(warningsFor(pod, policy, 29).join('\n')).to.match(/^pod-hardener: .*app ?armor/i);
  });

  it('say what the pod itself asked to be spared', () => {
    const policy = policyFor('restricted', { 'pod-overrides': 'allowed' });
    const pod = annotated(podOf([containerOf('app')]), { 'pod-hardener.io/controls': '-capabilities,-seccompProfile' });
    expect(warningsFor(pod, policy)).to.deep.equal([
      'pod-hardener: the pod is spared by its own annotation: seccompProfile',
      'pod-hardener: container "app" is spared by its own annotation: capabilities',
    ]);
  });

  it('say in warn mode what would be filled', () => {
    const pod = podOf([containerOf('app')], { initContainers: [containerOf('setup')] });
    expect(warningsFor(pod, policyFor('restricted', { mode: 'warn' }))).to.deep.equal([
      'pod-hardener: the pod would get seccompProfile',
      'pod-hardener: container "setup" would get runAsNonRoot, allowPrivilegeEscalation, capabilities',
      'pod-hardener: container "app" would get runAsNonRoot, allowPrivilegeEscalation, capabilities',
    ]);
  });

  it('say what the author keeps, then what would be filled, then what the pod and the namespace got wrong', () => {
    const policy = policyFor('restricted', { mode: 'warn', 'run-as-user': 'ray', 'pod-overrides': 'allowed' });
    const pod = annotated(podOf([containerOf('app', { ...hardened, runAsNonRoot: false })]), {
      'pod-hardener.io/controls': '-x',
    });
    expect(warningsFor(pod, policy)).to.deep.equal([
      'pod-hardener: container "app" keeps what its author set: runAsNonRoot',
      'pod-hardener: the pod would get seccompProfile',
      'pod-hardener.io/controls on the pod: "x" is no control',
      'pod-hardener.io/run-as-user: "ray" is not an integer from 1 to 2147483647 and is not used',
    ]);
  });

  it('say when the pod asks where it may not', () => {
    const pod = annotated(podOf([containerOf('app')]), { 'pod-hardener.io/controls': '-capabilities' });
    expect(warningsFor(pod)).to.deep.equal(['pod-hardener.io/controls on a pod is not allowed in this namespace']);
  });

  it('tell a Windows pod without spec.os.name to set it', () => {
    const sentence = 'pod-hardener: a Windows pod passes "restricted" only with spec.os.name: windows';
    const windows = { nodeSelector: { 'kubernetes.io/os': 'windows' } };
    expect(warningsFor(podOf([containerOf('app')], windows))).to.deep.equal([sentence]);
    expect(warningsFor(podOf([containerOf('app')], { ...windows, os: { name: 'windows' } }))).to.deep.equal([]);
  });

  it('do not speak of restricted to a Windows pod in a namespace that aims lower', () => {
    const pod = podOf([containerOf('app')], { nodeSelector: { 'kubernetes.io/os': 'windows' } });
    expect(warningsFor(pod, policyFor('baseline'))).to.deep.equal([]);
  });

  it('are none of a running pod for what it falls short of already, and one for what an ephemeral container adds', () => {
    const before = podOf([containerOf('app')]);
    const warningsFor = (context: object) => {
      const pod = podOf([containerOf('app')], { ephemeralContainers: [containerOf('debugger', context)] });
      return decide(requestFor(pod, before), policyFor('restricted'), { provenance: true }).warnings;
    };
    expect(warningsFor({})).to.deep.equal([]);
    expect(warningsFor({ runAsUser: 0 })).to.deep.equal([
      'pod-hardener: container "debugger" runs as root and is left without: runAsNonRoot, capabilities',
      'pod-hardener: short of restricted: runAsUser=0 (container "debugger" must not set runAsUser=0)',
    ]);
  });

  it('are at most 8, of which the last counts the rest', () => {
    const names = Array.from({ length: 9 }, (_, index) =>
      containerOf(`c${index}`, { ...hardened, runAsNonRoot: false }),
    );
    const said = (index: number) => `pod-hardener: container "c${index}" keeps what its author set: runAsNonRoot`;
    expect(warningsFor(podOf(names.slice(0, 8)))).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7].map(said));
    expect(warningsFor(podOf(names))).to.deep.equal([
      ...[0, 1, 2, 3, 4, 5, 6].map(said),
      'pod-hardener: and 2 more warnings',
    ]);
  });

  it('shorten a long name, so that what is said of it still fits', () => {
    const name = 'x'.repeat(200);
    const pod = podOf([containerOf(name, { ...hardened, runAsNonRoot: false })]);
    expect(warningsFor(pod)).to.deep.equal([
      `pod-hardener: container "${'x'.repeat(31)}…" keeps what its author set: runAsNonRoot`,
    ]);
  });

  it('have one line each, whatever a container is called', () => {
    const pod = podOf([containerOf('a\nb\u202e\u2028', { ...hardened, runAsNonRoot: false })]);
    expect(warningsFor(pod, policyFor('restricted', { controls: '-seccompProfile' }))).to.deep.equal([
      'pod-hardener: container "a?b??" keeps what its author set: runAsNonRoot',
    ]);
  });

  it('are at most 8 lines of at most 120 characters, whatever is written', () => {
    const annotations = fc.oneof(namespaceAnnotations, nonsenseAnnotations);
    fc.assert(
      fc.property(pods, profiles, annotations, (pod, profile, written) => {
        const warnings = warningsFor(pod, policyFor(profile, written));
        expect(warnings.length).to.be.at.most(8);
        for (const warning of warnings) {
          expect([...warning].length).to.be.at.most(120);
          expect(warning).to.match(/^pod-hardener(: |\.io\/)[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u);
        }
      }),
      runs,
    );
  });
});
