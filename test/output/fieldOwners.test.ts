import { expect } from 'chai';
import { lastKeyOf, ownersOf } from '../../src/output/fieldOwners.ts';
import { controls } from '../../src/policy/controls/index.ts';

describe('ownersOf', () => {
  it('knows every field that a control says it is about', () => {
    for (const { id, about } of controls) {
      for (const field of about.fields.filter((one) => one.startsWith('spec.') && !one.includes('{'))) {
        expect(ownersOf(field), field).to.deep.equal([id]);
      }
    }
  });

  for (const [what, written, owner] of [
    ['from further in', 'securityContext.runAsNonRoot', 'runAsNonRoot'],
    ['in large letters', 'SecurityContext.RunAsNonRoot', 'runAsNonRoot'],
    ['as a pointer', '/spec/containers/0/securityContext/capabilities/drop/1', 'capabilities'],
    ['as kubectl explain takes it', 'pod.spec.containers.securityContext.runAsUser', 'runAsUser'],
    ['from the root of a workload', 'spec.template.spec.initContainers[0].securityContext.procMount', 'procMount'],
    ['below a field that is looked at whole', 'securityContext.seccompProfile.type', 'seccompProfile'],
    ['above the only fields that are looked at', 'spec.containers[0].livenessProbe', 'hostProbesAndLifecycle'],
    ['beside a field that is', 'spec.securityContext.sysctls[0].value', 'sysctls'],
    ['among alternatives', 'spec.securityContext.seLinuxOptions.role', 'seLinuxOptions'],
    ['without a path', 'hostIPC', 'hostNamespaces'],
  ] as const) {
    it(`knows a field ${what}`, () => {
      expect(ownersOf(written)).to.deep.equal([owner]);
    });
  }

  it('takes the field itself before those in it', () => {
    expect(ownersOf('spec.volumes')).to.deep.equal(['volumes']);
    expect(ownersOf('spec.volumes[3].hostPath.path')).to.deep.equal(['hostPathVolumes']);
  });

  it('knows nothing else', () => {
    for (const written of [
      '',
      '.',
      '/',
      'host',
      'name',
      'type',
      'template',
      'pod/web',
      'spec.containers[0].name',
      '7',
    ]) {
      expect(ownersOf(written), written).to.deep.equal([]);
    }
  });
});

describe('lastKeyOf', () => {
  it('is what a path ends with', () => {
    expect(lastKeyOf('spec.containers[*].securityContext.runAsNonRot')).to.equal('runAsNonRot');
    expect(lastKeyOf('/spec/hostPDI')).to.equal('hostPDI');
    expect(lastKeyOf('hostPDI')).to.equal(undefined);
  });
});
