import { expect } from 'chai';
import { controls } from '../../src/policy/controls/index.ts';
import { harden } from '../../src/policy/harden.ts';
import { allTargets, newEphemeralTargets } from '../../src/policy/targets.ts';
import { containerOf, podOf } from '../pods.ts';

const restricted = ['seccompProfile', 'runAsNonRoot', 'allowPrivilegeEscalation', 'capabilities'];
const active = controls
  .filter(({ id }) => restricted.includes(id))
  .map((control) => ({ control, mode: 'fill' }) as const);

describe('harden', () => {
  it('reports the pod first, then init containers, then containers, each in the order of the controls', () => {
    const pod = podOf([containerOf('app')], { initContainers: [containerOf('setup')] });
    expect(harden(pod, allTargets(pod), active, {})).to.deep.equal({
      changes: [
        {
          control: 'seccompProfile',
          path: ['spec', 'securityContext', 'seccompProfile'],
          value: { type: 'RuntimeDefault' },
          scope: 'pod',
          mode: 'fill',
        },
        ...[
          ['initContainers', 'init_container', 'setup'],
          ['containers', 'container', 'app'],
        ].flatMap(([list, scope, container]) =>
          [
            { control: 'runAsNonRoot', field: ['runAsNonRoot'], value: true },
            { control: 'allowPrivilegeEscalation', field: ['allowPrivilegeEscalation'], value: false },
            { control: 'capabilities', field: ['capabilities', 'drop'], value: ['ALL'] },
          ].map(({ control, field, value }) => ({
            control,
            path: ['spec', list, 0, 'securityContext', ...field],
            value,
            scope,
            container,
            mode: 'fill',
          })),
        ),
      ],
      left: [],
    });
  });

  it('names the container and the reason of what it leaves', () => {
    const pod = podOf([containerOf('app', { allowPrivilegeEscalation: true })], {}, { name: 'demo' });
    const [control] = active.filter((one) => one.control.id === 'allowPrivilegeEscalation');
    expect(harden(pod, allTargets(pod), control ? [control] : [], {})).to.deep.equal({
      changes: [],
      left: [
        {
          control: 'allowPrivilegeEscalation',
          path: ['spec', 'containers', 0, 'securityContext', 'allowPrivilegeEscalation'],
          reason: 'set-by-author',
          container: 'app',
        },
      ],
    });
  });

  it('fills nothing without targets or without controls', () => {
    const pod = podOf([containerOf('app')]);
    expect(harden(pod, [], active, {})).to.deep.equal({ changes: [], left: [] });
    expect(harden(pod, allTargets(pod), [], {})).to.deep.equal({ changes: [], left: [] });
  });

  it('changes only the container that an override leaves to it', () => {
    const pod = podOf([containerOf('app')]);
    const withheld = active.map((one) => ({ ...one, withheld: 'pod-override' as const }));
    const { changes, left } = harden(pod, allTargets(pod), withheld, {});
    expect(changes).to.deep.equal([]);
    expect(left.map(({ control, reason }) => `${control}=${reason}`)).to.deep.equal([
      'seccompProfile=pod-override',
      'runAsNonRoot=pod-override',
      'allowPrivilegeEscalation=pod-override',
      'capabilities=pod-override',
    ]);
  });
});

describe('newEphemeralTargets', () => {
  it('are the ephemeral containers that were not there before, by name and not by place', () => {
    const before = podOf([containerOf('app')], { ephemeralContainers: [containerOf('one'), containerOf('two')] });
    const pod = podOf([containerOf('app'), containerOf('more')], {
      ephemeralContainers: [containerOf('new'), containerOf('two'), containerOf('one')],
    });
    expect(newEphemeralTargets(pod, before).map(({ scope, container }) => [scope, container?.index])).to.deep.equal([
      ['ephemeral_container', 0],
    ]);
  });
});
