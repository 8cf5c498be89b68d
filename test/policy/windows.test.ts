import { expect } from 'chai';
import { hasHostProcess, isWindows, runsAsAdministrator } from '../../src/policy/windows.ts';
import { containerOf, podOf } from '../pods.ts';

const user = { windowsOptions: { runAsUserName: 'ContainerUser' } };

function requiring(nodeSelectorTerms: unknown) {
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } };
}

const windows = { key: 'kubernetes.io/os', operator: 'In', values: ['windows'] };

describe('isWindows', () => {
  const cases: readonly [string, boolean, unknown, Record<string, unknown>][] = [
    ['is true when spec.os.name is windows', true, undefined, { os: { name: 'windows' } }],
    [
      'is true when the node selector says windows',
      true,
      undefined,
      { nodeSelector: { 'kubernetes.io/os': 'windows' } },
    ],
    ['is true when the pod has windowsOptions', true, undefined, { securityContext: user }],
    ['is true when the pod has empty windowsOptions', true, undefined, { securityContext: { windowsOptions: {} } }],
    ['is true when a container has windowsOptions', true, user, {}],
    [
      'is true when an ephemeral container has windowsOptions',
      true,
      undefined,
      {
        ephemeralContainers: [containerOf('debugger', user)],
      },
    ],
    ['is true when every required term says windows', true, undefined, requiring([{ matchExpressions: [windows] }])],
    [
      'is false when one required term says nothing',
      false,
      undefined,
      requiring([{ matchExpressions: [windows] }, {}]),
    ],
    ['is false when there is no required term', false, undefined, requiring([])],
    [
      'is false when another label says windows',
      false,
      undefined,
      {
        nodeSelector: { os: 'windows' },
        ...requiring([{ matchExpressions: [{ ...windows, key: 'os' }] }]),
      },
    ],
    [
      'is false when the pod is not to be placed on Windows',
      false,
      undefined,
      {
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        ...requiring([{ matchExpressions: [{ ...windows, operator: 'NotIn' }] }]),
      },
    ],
    [
      'is false when spec.os.name is linux, whatever else is said',
      false,
      user,
      {
        os: { name: 'linux' },
        nodeSelector: { 'kubernetes.io/os': 'windows' },
      },
    ],
    ['looks further when spec.os has no name', true, user, { os: {} }],
    ['is false when nothing is said', false, undefined, {}],
  ];

  for (const [name, expected, context, spec] of cases) {
    it(name, () => expect(isWindows(podOf([containerOf('app', context)], spec))).to.equal(expected));
  }
});

describe('hasHostProcess', () => {
  it('is true when the pod or any of its containers says so', () => {
    const host = { windowsOptions: { hostProcess: true } };
    expect(hasHostProcess(podOf([containerOf('app')], { securityContext: host }))).to.equal(true);
    expect(hasHostProcess(podOf([containerOf('app')], { initContainers: [containerOf('setup', host)] }))).to.equal(
      true,
    );
  });

  it('is false when it is said to be false or not at all', () => {
    const none = { windowsOptions: { hostProcess: false } };
    expect(hasHostProcess(podOf([containerOf('app', none)], { securityContext: user }))).to.equal(false);
  });
});

describe('runsAsAdministrator', () => {
  const administrator = { windowsOptions: { runAsUserName: 'ContainerAdministrator' } };

  it("goes by the container's name before the pod's", () => {
    const pod = podOf([containerOf('app', user), containerOf('proxy')], { securityContext: administrator });
    expect(pod.spec.containers.map((container) => runsAsAdministrator(pod, container))).to.deep.equal([false, true]);
  });
});
