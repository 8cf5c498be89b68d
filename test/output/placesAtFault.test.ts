import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { placesAtFault } from '../../src/output/placesAtFault.ts';
import { judge } from '../../src/policy/evaluate.ts';
import { toDotted } from '../../src/policy/path.ts';
import type { Pod } from '../../src/policy/pod.ts';

/** The fields that the standards object to in a pod's spec, by the names of the controls. */
function faultsIn(spec: string): Readonly<Record<string, readonly string[]>> {
  const pod: Pod = { spec: parse(spec) };
  const { restricted } = judge(pod, 36).violations;
  return Object.fromEntries(
    restricted.map((one) => [one.control, placesAtFault(pod, one).map((path) => toDotted(path))]),
  );
}

const hardened = 'securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, runAsNonRoot: true}';
const quiet = 'securityContext: {seccompProfile: {type: RuntimeDefault}}';

describe('the places at fault', () => {
  it('are the fields that would have to be set in the containers that lack them', () => {
    const faults = faultsIn(`
      initContainers: [{name: fine, ${hardened}}, {name: setup}]
      containers: [{name: a, ${hardened}}, {name: b, securityContext: {capabilities: {}}}]`);
    expect(faults).to.deep.equal({
      allowPrivilegeEscalation: [
        'spec.initContainers[1].securityContext.allowPrivilegeEscalation',
        'spec.containers[1].securityContext.allowPrivilegeEscalation',
      ],
      capabilities: [
        'spec.initContainers[1].securityContext.capabilities.drop',
        'spec.containers[1].securityContext.capabilities.drop',
        'spec.initContainers[1].securityContext.capabilities.add',
        'spec.containers[1].securityContext.capabilities.add',
      ],
      runAsNonRoot: [
        'spec.initContainers[1].securityContext.runAsNonRoot',
        'spec.containers[1].securityContext.runAsNonRoot',
      ],
      seccompProfile: [
        'spec.initContainers[0].securityContext.seccompProfile',
        'spec.initContainers[1].securityContext.seccompProfile',
        'spec.containers[0].securityContext.seccompProfile',
        'spec.containers[1].securityContext.seccompProfile',
      ],
    });
  });

  it('are the fields that say what is objected to, on the pod or in a container', () => {
    const securityContext =
      'securityContext: {seccompProfile: {type: RuntimeDefault}, runAsUser: 5, runAsNonRoot: false}';
    const faults = faultsIn(`
      ${securityContext}
      hostPID: true
      hostIPC: false
      containers:
      - {name: a, ${hardened}}
      - {name: b, securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, runAsUser: 0}}`);
    expect(faults).to.deep.equal({
      hostNamespaces: ['spec.hostPID'],
      runAsNonRoot: ['spec.securityContext.runAsNonRoot'],
      runAsUser: ['spec.containers[1].securityContext.runAsUser'],
    });
  });

  it('are the members of lists that are named', () => {
    const faults = faultsIn(`
      securityContext:
        seccompProfile: {type: RuntimeDefault}
        sysctls: [{name: kernel.shm_rmid_forced}, {name: kernel.msgmax}]
      volumes: [{name: fine, emptyDir: {}}, {name: node, hostPath: {path: /}}]
      containers:
      - name: a
        ports: [{containerPort: 1}, {containerPort: 80, hostPort: 80}]
        livenessProbe: {httpGet: {host: example.com, port: 80}}
        ${hardened}`);
    expect(faults).to.deep.equal({
      hostPorts: ['spec.containers[0].ports[1].hostPort'],
      hostProbesAndLifecycle: ['spec.containers[0].livenessProbe.httpGet.host'],
      sysctls: ['spec.securityContext.sysctls[1].name'],
      volumes: ['spec.volumes[1]'],
    });
  });

  it('are annotations where they are what is objected to', () => {
    const pod: Pod = {
      metadata: { annotations: { 'container.apparmor.security.beta.kubernetes.io/a': 'unconfined' } },
      spec: parse(`{${quiet}, containers: [{name: a, ${hardened}}]}`),
    };
    const [violation] = judge(pod, 30).violations.baseline;
    expect(violation?.control).to.equal('appArmorProfile');
    expect(violation && placesAtFault(pod, violation)).to.deep.equal([['metadata', 'annotations']]);
  });

  it('are found for every objection in the tables of the controls, and never the whole pod', () => {
    const tables = [
      'allowPrivilegeEscalation',
      'capabilities',
      'hostPorts',
      'procMount',
      'seLinuxOptions',
      'sysctls',
      'volumes',
    ];
    let number = 0;
    for (const table of tables) {
      for (const { spec } of parse(readFileSync(`test/controls/${table}.yaml`, 'utf8')).filter(
        (one: { spec?: Pod['spec'] }) => one.spec?.containers,
      )) {
        for (const violation of judge({ spec }, 36).violations.restricted) {
          number += 1;
          expect(placesAtFault({ spec }, violation), `${table}: ${violation.detail}`).not.to.deep.equal([['spec']]);
        }
      }
    }
    expect(number).to.be.greaterThan(30);
  });
});
