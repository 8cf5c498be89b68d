import { expect } from 'chai';
import fc from 'fast-check';
import { decodePod, PodError } from '../../src/policy/decodePod.ts';
import { mutated, pods, runs } from '../arbitraries.ts';
import { violatingPods } from '../violations.ts';

const spec = { containers: [{ name: 'app' }] };

describe('decodePod', () => {
  it('returns the pod itself, with all that it does not look at', () => {
    const pod = { metadata: null, spec: { containers: [], securityContext: null, unknown: { deep: [1] } }, status: {} };
    expect(decodePod(pod)).to.equal(pod);
  });

  it('has nothing against what it does not look at, whatever that is', () => {
    const pod = { metadata: { labels: 7 }, spec: { ...spec, hostNetwork: true, hostPID: false, tolerations: 7 } };
    expect(decodePod(pod)).to.equal(pod);
  });

  it('takes null for whatever may be left out', () => {
    const shared = { seccompProfile: null, appArmorProfile: null, seLinuxOptions: null, windowsOptions: null };
    const context = { securityContext: { ...shared, capabilities: null, procMount: null } };
    const asked = {
      livenessProbe: null,
      readinessProbe: { httpGet: null, tcpSocket: null },
      startupProbe: { httpGet: { host: null } },
      lifecycle: { postStart: null, preStop: { tcpSocket: { host: null } } },
    };
    const pod = {
      metadata: { annotations: null },
      spec: {
        securityContext: { ...shared, sysctls: null },
        volumes: null,
        containers: [
          { name: 'app', ...context, ...asked, ports: null },
          { name: 'proxy', lifecycle: null, ports: [{ hostPort: null, containerPort: null }] },
        ],
        initContainers: null,
        ephemeralContainers: null,
        os: null,
        nodeSelector: null,
        affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: null } } },
      },
    };
    expect(decodePod(pod)).to.equal(pod);
  });

  const wrong: readonly [unknown, string][] = [
    [null, 'the pod is null, not an object'],
    [undefined, 'the pod is missing, not an object'],
    [[], 'the pod is a list, not an object'],
    ['pod', 'the pod is a string, not an object'],
    [7, 'the pod is a number, not an object'],
    [{}, 'spec is missing, not an object'],
    [{ spec: null }, 'spec is null, not an object'],
    [{ spec: [] }, 'spec is a list, not an object'],
    [{ spec: {} }, 'spec.containers is missing, not a list'],
    [{ spec: { containers: null } }, 'spec.containers is null, not a list'],
    [{ spec: { containers: {} } }, 'spec.containers is an object, not a list'],
    [{ spec: { containers: [null] } }, 'spec.containers[0] is null, not an object'],
    [{ spec: { containers: [{ name: 'app' }, {}] } }, 'spec.containers[1].name is missing, not a string'],
    [{ spec: { ...spec, initContainers: 'none' } }, 'spec.initContainers is a string, not a list'],
    [{ spec: { ...spec, ephemeralContainers: [[]] } }, 'spec.ephemeralContainers[0] is a list, not an object'],
    [{ metadata: 'demo', spec }, 'metadata is a string, not an object'],
    [{ metadata: { annotations: [] }, spec }, 'metadata.annotations is a list, not an object'],
    [{ metadata: { annotations: { a: 1 } }, spec }, 'metadata.annotations.a is a number, not a string'],
    [{ spec: { ...spec, securityContext: true } }, 'spec.securityContext is a boolean, not an object'],
    [
      { spec: { ...spec, securityContext: { seccompProfile: 'RuntimeDefault' } } },
      'spec.securityContext.seccompProfile is a string, not an object',
    ],
    [
      { spec: { containers: [{ name: 'app', securityContext: [] }] } },
      'spec.containers[0].securityContext is a list, not an object',
    ],
    [
      { spec: { containers: [{ name: 'app', securityContext: { capabilities: ['ALL'] } }] } },
      'spec.containers[0].securityContext.capabilities is a list, not an object',
    ],
    [
      { spec: { containers: [{ name: 'app', securityContext: { capabilities: { drop: 'ALL' } } }] } },
      'spec.containers[0].securityContext.capabilities.drop is a string, not a list',
    ],
    [
      { spec: { containers: [{ name: 'app', securityContext: { capabilities: { add: ['ALL', 1] } } }] } },
      'spec.containers[0].securityContext.capabilities.add[1] is a number, not a string',
    ],
    [
      { spec: { containers: [{ name: 'app', securityContext: { windowsOptions: { runAsUserName: 1 } } }] } },
      'spec.containers[0].securityContext.windowsOptions.runAsUserName is a number, not a string',
    ],
    [{ spec: { ...spec, volumes: {} } }, 'spec.volumes is an object, not a list'],
    [{ spec: { ...spec, volumes: [{ name: 'data' }, null] } }, 'spec.volumes[1] is null, not an object'],
    [{ spec: { ...spec, volumes: [{ emptyDir: {} }] } }, 'spec.volumes[0].name is missing, not a string'],
    [
      { spec: { ...spec, securityContext: { sysctls: 'none' } } },
      'spec.securityContext.sysctls is a string, not a list',
    ],
    [
      { spec: { ...spec, securityContext: { sysctls: [{ value: '1' }] } } },
      'spec.securityContext.sysctls[0].name is missing, not a string',
    ],
    [
      { spec: { ...spec, securityContext: { seLinuxOptions: { type: 1 } } } },
      'spec.securityContext.seLinuxOptions.type is a number, not a string',
    ],
    [
      { spec: { ...spec, securityContext: { seLinuxOptions: { user: {} } } } },
      'spec.securityContext.seLinuxOptions.user is an object, not a string',
    ],
    [
      { spec: { ...spec, securityContext: { seLinuxOptions: { role: [] } } } },
      'spec.securityContext.seLinuxOptions.role is a list, not a string',
    ],
    [
      { spec: { ...spec, securityContext: { appArmorProfile: 'unconfined' } } },
      'spec.securityContext.appArmorProfile is a string, not an object',
    ],
    [
      { spec: { containers: [{ name: 'app', securityContext: { appArmorProfile: { type: true } } }] } },
      'spec.containers[0].securityContext.appArmorProfile.type is a boolean, not a string',
    ],
    [
      { spec: { containers: [{ name: 'app', securityContext: { seccompProfile: { type: 0 } } }] } },
      'spec.containers[0].securityContext.seccompProfile.type is a number, not a string',
    ],
    [
      { spec: { containers: [{ name: 'app', securityContext: { procMount: false } }] } },
      'spec.containers[0].securityContext.procMount is a boolean, not a string',
    ],
    [
      { spec: { containers: [{ name: 'app', command: 'sleep 1' }] } },
      'spec.containers[0].command is a string, not a list',
    ],
    [
      { spec: { containers: [{ name: 'app', args: ['sleep', 1] }] } },
      'spec.containers[0].args[1] is a number, not a string',
    ],
    [{ spec: { containers: [{ name: 'app', ports: 80 }] } }, 'spec.containers[0].ports is a number, not a list'],
    [
      { spec: { containers: [{ name: 'app', ports: [80] }] } },
      'spec.containers[0].ports[0] is a number, not an object',
    ],
    [
      { spec: { containers: [{ name: 'app', ports: [{ hostPort: {} }] }] } },
      'spec.containers[0].ports[0].hostPort is an object, not an integer',
    ],
    [
      { spec: { containers: [{ name: 'app', ports: [{ containerPort: '80' }] }] } },
      'spec.containers[0].ports[0].containerPort is a string, not an integer',
    ],
    [
      { spec: { containers: [{ name: 'app', readinessProbe: 'none' }] } },
      'spec.containers[0].readinessProbe is a string, not an object',
    ],
    [
      { spec: { containers: [{ name: 'app', livenessProbe: { httpGet: { host: 1 } } }] } },
      'spec.containers[0].livenessProbe.httpGet.host is a number, not a string',
    ],
    [
      { spec: { ...spec, initContainers: [{ name: 'setup', startupProbe: { tcpSocket: [] } }] } },
      'spec.initContainers[0].startupProbe.tcpSocket is a list, not an object',
    ],
    [
      { spec: { containers: [{ name: 'app', lifecycle: true }] } },
      'spec.containers[0].lifecycle is a boolean, not an object',
    ],
    [
      { spec: { containers: [{ name: 'app', lifecycle: { preStop: { tcpSocket: { host: false } } } }] } },
      'spec.containers[0].lifecycle.preStop.tcpSocket.host is a boolean, not a string',
    ],
    [
      { spec: { containers: [{ name: 'app', lifecycle: { postStart: [] } }] } },
      'spec.containers[0].lifecycle.postStart is a list, not an object',
    ],
    [{ metadata: { name: 7 }, spec }, 'metadata.name is a number, not a string'],
    [{ spec: { ...spec, hostNetwork: 'yes' } }, 'spec.hostNetwork is a string, not a boolean'],
    [
      { spec: { ...spec, securityContext: { runAsUser: 1.5 } } },
      'spec.securityContext.runAsUser is a number, not an integer',
    ],
    [
      { spec: { ...spec, securityContext: { supplementalGroups: ['1'] } } },
      'spec.securityContext.supplementalGroups[0] is a string, not an integer',
    ],
    [
      { spec: { containers: [{ name: 'app', securityContext: { privileged: 'true' } }] } },
      'spec.containers[0].securityContext.privileged is a string, not a boolean',
    ],
    [
      { spec: { ...spec, securityContext: { windowsOptions: { hostProcess: 1 } } } },
      'spec.securityContext.windowsOptions.hostProcess is a number, not a boolean',
    ],
    [
      { spec: { ...spec, volumes: [{ name: 'a', hostPath: '/' }] } },
      'spec.volumes[0].hostPath is a string, not an object',
    ],
    [{ spec: { ...spec, os: 'windows' } }, 'spec.os is a string, not an object'],
    [{ spec: { ...spec, nodeSelector: { os: null } } }, 'spec.nodeSelector.os is null, not a string'],
    [{ spec: { ...spec, affinity: 1 } }, 'spec.affinity is a number, not an object'],
  ];

  for (const [value, message] of wrong) {
    it(`throws "${message}"`, () => {
      expect(() => decodePod(value))
        .to.throw(PodError)
        .with.property('message', message);
    });
  }

  it('says where the part is, for whoever knows the text', () => {
    const pathOf = (value: unknown) => {
      try {
        decodePod(value);
        return undefined;
      } catch (error) {
        return (error as PodError).path;
      }
    };
    expect(pathOf([])).to.deep.equal([]);
    expect(pathOf({ spec: { ...spec, volumes: [{ name: 'data' }, null] } })).to.deep.equal(['spec', 'volumes', 1]);
    expect(pathOf({ metadata: { annotations: { 'a.b': 1 } }, spec })).to.deep.equal(['metadata', 'annotations', 'a.b']);
  });

  it('throws for a node affinity of the wrong shape', () => {
    const terms = (nodeSelectorTerms: unknown) => ({
      spec: {
        ...spec,
        affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
      },
    });
    const path = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
    expect(() => decodePod(terms({}))).to.throw(PodError, `${path} is an object, not a list`);
    expect(() => decodePod(terms([null]))).to.throw(PodError, `${path}[0] is null, not an object`);
    expect(() => decodePod(terms([{ matchExpressions: [1] }]))).to.throw(
      PodError,
      `${path}[0].matchExpressions[0] is a number, not an object`,
    );
    expect(() => decodePod(terms([{ matchExpressions: [{ values: ['windows', 1] }] }]))).to.throw(
      PodError,
      `${path}[0].matchExpressions[0].values[1] is a number, not a string`,
    );
  });

  it('throws nothing but a PodError, whatever the JSON', () => {
    const anything = fc.oneof(fc.jsonValue(), mutated(pods), mutated(mutated(pods)), mutated(violatingPods));
    fc.assert(
      fc.property(anything, (value) => {
        try {
          decodePod(value);
        } catch (error) {
          expect(error).to.be.instanceOf(PodError);
        }
      }),
      runs,
    );
  });
});
