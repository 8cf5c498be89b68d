import { expect } from 'chai';
import jsonpatch, { type Operation } from 'fast-json-patch';
import { type DecideOptions, type Decision, decide } from '../src/admission/decide.ts';
import type { Policy } from '../src/admission/namespacePolicy.ts';
import { checkPatch } from '../src/admission/selfCheck.ts';
import { applyChanges } from '../src/policy/apply.ts';
import { type Judgement, judge } from '../src/policy/evaluate.ts';
import { levels } from '../src/policy/level.ts';
import { type AddOperation, toJsonPatch } from '../src/policy/patch.ts';
import type { Pod } from '../src/policy/pod.ts';
import { refusalsOf } from './apiServerRules.ts';
import { bereftContainers, stoppedContainers } from './kubelet.ts';
import { cloneOf, deepFreeze, type Json } from './pods.ts';
import { requestFor } from './requests.ts';

/** What a decision may rest on besides the pod and its policy. */
export interface Circumstances extends Omit<DecideOptions, 'provenance'> {
  /** The pod as it was before ephemeral containers were added. */
  readonly before?: Pod | undefined;
}

/** The decision on a pod, once everything has been asserted that must hold of every decision. */
export function decideAsPromised(given: Pod, policy: Policy, circumstances: Circumstances = {}): Decision {
  const { before, ...rest } = circumstances;
  const pod = deepFreeze(cloneOf(given));
  const request = requestFor(pod, before && deepFreeze(cloneOf(before)));
  const options = { provenance: true, ...rest };
  const decision = decide(request, policy, options);
  expect(JSON.stringify(pod), 'the input').to.equal(JSON.stringify(given));
  for (const operation of decision.operations) expectOurPlace(operation, pod, before);
  const patched = patchedBy(pod, decision.operations);
  expect(decision.intended ?? pod, 'what the patch makes').to.deep.equal(patched);
  expect(applyChanges(pod, decision.filled)).to.deep.equal(patchedBy(pod, toJsonPatch(pod, decision.filled)));
  expectKept(pod, patched);
  expect(refusalsOf(pod), 'what the API server refuses').to.include.members([...refusalsOf(patched)]);
  checkPatch(pod, decision.operations, decision.intended ?? pod);
  const again = decide(requestFor(patched, before), policy, options);
  expect(again.operations, 'the second pass').to.deep.equal([]);
  expectNoWorse(pod, patched);
  if (rest.evidence && policy.values.rootImages !== 'fill') {
    for (const find of [stoppedContainers, bereftContainers]) {
      const found = find(patched, rest.evidence);
      expect(find(pod, rest.evidence), `${find.name} before`).to.include.members([...found]);
    }
  }
  expect(again.levels?.before, 'the level of the second pass').to.equal(decision.levels?.after);
  expect(again.remaining, 'what remains in the second pass').to.deep.equal(decision.remaining);
  return decision;
}

/** The pod that the operations make, by a library that knows nothing of how they were made. */
export function patchedBy(pod: Pod, operations: readonly AddOperation[]): Pod {
  return jsonpatch.applyPatch(cloneOf(pod), cloneOf(operations) as Operation[], true).newDocument;
}

const places = [
  /^\/spec\/hostUsers$/,
  /^\/spec\/securityContext(\/|$)/,
  /^\/spec\/(initContainers|containers|ephemeralContainers)\/\d+\/securityContext(\/|$)/,
  /^\/spec\/(initContainers|containers)\/\d+\/volumeMounts(\/\d+)?$/,
  /^\/spec\/volumes(\/\d+)?$/,
  /^\/metadata(\/annotations(\/pod-hardener\.io~1filled)?)?$/,
  /^\/metadata\/annotations\/cluster-autoscaler\.kubernetes\.io~1safe-to-evict-local-volumes$/,
];
const ephemeralPlace = /^\/spec\/ephemeralContainers\/(\d+)\/securityContext(\/|$)/;

/** Every operation adds, and only where this program has something to say: in a running pod, in what is new there. */
function expectOurPlace({ op, path }: AddOperation, pod: Pod, before: Pod | undefined): void {
  expect(op).to.equal('add');
  if (!before) {
    expect(
      places.some((place) => place.test(path)),
      `${path} is a place to fill`,
    ).to.equal(true);
    return;
  }
  const [, index] = ephemeralPlace.exec(path) ?? [];
  const name = pod.spec.ephemeralContainers?.[Number(index)]?.name;
  const known = before.spec.ephemeralContainers?.some((container) => container.name === name) ?? false;
  expect(index !== undefined && !known, `${path} belongs to a new ephemeral container`).to.equal(true);
}

/** A version before and after each in which the standards changed. */
const minors = [0, 7, 8, 18, 19, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36];

/** No version of the standards takes a level away for what was filled, or objects to anything that it did not object to. */
function expectNoWorse(before: Pod, after: Pod): void {
  const worse: string[] = [];
  for (const minor of minors) {
    const [was, is] = [judge(before, minor), judge(after, minor)];
    if (levels.indexOf(is.level) < levels.indexOf(was.level)) worse.push(`1.${minor}: ${was.level} -> ${is.level}`);
    for (const level of levels) {
      const controlsOf = ({ violations }: Judgement) => violations[level].map(({ control }) => control);
      const known = controlsOf(was);
      for (const control of controlsOf(is)) {
        if (!known.includes(control)) worse.push(`1.${minor}: ${level} objects to ${control}`);
      }
    }
  }
  expect(worse, 'what became worse').to.deep.equal([]);
}

const ownAnnotation = 'metadata\u0000annotations\u0000pod-hardener.io/filled';

/** All that the author wrote stands where it stood; lists may have grown at their end, and null counts as unwritten. */
export function expectKept(before: unknown, after: unknown): void {
  expect(lostIn(before, after, []), 'what its author wrote, and is gone or changed').to.deep.equal([]);
}

/** The dotted paths of what is not there any more, or something else. An assertion at each would take most of the time. */
function lostIn(before: unknown, after: unknown, path: readonly string[]): readonly string[] {
  if (before === null || path.join('\u0000') === ownAnnotation) return [];
  if (typeof before !== 'object') return after === before ? [] : [path.join('.')];
  if (typeof after !== 'object' || after === null || Array.isArray(after) !== Array.isArray(before))
    return [path.join('.')];
  return Object.keys(before).flatMap((key) =>
    Object.hasOwn(after, key)
      ? lostIn((before as Json)[key], (after as Json)[key], [...path, key])
      : [[...path, key].join('.')],
  );
}
