import { expect } from 'chai';
import { controls } from '../../src/policy/controls/index.ts';
import { heldEntries } from '../../src/policy/held.ts';
import { evidenceOf } from '../kubelet.ts';
import { containerOf, podOf } from '../pods.ts';

const active = controls.map((control) => ({ control, mode: 'fill' }) as const);
const hardened = { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['NET_RAW', 'ALL'] } };

describe('heldEntries', () => {
  it('are those that the pod bears out', () => {
    const pod = podOf([containerOf('app', hardened)], {
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    });
    const claimed = ['seccompProfile', 'app/runAsNonRoot', 'app/allowPrivilegeEscalation', 'app/capabilities'];
    expect(heldEntries(pod, claimed, active, {})).to.deep.equal(claimed);
  });

  it('are none of a field that is unset or has another value', () => {
    const pod = podOf([containerOf('app', { runAsNonRoot: false, capabilities: { drop: ['NET_RAW'] } })], {
      securityContext: { seccompProfile: { type: 'Unconfined' } },
    });
    const claimed = ['seccompProfile', 'app/runAsNonRoot', 'app/allowPrivilegeEscalation', 'app/capabilities'];
    expect(heldEntries(pod, claimed, active, {})).to.deep.equal([]);
  });

  it('are none of a container that is not in the pod, or of another place', () => {
    const pod = podOf([containerOf('app', hardened)]);
    const claimed = ['gone/runAsNonRoot', 'runAsNonRoot', 'app/seccompProfile', 'app/', '/capabilities', 'app', '…+3'];
    expect(heldEntries(pod, claimed, active, {})).to.deep.equal([]);
  });

  it('are none of a value that the namespace does not give', () => {
    const pod = podOf([containerOf('app', { runAsUser: 1000 })], { securityContext: { fsGroup: 2000 } });
    expect(heldEntries(pod, ['app/runAsUser', 'fsGroup'], active, {})).to.deep.equal([]);
    expect(heldEntries(pod, ['app/runAsUser', 'fsGroup'], active, { runAsUser: 1001, fsGroup: 2001 })).to.deep.equal(
      [],
    );
    expect(heldEntries(pod, ['app/runAsUser', 'fsGroup'], active, { runAsUser: 1000, fsGroup: 2000 })).to.deep.equal([
      'fsGroup',
      'app/runAsUser',
    ]);
  });

  it('are none of what the namespace does not fill', () => {
    const pod = podOf([containerOf('app', hardened)]);
    const audited = controls.map((control) => ({ control, mode: 'audit' }) as const);
    expect(heldEntries(pod, ['app/runAsNonRoot'], audited, {})).to.deep.equal([]);
    expect(heldEntries(pod, ['app/runAsNonRoot'], [], {})).to.deep.equal([]);
  });

  it('are of fsGroupChangePolicy only where the fsGroup is claimed too', () => {
    const pod = podOf([containerOf('app')], {
      securityContext: { fsGroup: 2000, fsGroupChangePolicy: 'OnRootMismatch' },
    });
    const values = { fsGroup: 2000 };
    expect(heldEntries(pod, ['fsGroupChangePolicy'], active, values)).to.deep.equal([]);
    expect(heldEntries(pod, ['fsGroup', 'fsGroupChangePolicy'], active, values)).to.deep.equal([
      'fsGroup',
      'fsGroupChangePolicy',
    ]);
  });

  it('are of fsGroupChangePolicy only where the fsGroup is borne out too', () => {
    const pod = podOf([containerOf('app')], {
      securityContext: { fsGroup: 2001, fsGroupChangePolicy: 'OnRootMismatch' },
    });
    expect(heldEntries(pod, ['fsGroup', 'fsGroupChangePolicy'], active, { fsGroup: 2000 })).to.deep.equal([]);
  });

  it('are of runAsNonRoot alone for Windows, and of nothing beside a HostProcess container', () => {
    const claimed = ['app/runAsNonRoot', 'app/allowPrivilegeEscalation', 'app/capabilities'];
    const windows = (windowsOptions: object) =>
      podOf([containerOf('app', { ...hardened, windowsOptions })], { nodeSelector: { 'kubernetes.io/os': 'windows' } });
    expect(heldEntries(windows({}), claimed, active, {})).to.deep.equal(['app/runAsNonRoot']);
    expect(heldEntries(windows({ hostProcess: true }), claimed, active, {})).to.deep.equal([]);
  });

  it('are of the seccompProfile of a container only where it is an ephemeral one', () => {
    const context = { seccompProfile: { type: 'RuntimeDefault' } };
    const pod = podOf([containerOf('app', context)], { ephemeralContainers: [containerOf('debugger', context)] });
    expect(heldEntries(pod, ['app/seccompProfile', 'debugger/seccompProfile'], active, {})).to.deep.equal([
      'debugger/seccompProfile',
    ]);
  });

  it('are none of what is withheld from the pod', () => {
    const withheld = active.map((one) => ({ ...one, withheld: 'pod-override' as const }));
    expect(heldEntries(podOf([containerOf('app', hardened)]), ['app/runAsNonRoot'], withheld, {})).to.deep.equal([]);
  });

  it('are named once', () => {
    const pod = podOf([containerOf('app', hardened), containerOf('app', hardened)]);
    expect(heldEntries(pod, ['app/runAsNonRoot'], active, {})).to.deep.equal(['app/runAsNonRoot']);
  });

  it('are of the user that an image needed only where it is known to need that one', () => {
    const pod = podOf([containerOf('app', { ...hardened, runAsUser: 1000 })]);
    const image = 'registry.example/app:1';
    const heldWith = (user: string) =>
      heldEntries(pod, ['app/runAsNonRoot', 'app/runAsUser'], active, {}, evidenceOf({ [image]: user }));
    expect(heldWith('named 1000')).to.deep.equal(['app/runAsNonRoot', 'app/runAsUser']);
    expect(heldWith('named 1001')).to.deep.equal(['app/runAsNonRoot']);
    expect(heldWith('uid 1000')).to.deep.equal(['app/runAsNonRoot']);
  });

  it('are of what was filled before the image was known to run as root', () => {
    const pod = podOf([containerOf('app', hardened)]);
    const evidence = evidenceOf({ 'registry.example/app:1': 'root' });
    const claimed = ['app/runAsNonRoot', 'app/capabilities'];
    expect(heldEntries(pod, claimed, active, {}, evidence)).to.deep.equal(claimed);
  });
});
