import { expect } from 'chai';
import { decide } from '../../src/admission/decide.ts';
import type { Policy } from '../../src/admission/namespacePolicy.ts';
import type { Pod } from '../../src/policy/pod.ts';
import { annotated, containerOf, podOf } from '../pods.ts';
import { patchedBy } from '../promises.ts';
import { policyFor, requestFor } from '../requests.ts';

const filled = 'pod-hardener.io/filled';
const hardened = { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
/** So many bytes may the annotations have that we leave: 8 KiB less than the API server takes. */
const limit = 253_952;
const withSeccomp = { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } };

/** Our annotation on the pod after the patch. */
function noteOn(pod: Pod, policy: Policy = policyFor('restricted')): string | undefined {
  const { operations } = decide(requestFor(pod), policy, { provenance: true });
  return patchedBy(pod, operations).metadata?.annotations?.[filled];
}

describe("the pod's annotation", () => {
  it('lists what was filled, sorted, with the container where there is one', () => {
    const pod = podOf([containerOf('ray-head')]);
    expect(noteOn(pod)).to.equal(
      'ray-head/allowPrivilegeEscalation,ray-head/capabilities,ray-head/runAsNonRoot,seccompProfile',
    );
  });

  it('is added to a pod without metadata, without annotations and with null for them', () => {
    const list = 'app/allowPrivilegeEscalation,app/capabilities,app/runAsNonRoot,seccompProfile';
    const containers = [containerOf('app')];
    expect(noteOn({ spec: { containers: [{ name: 'app' }] } })).to.equal(list);
    expect(noteOn({ metadata: null, spec: { containers: [{ name: 'app' }] } })).to.equal(list);
    expect(noteOn(podOf(containers, {}, {}))).to.equal(list);
    expect(noteOn(podOf(containers, {}, { annotations: null }))).to.equal(list);
  });

  it('names only what was filled, and not what a mode or a reason kept from it', () => {
    const pod = podOf([containerOf('app', { runAsUser: 0 })]);
    const policy = policyFor('restricted', { controls: 'seccompProfile=audit' });
    expect(noteOn(pod, policy)).to.equal('app/allowPrivilegeEscalation');
  });

  it('is not added where nothing was filled', () => {
    expect(noteOn(podOf([containerOf('app', hardened)], withSeccomp))).to.equal(undefined);
    expect(noteOn(podOf([containerOf('app')]), policyFor('restricted', { mode: 'warn' }))).to.equal(undefined);
  });

  it('is not added when it is turned off', () => {
    const { operations } = decide(requestFor(podOf([containerOf('app')])), policyFor('restricted'), {
      provenance: false,
    });
    expect(operations.map(({ path }) => path)).to.deep.equal([
      '/spec/securityContext',
      '/spec/containers/0/securityContext',
    ]);
  });

  it('is not added to a running pod, whose metadata cannot change', () => {
    const before = podOf([containerOf('app')]);
    const pod = podOf([containerOf('app')], { ephemeralContainers: [containerOf('debugger')] });
    const { operations } = decide(requestFor(pod, before), policyFor('restricted'), { provenance: true });
    expect(operations.map(({ path }) => path)).to.deep.equal(['/spec/ephemeralContainers/0/securityContext']);
  });

  it('is merged when a sidecar was injected after the first call, wherever it was put', () => {
    const pod = podOf([containerOf('sidecar'), containerOf('app', hardened)], withSeccomp);
    const first = 'app/allowPrivilegeEscalation,app/capabilities,app/runAsNonRoot,seccompProfile';
    expect(noteOn(annotated(pod, { [filled]: first }))).to.equal(
      'app/allowPrivilegeEscalation,app/capabilities,app/runAsNonRoot,seccompProfile,' +
        'sidecar/allowPrivilegeEscalation,sidecar/capabilities,sidecar/runAsNonRoot',
    );
  });

  it('keeps of an earlier one only what the pod bears out', () => {
    const pod = podOf(
      [
        containerOf('app', { ...hardened, runAsNonRoot: false }),
        containerOf('new', { ...hardened, runAsNonRoot: null }),
      ],
      withSeccomp,
    );
    const forged = ' app/runAsNonRoot, app/capabilities ,gone/capabilities,hello,app/runAsUser,…+7,,new/capabilities';
    expect(noteOn(annotated(pod, { [filled]: forged }))).to.equal('app/capabilities,new/capabilities,new/runAsNonRoot');
  });

  it('keeps of an earlier one nothing that is filled only beside a field which the pod does not bear out', () => {
    const policy = policyFor('restricted', { 'run-as-user': 1000, 'run-as-group': 3000, 'fs-group': 2000 });
    const foreign = { ...withSeccomp.securityContext, fsGroup: 2001, fsGroupChangePolicy: 'OnRootMismatch' };
    const pod = podOf([containerOf('app', { ...hardened, runAsGroup: 3000 })], { securityContext: foreign });
    const forged = 'app/runAsGroup,app/runAsUser,fsGroup,fsGroupChangePolicy';
    expect(noteOn(annotated(pod, { [filled]: forged }), policy)).to.equal('app/runAsUser');
  });

  it('keeps of an earlier one nothing that is never filled in such a place, or in such a pod', () => {
    const own = { ...hardened, seccompProfile: { type: 'RuntimeDefault' } };
    const pod = podOf([containerOf('app', own), containerOf('new')]);
    expect(noteOn(annotated(pod, { [filled]: 'app/seccompProfile' }))).to.equal(
      'new/allowPrivilegeEscalation,new/capabilities,new/runAsNonRoot,seccompProfile',
    );
    const onWindows = podOf([containerOf('app', hardened), containerOf('new')], {
      nodeSelector: { 'kubernetes.io/os': 'windows' },
    });
    expect(noteOn(annotated(onWindows, { [filled]: 'app/capabilities,app/runAsNonRoot' }))).to.equal(
      'app/runAsNonRoot,new/runAsNonRoot',
    );
  });

  it('keeps of an earlier one nothing that the pod asks to be spared', () => {
    const pod = podOf([containerOf('app', { ...hardened, runAsNonRoot: null })], withSeccomp);
    const annotations = { [filled]: 'app/capabilities,seccompProfile', 'pod-hardener.io/controls': '-capabilities' };
    const policy = policyFor('restricted', { 'pod-overrides': 'allowed' });
    expect(noteOn(annotated(pod, annotations), policy)).to.equal('app/runAsNonRoot,seccompProfile');
  });

  it('takes no text for an earlier one that is longer than any of ours', () => {
    const pod = podOf([containerOf('app', { ...hardened, runAsNonRoot: null })], withSeccomp);
    const claim = 'app/capabilities,seccompProfile';
    const padded = (length: number) => `${claim},${'x'.repeat(length - claim.length - 1)}`;
    expect(noteOn(annotated(pod, { [filled]: padded(4096) }))).to.equal(
      'app/capabilities,app/runAsNonRoot,seccompProfile',
    );
    expect(noteOn(annotated(pod, { [filled]: padded(4097) }))).to.equal('app/runAsNonRoot');
  });

  it('is replaced as a whole when nothing of it is borne out', () => {
    const pod = podOf([containerOf('app', hardened)]);
    expect(noteOn(annotated(pod, { [filled]: 'app/runAsUser' }))).to.equal('seccompProfile');
  });

  it('is left alone where nothing is filled, whatever it says', () => {
    const pod = annotated(podOf([containerOf('app', hardened)], withSeccomp), { [filled]: 'forged' });
    expect(noteOn(pod)).to.equal('forged');
  });

  it('has at most 4 KiB and then the number of those that found no room', () => {
    const names = Array.from(
      { length: 100 },
      (_, index) => `container-with-a-long-name-${String(index).padStart(3, '0')}`,
    );
    const note = noteOn(podOf(names.map((name) => containerOf(name)))) ?? '';
    const entries = note.split(',');
    expect(Buffer.byteLength(note)).to.be.within(4096 - 60, 4096);
    expect(entries.slice(0, 3)).to.deep.equal([
      'container-with-a-long-name-000/allowPrivilegeEscalation',
      'container-with-a-long-name-000/capabilities',
      'container-with-a-long-name-000/runAsNonRoot',
    ]);
    // 301 entries in all: three of each of 100 containers and the pod's own.
    expect(entries.at(-1)).to.equal(`…+${301 - (entries.length - 1)}`);
  });

  it('is left out where the annotations would come near to the 256 KiB of the API server', () => {
    const list = 'app/allowPrivilegeEscalation,app/capabilities,app/runAsNonRoot,seccompProfile';
    const room = limit - Buffer.byteLength(filled + list) - Buffer.byteLength('big');
    const pod = podOf([containerOf('app')]);
    expect(noteOn(annotated(pod, { big: 'x'.repeat(room) }))).to.equal(list);
    expect(noteOn(annotated(pod, { big: 'x'.repeat(room + 1) }))).to.equal(undefined);
    expect(noteOn(annotated(pod, { big: 'ä'.repeat(room / 2 + 1) }))).to.equal(undefined);
  });

  it('is not counted twice where it replaces an earlier one', () => {
    const list = 'app/allowPrivilegeEscalation,app/capabilities,app/runAsNonRoot,seccompProfile';
    const room = limit - Buffer.byteLength(filled + list) - Buffer.byteLength('big');
    const pod = podOf([containerOf('app')]);
    expect(noteOn(annotated(pod, { big: 'x'.repeat(room), [filled]: 'forged' }))).to.equal(list);
  });

  it('is left out where only the note for the autoscaler finds room, and the note where not even that does', () => {
    const note = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes';
    const policy = policyFor('privileged', { controls: '+readOnlyRootFilesystem' });
    const room = limit - Buffer.byteLength('big');
    const addedTo = (used: number) => {
      const pod = annotated(podOf([containerOf('app')]), { big: 'x'.repeat(used) });
      const { operations } = decide(requestFor(pod), policy, { provenance: true });
      const { big, ...added } = patchedBy(pod, operations).metadata?.annotations ?? {};
      return added;
    };
    const noteSize = Buffer.byteLength(`${note}pod-hardener-1`);
    const ownSize = Buffer.byteLength(`${filled}app/readOnlyRootFilesystem`);
    expect(addedTo(room - noteSize - ownSize)).to.have.keys(note, filled);
    expect(addedTo(room - noteSize - ownSize + 1)).to.have.keys(note);
    expect(addedTo(room - noteSize + 1)).to.have.keys(filled);
    expect(addedTo(room - ownSize + 1)).to.deep.equal({});
  });

  it('leaves the fields filled where there is no room for it', () => {
    const pod = annotated(podOf([containerOf('app')]), { big: 'x'.repeat(262_144) });
    const { operations, outcome } = decide(requestFor(pod), policyFor('restricted'), { provenance: true });
    expect(outcome).to.equal('filled');
    expect(operations.map(({ path }) => path)).to.deep.equal([
      '/spec/securityContext',
      '/spec/containers/0/securityContext',
    ]);
  });
});
