import type { Change } from '../policy/harden.ts';
import { additionsFor } from './additions.ts';
import type { WorkloadAdviceRequest } from './adviceReview.ts';
import { type DecideOptions, type Decision, decide } from './decide.ts';
import type { Policy } from './namespacePolicy.ts';
import { maxLength, toWarnings } from './warnings.ts';
import { quoted } from './words.ts';

/** A sentence about one template, by the name that tells it from the others. */
interface Remark {
  readonly label: string;
  readonly sentence: string;
}

/**
 * What to tell the author of a workload of the pods that will be made of it: what cannot be filled and why, and in the
 * mode `warn` what is not, with the lines to add. Silent where everything is filled. No name of the object is in it, so
 * that a client which drops repeated warnings says a thing once for many objects. At most 8 of at most 120 characters.
 */
export function workloadAdvice(
  { namespace, templates }: Pick<WorkloadAdviceRequest, 'namespace' | 'templates'>,
  policy: Policy | undefined,
  options: DecideOptions,
): readonly string[] {
  if (!policy) return [];
  const told = new Set(policy.controls.filter(({ mode }) => mode === 'warn').map(({ control }) => control.id));
  const quiet = withoutTelling(policy);
  const decided = templates.map(({ label, pod }) => {
    const asked = { uid: '', operation: 'create', resource: 'pods', namespace, dryRun: false } as const;
    const decision = decide({ ...asked, subject: { pod } }, quiet, options);
    return { label, decision, wouldFill: decision.wouldFill.filter(({ control }) => told.has(control)) };
  });
  return toWarnings([
    ...withLabels(decided.flatMap(({ label, decision }) => remarksOn(label, troubleOf(decision)))),
    ...withLabels(decided.flatMap(({ label, wouldFill }) => remarksOn(label, unfilledOf(wouldFill)))),
    ...new Set(decided.flatMap(({ wouldFill }) => additionsFor(wouldFill, maxAddition))),
  ]);
}

/** So that a warning has room for it. */
const maxAddition = maxLength - 'pod-hardener: '.length;

/** What is wrong with the policy is none of the author's doing; and what it would fill is told in other words here. */
function withoutTelling(policy: Policy): Policy {
  const controls = policy.controls.map((one) => (one.mode === 'warn' ? { ...one, mode: 'audit' as const } : one));
  return { ...policy, controls, problems: [] };
}

/** What is said of a pod when it is created; and that the rest of it is filled, so that nobody mends what needs no mending. */
function troubleOf({ warnings, filled }: Decision): readonly string[] {
  if (warnings.length === 0) return [];
  const controls = controlsOf(filled);
  const rest = controls === '' ? [] : [`all else is filled: ${controls}`];
  return [...warnings.map((text) => text.replace(/^pod-hardener: /, '')), ...rest];
}

/** One sentence for the pod, and one for the containers that miss the same. */
function unfilledOf(wouldFill: readonly Change[]): readonly string[] {
  const places = grouped(wouldFill, ({ container }) => container);
  const alike = grouped([...places.keys()], (container) => controlsOf(places.get(container) ?? []));
  return Array.from(alike, ([controls, containers]) => {
    const names = containers.map((name) => (name === undefined ? 'the pod' : quoted(name, 32)));
    return `not filled in ${names.join(', ')} (mode warn): ${controls}`;
  });
}

function controlsOf(changes: readonly Change[]): string {
  return [...new Set(changes.map(({ control }) => control))].join(', ');
}

function remarksOn(label: string, sentences: readonly string[]): readonly Remark[] {
  return sentences.map((sentence) => ({ label, sentence }));
}

/** Templates of which the same is to be said share a sentence. */
function withLabels(remarks: readonly Remark[]): readonly string[] {
  const said = grouped(remarks, ({ sentence }) => sentence);
  return Array.from(said, ([sentence, alike]) => {
    const [first = '', ...others] = new Set(alike.map(({ label }) => label));
    const where = others.length === 0 ? first : `${first} and ${others.length} more`;
    return first === '' ? sentence : `${where}: ${sentence}`;
  });
}

function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? [];
    groups.set(keyOf(item), group);
    group.push(item);
  }
  return groups;
}
