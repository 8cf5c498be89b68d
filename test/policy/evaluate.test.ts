import { expect } from 'chai';
import fc from 'fast-check';
import { decodePod } from '../../src/policy/decodePod.ts';
import { evaluate, type Judgement, judge, messageOf } from '../../src/policy/evaluate.ts';
import type { Level } from '../../src/policy/level.ts';
import type { Pod } from '../../src/policy/pod.ts';
import { mutated, pods, runs } from '../arbitraries.ts';
import { annotated, cloneOf, containerOf, deepFreeze, podOf } from '../pods.ts';
import { violatingPods } from '../violations.ts';

const complete = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

/** A pod that every check objects to. */
const worst = annotated(
  podOf(
    [
      {
        ...containerOf('app', {
          privileged: true,
          procMount: 'Unmasked',
          runAsUser: 0,
          runAsNonRoot: false,
          allowPrivilegeEscalation: true,
          capabilities: { add: ['NET_ADMIN'] },
          seccompProfile: { type: 'Unconfined' },
          appArmorProfile: { type: 'Unconfined' },
          seLinuxOptions: { type: 'spc_t' },
          windowsOptions: { hostProcess: true },
        }),
        ports: [{ containerPort: 80, hostPort: 8080 }],
        livenessProbe: { httpGet: { port: 80, host: 'example.com' } },
      },
    ],
    {
      hostNetwork: true,
      volumes: [{ name: 'logs', hostPath: { path: '/var/log' } }],
      securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] },
    },
  ),
  { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' },
);

function reasonsAt(pod: Pod, level: Level, minor: number): readonly string[] {
  return judge(pod, minor).violations[level].map(({ reason }) => reason);
}

function textAt(pod: Pod, level: Level, minor: number): string {
  const { allowed, message } = evaluate(pod, level, minor);
  expect(allowed, 'allowed').to.equal(message === '');
  return message;
}

describe('judge', () => {
  it('has the violations of the baseline level in the order of the bytes of upstream’s names', () => {
    expect(reasonsAt(worst, 'baseline', 36)).to.deep.equal([
      'forbidden AppArmor profile',
      'non-default capabilities',
      'host namespaces',
      'hostPath volumes',
      'hostPort',
      'probe or lifecycle host',
      'privileged',
      'procMount',
      'seLinuxOptions',
      'seccompProfile',
      'forbidden sysctls',
      'hostProcess',
    ]);
  });

  it('has those of the restricted level behind those of the baseline that none of them replaces', () => {
    expect(reasonsAt(worst, 'restricted', 36)).to.deep.equal([
      'forbidden AppArmor profile',
      'host namespaces',
      'hostPort',
      'probe or lifecycle host',
      'privileged',
      'seLinuxOptions',
      'forbidden sysctls',
      'hostProcess',
      'allowPrivilegeEscalation != false',
      'unrestricted capabilities',
      'procMount',
      'restricted volume types',
      'runAsNonRoot != true',
      'runAsUser=0',
      'seccompProfile',
    ]);
  });

  it('has what was asked for in the first version', () => {
    expect(reasonsAt(worst, 'baseline', 0)).to.deep.equal([
      'forbidden AppArmor profile',
      'non-default capabilities',
      'host namespaces',
      'hostPath volumes',
      'hostPort',
      'privileged',
      'procMount',
      'seLinuxOptions',
      'seccompProfile',
      'forbidden sysctls',
      'hostProcess',
    ]);
    expect(reasonsAt(worst, 'restricted', 0)).to.deep.equal([
      'forbidden AppArmor profile',
      'non-default capabilities',
      'host namespaces',
      'hostPort',
      'privileged',
      'procMount',
      'seLinuxOptions',
      'seccompProfile',
      'forbidden sysctls',
      'hostProcess',
      'restricted volume types',
      'runAsNonRoot != true',
    ]);
  });

  it('names with each violation the control of its field', () => {
    expect(judge(worst, 36).violations.restricted.map(({ control }) => control)).to.deep.equal([
      'appArmorProfile',
      'hostNamespaces',
      'hostPorts',
      'hostProbesAndLifecycle',
      'privileged',
      'seLinuxOptions',
      'sysctls',
      'windowsHostProcess',
      'allowPrivilegeEscalation',
      'capabilities',
      'procMount',
      'volumes',
      'runAsNonRoot',
      'runAsUser',
      'seccompProfile',
    ]);
  });

  it('has nothing against any pod at the privileged level', () => {
    expect(judge(worst, 36).violations.privileged).to.deep.equal([]);
    expect(judge(worst, 0).violations.privileged).to.deep.equal([]);
  });

  it('says the highest level that a pod passes', () => {
    const levelOf = (pod: Pod) => judge(pod, 36).level;
    expect(levelOf(podOf([containerOf('app', complete)]))).to.equal('restricted');
    expect(levelOf(podOf([containerOf('app', complete), containerOf('proxy')]))).to.equal('baseline');
    expect(levelOf(podOf([containerOf('app')]))).to.equal('baseline');
    expect(levelOf(podOf([containerOf('app', complete)], { hostPID: true }))).to.equal('privileged');
    expect(levelOf(worst)).to.equal('privileged');
    expect(levelOf(podOf([])), 'a pod without containers').to.equal('restricted');
  });

  it('says the level by the version', () => {
    const levelsOf = (pod: Pod, ...minors: readonly number[]) => minors.map((minor) => judge(pod, minor).level);
    const bare = podOf([containerOf('app', { runAsNonRoot: true })]);
    expect(levelsOf(bare, 0, 7, 8, 36)).to.deep.equal(['restricted', 'restricted', 'baseline', 'baseline']);
    const probing = podOf([
      { ...containerOf('app', complete), livenessProbe: { tcpSocket: { port: 1, host: 'example.com' } } },
    ]);
    expect(levelsOf(probing, 33, 34)).to.deep.equal(['restricted', 'privileged']);
    const isolated = podOf([containerOf('app', { ...complete, runAsNonRoot: false, procMount: 'Unmasked' })], {
      hostUsers: false,
    });
    expect(levelsOf(isolated, 34, 35)).to.deep.equal(['privileged', 'baseline']);
    const windows = podOf([containerOf('app', { runAsNonRoot: true })], { os: { name: 'windows' } });
    expect(levelsOf(windows, 24, 25)).to.deep.equal(['baseline', 'restricted']);
  });

  it('takes a version beyond the newest for the newest', () => {
    for (const minor of [37, 99, 999]) expect(judge(worst, minor), String(minor)).to.deep.equal(judge(worst, 36));
  });

  it('leaves the pod as it is', () => {
    const pod = deepFreeze(cloneOf(worst));
    expect(judge(pod, 36).level).to.equal('privileged');
    expect(pod).to.deep.equal(worst);
  });

  it('looks at init containers first, then at containers, then at ephemeral ones', () => {
    const pod = podOf([containerOf('b')], {
      ephemeralContainers: [containerOf('a')],
      initContainers: [containerOf('c')],
    });
    expect(textAt(pod, 'restricted', 36)).to.equal(
      'allowPrivilegeEscalation != false (containers "c", "b", "a" must set ' +
        'securityContext.allowPrivilegeEscalation=false), ' +
        'unrestricted capabilities (containers "c", "b", "a" must set securityContext.capabilities.drop=["ALL"]), ' +
        'runAsNonRoot != true (pod or containers "c", "b", "a" must set securityContext.runAsNonRoot=true), ' +
        'seccompProfile (pod or containers "c", "b", "a" must set securityContext.seccompProfile.type to ' +
        '"RuntimeDefault" or "Localhost")',
    );
  });
});

describe('a check of the restricted level', () => {
  it('replaces the baseline’s check of capabilities since 1.22', () => {
    const pod = podOf([
      containerOf('app', { ...complete, capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'CHOWN'] } }),
    ]);
    const atBaseline =
      'non-default capabilities (container "app" must not include "NET_ADMIN" in securityContext.capabilities.add)';
    for (const minor of [0, 21, 22, 36]) expect(textAt(pod, 'baseline', minor), `1.${minor}`).to.equal(atBaseline);
    for (const minor of [0, 21]) expect(textAt(pod, 'restricted', minor), `1.${minor}`).to.equal(atBaseline);
    for (const minor of [22, 36]) {
      expect(textAt(pod, 'restricted', minor), `1.${minor}`).to.equal(
        'unrestricted capabilities (container "app" must not include "CHOWN", "NET_ADMIN" in ' +
          'securityContext.capabilities.add)',
      );
    }
  });

  it('replaces the baseline’s check of seccomp since 1.19', () => {
    const pod = annotated(
      podOf([containerOf('app', { ...complete, seccompProfile: null })], {
        securityContext: { seccompProfile: { type: 'Unconfined' } },
      }),
      { 'container.seccomp.security.alpha.kubernetes.io/app': 'unconfined' },
    );
    const byAnnotation =
      'seccompProfile (forbidden annotation container.seccomp.security.alpha.kubernetes.io/app="unconfined")';
    const byField = 'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")';
    for (const level of ['baseline', 'restricted'] as const) {
      expect(textAt(pod, level, 18), level).to.equal(byAnnotation);
      expect(textAt(pod, level, 19), level).to.equal(byField);
    }
  });

  it('replaces the baseline’s check of hostPath volumes in every version', () => {
    const pod = podOf([containerOf('app', complete)], { volumes: [{ name: 'logs', hostPath: { path: '/var/log' } }] });
    for (const minor of [0, 36]) {
      expect(textAt(pod, 'baseline', minor)).to.equal('hostPath volumes (volume "logs")');
      expect(textAt(pod, 'restricted', minor)).to.equal(
        'restricted volume types (volume "logs" uses restricted volume type "hostPath")',
      );
    }
  });

  it('replaces the baseline’s check of the proc mount since 1.35, and so stands behind those of the baseline', () => {
    const pod = podOf([containerOf('app', { ...complete, procMount: 'Unmasked', seLinuxOptions: { user: 'root' } })]);
    const procMount = 'procMount (container "app" must not set securityContext.procMount to "Unmasked")';
    const seLinux =
      'seLinuxOptions (container "app" set forbidden securityContext.seLinuxOptions: user may not be set)';
    expect(textAt(pod, 'restricted', 34)).to.equal(`${procMount}, ${seLinux}`);
    expect(textAt(pod, 'restricted', 35)).to.equal(`${seLinux}, ${procMount}`);
    expect(textAt(pod, 'baseline', 35)).to.equal(`${procMount}, ${seLinux}`);
  });
});

describe('evaluate', () => {
  it('has no message for a pod that is allowed', () => {
    const pod = podOf([containerOf('app', complete)]);
    for (const level of ['privileged', 'baseline', 'restricted'] as const) {
      expect(evaluate(pod, level, 36), level).to.deep.equal({ allowed: true, message: '' });
    }
    expect(evaluate(worst, 'privileged', 36)).to.deep.equal({ allowed: true, message: '' });
  });

  it('has a message for a pod that is not', () => {
    const pod = podOf([containerOf('app', { privileged: true })], { hostPID: true, hostIPC: true });
    expect(evaluate(pod, 'baseline', 36)).to.deep.equal({
      allowed: false,
      message:
        'host namespaces (hostPID=true, hostIPC=true), ' +
        'privileged (container "app" must not set securityContext.privileged=true)',
    });
  });
});

describe('messageOf', () => {
  it('puts the detail of each violation in parentheses, and commas between them', () => {
    const one = { control: 'x', reason: 'one', detail: 'first' };
    expect(messageOf([])).to.equal('');
    expect(messageOf([one])).to.equal('one (first)');
    expect(messageOf([one, { control: 'y', reason: 'two', detail: 'a, b' }])).to.equal('one (first), two (a, b)');
  });
});

describe('every judgement', () => {
  const minor = fc.integer({ min: 0, max: 40 });

  function expectSound({ level, violations }: Judgement): void {
    const { baseline, restricted } = violations;
    const passed = restricted.length === 0 ? 'restricted' : baseline.length === 0 ? 'baseline' : 'privileged';
    expect(level).to.equal(passed);
    const texts = [...baseline, ...restricted].flatMap(({ control, reason, detail }) => [control, reason, detail]);
    expect(texts.filter((text) => typeof text !== 'string' || text === '')).to.deep.equal([]);
  }

  it('allows at the baseline level what it allows at the restricted one', () => {
    fc.assert(
      fc.property(violatingPods, minor, (pod, version) => {
        const judgement = judge(decodePod(pod), version);
        expectSound(judgement);
        if (judgement.violations.restricted.length === 0) expect(judgement.violations.baseline).to.deep.equal([]);
      }),
      { ...runs, numRuns: 1_000 },
    );
  });

  it('knows at the restricted level of every field that it objects to at the baseline, but for those of folders', () => {
    const fieldsOf = ({ violations }: Judgement, level: Level) =>
      violations[level].map(({ control }) => (control === 'hostPathVolumes' ? 'volumes' : control));
    fc.assert(
      fc.property(violatingPods, minor, (pod, version) => {
        const judgement = judge(pod, version);
        expect(fieldsOf(judgement, 'restricted')).to.include.members(fieldsOf(judgement, 'baseline'));
      }),
      { ...runs, numRuns: 1_000 },
    );
  });

  it('is reached on whatever passes for a pod', () => {
    fc.assert(
      fc.property(mutated(fc.oneof(violatingPods, pods)), minor, (value, version) => {
        let pod: Pod;
        try {
          pod = decodePod(value);
        } catch {
          return;
        }
        expectSound(judge(pod, version));
      }),
      { ...runs, numRuns: 3_000 },
    );
  });

  it('is the same for a pod that was written with null for what it leaves out', () => {
    fc.assert(
      fc.property(violatingPods, minor, (pod, version) => {
        const { securityContext, ...spec } = pod.spec;
        const filled = { volumes: null, hostUsers: null, ephemeralContainers: null, os: null, ...spec };
        const other = { ...pod, spec: { ...filled, securityContext: securityContext ?? null } };
        expect(judge(decodePod(other), version)).to.deep.equal(judge(pod, version));
      }),
      runs,
    );
  });
});
