import { expect } from 'chai';
import { explanationOf } from '../../src/output/explanation.ts';
import { controls } from '../../src/policy/controls/index.ts';
import { profiles } from '../../src/policy/profiles.ts';

const explained = (name: string) => explanationOf(name).controls[0];

describe('the explanation of a control', () => {
  it('has what is filled in a pod that sets nothing', () => {
    expect(explained('seccompProfile')?.fills).to.deep.equal([
      { path: 'spec.securityContext.seccompProfile', value: { type: 'RuntimeDefault' } },
    ]);
    expect(explained('capabilities')?.fills).to.deep.equal([
      { path: 'spec.containers[*].securityContext.capabilities.drop', value: ['ALL'] },
    ]);
    expect(explained('hostUsers')?.fills).to.deep.equal([{ path: 'spec.hostUsers', value: false }]);
    expect(explained('fsGroupChangePolicy')?.fills).to.deep.equal([
      { path: 'spec.securityContext.fsGroupChangePolicy', value: 'OnRootMismatch' },
    ]);
  });

  it('names the annotation where only the namespace knows the value', () => {
    expect(explained('runAsGroup')).to.deep.include({
      needs: 'pod-hardener.io/run-as-group',
      profiles: ['baseline', 'restricted', 'hardened'],
      fills: [{ path: 'spec.containers[*].securityContext.runAsGroup', valueFrom: 'pod-hardener.io/run-as-group' }],
    });
    expect(explained('supplementalGroups')?.fills).to.deep.equal([
      { path: 'spec.securityContext.supplementalGroups', valueFrom: 'pod-hardener.io/supplemental-groups' },
    ]);
  });

  it('names the profiles that fill it, none where it has to be asked for', () => {
    expect(explained('seccompProfile')?.profiles).to.deep.equal(['baseline', 'restricted', 'hardened']);
    expect(explained('runAsNonRoot')?.profiles).to.deep.equal(['restricted', 'hardened']);
    expect(explained('hostUsers')).to.deep.include({ profiles: [], since: 'v1.33' });
  });

  it('has the versions in which the standards changed', () => {
    expect(explained('capabilities')?.checks).to.deep.equal([
      { level: 'baseline', since: 'v1.0', changed: [] },
      { level: 'restricted', since: 'v1.22', changed: ['v1.25'] },
    ]);
  });

  it('fills something or is checked, for every control there is', () => {
    for (const { id, rules, checks } of controls) {
      expect(explained(id)?.fills.length ?? 0, `fills of ${id}`).to.satisfy((count: number) =>
        rules ? count > 0 : count === 0,
      );
      expect(explained(id)?.checks, `checks of ${id}`).to.have.lengthOf(checks?.length ?? 0);
    }
  });
});

describe('the explanation of a profile', () => {
  it('has the controls that it fills, with what they mean', () => {
    expect(explanationOf('baseline').profiles).to.deep.equal([
      {
        name: 'baseline',
        meaning: 'Fills only what hardly any program notices.',
        level: 'baseline',
        fills: [{ control: 'seccompProfile', title: 'Only the system calls of a profile may be made' }],
      },
    ]);
  });
});

describe('an explanation', () => {
  it('is of everything when nothing is named', () => {
    const all = explanationOf();
    expect(all.controls.map(({ name }) => name)).to.deep.equal(controls.map(({ id }) => id));
    expect(all.profiles.map(({ name }) => name)).to.deep.equal(profiles.map(({ name }) => name));
  });

  it('is of a control and of a profile when both have the name', () => {
    const { controls: found, profiles: namesakes } = explanationOf('privileged');
    expect([...found, ...namesakes].map(({ name }) => name)).to.deep.equal(['privileged', 'privileged']);
  });
});
