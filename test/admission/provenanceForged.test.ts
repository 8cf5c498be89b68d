import { expect } from 'chai';
import fc from 'fast-check';
import { type Decision, decide } from '../../src/admission/decide.ts';
import type { Policy } from '../../src/admission/namespacePolicy.ts';
import { checkPatch } from '../../src/admission/selfCheck.ts';
import { controls } from '../../src/policy/controls/index.ts';
import type { Container, Pod } from '../../src/policy/pod.ts';
import { anyText, namespaceAnnotations, pods, profiles, runs } from '../arbitraries.ts';
import { cloneOf, type Json } from '../pods.ts';
import { patchedBy } from '../promises.ts';
import { policyFor, requestFor } from '../requests.ts';

const key = 'pod-hardener.io/filled';
const options = { provenance: true };

const field = fc.constantFrom(...controls.filter(({ rules }) => rules).map(({ id }) => id));
const entry = fc.oneof(
  field,
  fc.tuple(fc.constantFrom('app', 'proxy', 'a/b', '', 'gone'), field).map(([name, id]) => `${name}/${id}`),
);
const odd = fc.oneof(
  fc.constantFrom('', ' ', '…+3', '…+99999', '…+1e9', '__proto__', 'constructor', 'app', 'app/', '/', '<script>'),
  anyText(20),
);

/** What somebody may write into our annotation: sense, nonsense, and far too much of either. */
const claims = fc
  .tuple(
    fc.array(fc.oneof({ weight: 4, arbitrary: entry }, { weight: 1, arbitrary: odd }), { maxLength: 30 }),
    fc.constantFrom(',', ' , ', ',,'),
    fc.oneof(
      { weight: 6, arbitrary: fc.constant('') },
      { weight: 2, arbitrary: fc.constantFrom(',…+2', ',…+70000') },
      { weight: 1, arbitrary: fc.constantFrom(','.repeat(5000), ',app/capabilities'.repeat(300)) },
    ),
  )
  .map(([entries, comma, end]) => entries.join(comma) + end);

/** One of the values, ours among them, or nothing. */
function maybe(...values: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.constantFrom(undefined, null, ...values);
}

const shared = {
  runAsNonRoot: maybe(true, true, false),
  runAsUser: maybe(1000, 1001, 0),
  runAsGroup: maybe(3000, 3001),
  seccompProfile: maybe({ type: 'RuntimeDefault' }, { type: 'Unconfined' }),
};
const context = fc.record({
  ...shared,
  privileged: maybe(undefined, undefined, true),
  allowPrivilegeEscalation: maybe(false, false, true),
  capabilities: maybe({ drop: ['ALL'] }, { drop: ['NET_RAW', 'ALL'] }, { drop: ['NET_RAW'] }, { add: ['ALL'] }),
  readOnlyRootFilesystem: maybe(true, false),
});
const containers = fc
  .uniqueArray(fc.constantFrom('app', 'proxy', 'a/b', 'sidecar'), { minLength: 1, maxLength: 3 })
  .chain((names) => fc.tuple(...names.map((name) => fc.record({ name: fc.constant(name), securityContext: context }))));
const podContext = fc.record({
  ...shared,
  fsGroup: maybe(2000, 2001),
  fsGroupChangePolicy: maybe('OnRootMismatch', 'Always'),
  supplementalGroups: maybe([2000, 3000], [1, 2000, 3000], [1]),
});

/** Pods that say half of what would be filled, so that there is something to claim and something to fill. */
const halves: fc.Arbitrary<Pod> = fc
  .record({
    containers,
    securityContext: podContext,
    nodeSelector: maybe(undefined, { 'kubernetes.io/os': 'windows' }),
  })
  .map((spec) => cloneOf({ spec }) as Pod);

const settings = fc.oneof(
  fc.tuple(profiles, namespaceAnnotations),
  fc.tuple(
    fc.constantFrom('restricted', 'hardened'),
    fc.constant({ 'run-as-user': 1000, 'run-as-group': 3000, 'fs-group': 2000, 'supplemental-groups': '2000,3000' }),
  ),
);

function containersIn({ spec }: Pod): readonly Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])];
}

function claiming(pod: Pod, text: string | undefined): Pod {
  const { [key]: _, ...others } = pod.metadata?.annotations ?? {};
  const annotations = { ...others, ...(text !== undefined && { [key]: text }) };
  return cloneOf({ ...pod, metadata: { ...pod.metadata, annotations } });
}

/** Our annotation as the answer writes it; undefined where it writes none. */
function noteIn({ operations }: Decision, pod: Pod): string | undefined {
  const isWritten = operations.some(({ path }) => path === '/metadata/annotations/pod-hardener.io~1filled');
  return isWritten ? patchedBy(pod, operations).metadata?.annotations?.[key] : undefined;
}

/** Whether the pod says what would be filled at the entry's place: the values are written out once more, on purpose. */
function bearsOut(pod: Pod, listed: string, { values }: Policy): boolean {
  const slash = listed.lastIndexOf('/');
  const [name, id] = slash === -1 ? [undefined, listed] : [listed.slice(0, slash), listed.slice(slash + 1)];
  const places = name === undefined ? [pod.spec] : containersIn(pod).filter((container) => container.name === name);
  const userOf = ({ runAsUser }: Json) => runAsUser ?? pod.spec.securityContext?.runAsUser ?? undefined;
  const groupsOf = ({ supplementalGroups }: Json) => (supplementalGroups ?? []) as readonly number[];
  return places.some(({ securityContext }) => {
    const has = (securityContext ?? {}) as Json;
    const { type } = (has.seccompProfile ?? {}) as Json;
    const { drop } = (has.capabilities ?? {}) as { drop?: readonly string[] };
    const expected: Readonly<Record<string, boolean>> = {
      seccompProfile: type === (values.seccompProfile?.type ?? 'RuntimeDefault'),
      runAsNonRoot: has.runAsNonRoot === true,
      allowPrivilegeEscalation: has.allowPrivilegeEscalation === false,
      capabilities: drop?.includes('ALL') === true,
      readOnlyRootFilesystem: has.readOnlyRootFilesystem === true,
      runAsUser: has.runAsUser === values.runAsUser && values.runAsUser !== undefined,
      runAsGroup: has.runAsGroup === values.runAsGroup && userOf(has) !== undefined,
      fsGroup: has.fsGroup === values.fsGroup && values.fsGroup !== undefined,
      fsGroupChangePolicy: has.fsGroupChangePolicy === 'OnRootMismatch' && has.fsGroup === values.fsGroup,
      supplementalGroups: values.supplementalGroups?.every((id) => groupsOf(has).includes(id)) === true,
    };
    return expected[id] === true;
  });
}

function entriesOf({ filled }: Decision): readonly string[] {
  return filled.map(({ container, control }) => (container === undefined ? '' : `${container}/`) + control);
}

describe("whatever an author writes into the pod's annotation", () => {
  it('is kept only where the pod bears it out, in a list of each field once that has all that was filled', () => {
    let kept = 0;
    fc.assert(
      fc.property(halves, settings, claims, (half, [profile, annotations], text) => {
        const [pod, policy] = [claiming(half, text), policyFor(profile, annotations)];
        const decision = decide(requestFor(pod), policy, options);
        checkPatch(pod, decision.operations, decision.intended ?? pod);
        const note = noteIn(decision, pod);
        if (note === undefined) return;
        expect(Buffer.byteLength(note)).to.be.within(1, 4096);
        const listed = note.split(',').filter((one) => !/^…\+\d+$/.test(one));
        expect(listed).to.deep.equal([...new Set(listed)].sort());
        expect(listed).to.include.members([...entriesOf(decision)]);
        const earlier = listed.filter((one) => !entriesOf(decision).includes(one));
        expect(earlier.filter((one) => !bearsOut(pod, one, policy))).to.deep.equal([]);
        const claimed = Buffer.byteLength(text) > 4096 ? [] : text.split(',').map((part) => part.trim());
        expect(claimed).to.include.members(earlier);
        const again = decide(requestFor(patchedBy(pod, decision.operations)), policy, options);
        expect(again.operations).to.deep.equal([]);
        kept += earlier.length;
      }),
      { ...runs, numRuns: 1000 },
    );
    expect(kept, 'entries of the author that were kept').to.be.greaterThan(50);
  });

  it('decides nothing, and leaves the patch valid', () => {
    fc.assert(
      fc.property(fc.oneof(pods, halves), settings, claims, (one, [profile, annotations], text) => {
        const policy = policyFor(profile, annotations);
        const decided = (written: string | undefined) => {
          const pod = claiming(one, written);
          const { operations, intended, auditAnnotations: _, ...others } = decide(requestFor(pod), policy, options);
          patchedBy(pod, operations);
          return { ...others, made: operations.filter(({ path }) => !path.startsWith('/metadata')) };
        };
        expect(decided(text)).to.deep.equal(decided(undefined));
      }),
      runs,
    );
  });
});
