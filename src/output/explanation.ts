import { keyOf, takesPart } from '../admission/controlChoices.ts';
import { decide } from '../admission/decide.ts';
import { type Key, keys } from '../admission/keyMeanings.ts';
import { keyPrefix, profileKey } from '../admission/keys.ts';
import { type Policy, policyOf } from '../admission/namespacePolicy.ts';
import type { Breakage } from '../policy/about.ts';
import type { Check } from '../policy/check.ts';
import { type Control, type FillValue, type Reason, reasons } from '../policy/control.ts';
import { controls } from '../policy/controls/index.ts';
import { judge } from '../policy/evaluate.ts';
import { type Level, levels } from '../policy/level.ts';
import { toDotted } from '../policy/path.ts';
import type { Pod } from '../policy/pod.ts';
import { type Profile, profiles, restricted } from '../policy/profiles.ts';
import { reasonMeanings, reasonsOf } from '../policy/reasons.ts';
import { newestMinor } from '../policy/version.ts';

/** What `explain -o json` prints. Other programs read it: members may be added, but none renamed or taken away. */
export interface Explanation {
  readonly apiVersion: 'pod-hardener.io/v1alpha1';
  readonly kind: 'Explanation';
  readonly controls: readonly ControlExplanation[];
  readonly profiles: readonly ProfileExplanation[];
  readonly reasons: readonly ReasonExplanation[];
  readonly keys: readonly Key[];
}

/** All that is known of a control. */
export interface ControlExplanation {
  readonly name: string;
  readonly title: string;
  readonly meaning: string;
  readonly fields: readonly string[];
  /** What is filled in a pod that sets nothing; nothing for a control that is only checked. */
  readonly fills: readonly Fill[];
  /** What the values do not say of themselves. */
  readonly remark?: string;
  /** The profiles that fill it; none for a control that is only checked or has to be asked for by name. */
  readonly profiles: readonly string[];
  /** The annotation on the namespace without which they do not. */
  readonly needs?: string;
  /** The version of Kubernetes since which the field exists, where that is not all of them. */
  readonly since?: string;
  readonly leaves: readonly { readonly reason: Reason; readonly meaning: string }[];
  readonly mayBreak: readonly Breakage[];
  readonly checks: readonly StandardsCheck[];
  /** What the Pod Security Standards allow, where they look. */
  readonly allowed?: string;
  /** The level of the Pod Security Standards that refuses a pod in which the fields are unset, where one does. */
  readonly demandedBy?: Level;
  readonly spec: string;
}

/** One field that is filled: with a value, or with the one that an annotation on the namespace gives. */
export interface Fill {
  readonly path: string;
  readonly value?: FillValue;
  readonly valueFrom?: string;
}

/** A level of the Pod Security Standards that asks something of the fields, and the versions in which that changed. */
export interface StandardsCheck {
  readonly level: Level;
  readonly since: string;
  readonly changed: readonly string[];
}

export interface ProfileExplanation {
  readonly name: string;
  readonly meaning: string;
  readonly level: Level;
  readonly fills: readonly { readonly control: string; readonly title: string }[];
}

/** A reason with which a field is left, and the controls that it is given for; none when it is reserved. */
export interface ReasonExplanation {
  readonly name: Reason;
  readonly meaning: string;
  readonly controls: readonly string[];
}

/** The explanation of what has that name, which may be one thing of each kind; of all there is without a name. */
export function explanationOf(name?: string): Explanation {
  const isMeant = (candidate: { readonly name: string }) => name === undefined || candidate.name === name;
  return {
    apiVersion: 'pod-hardener.io/v1alpha1',
    kind: 'Explanation',
    controls: controls.filter(({ id }) => isMeant({ name: id })).map(explainControl),
    profiles: profiles.filter(isMeant).map(explainProfile),
    reasons: reasons.map(explainReason).filter(isMeant),
    keys: keys.filter(isMeant),
  };
}

function explainReason(name: Reason): ReasonExplanation {
  const given = controls.filter((control) => reasonsOf(control).includes(name));
  return { name, meaning: reasonMeanings[name], controls: given.map(({ id }) => id) };
}

function explainControl(control: Control): ControlExplanation {
  const { id, about, given, since, checks = [] } = control;
  const generous = generousPolicy(id);
  return {
    name: id,
    title: about.title,
    meaning: about.meaning,
    fields: about.fields,
    fills: fillsOf(control, generous),
    ...(about.fills !== undefined && { remark: about.fills }),
    profiles: profiles.filter((profile) => takesPart(control, profile, generous.values)).map(({ name }) => name),
    ...(given !== undefined && { needs: keyOf(control) }),
    ...(since !== undefined && { since: toVersion(since) }),
    leaves: reasonsOf(control).map((reason) => ({ reason, meaning: reasonMeanings[reason] })),
    mayBreak: about.mayBreak ?? [],
    checks: checks.map(explainCheck),
    ...(about.allowed !== undefined && { allowed: about.allowed }),
    ...demandOf(control),
    spec: about.spec,
  };
}

function explainCheck({ level, revisions }: Check): StandardsCheck {
  const [since = '', ...changed] = revisions.map((revision) => toVersion(revision.since));
  return { level, since, changed };
}

function explainProfile({ name, about, level, controls: filled }: Profile): ProfileExplanation {
  const fills = controls
    .filter(({ id }) => filled.includes(id))
    .map(({ id, about: { title } }) => ({ control: id, title }));
  return { name, meaning: about, level, fills };
}

const barePod: Pod = { spec: { containers: [{ name: 'app' }] } };

function demandOf({ id }: Control): { readonly demandedBy?: Level } {
  const { violations } = judge(barePod, newestMinor);
  const level = levels.find((candidate) => violations[candidate].some(({ control }) => control === id));
  return level === undefined ? {} : { demandedBy: level };
}

/** What the program itself does to a pod that sets nothing. */
function fillsOf(control: Control, policy: Policy): readonly Fill[] {
  const subject = { pod: barePod };
  const request = { uid: '', namespace: '', dryRun: false, operation: 'create', resource: 'pods', subject } as const;
  const given = control.given && policy.values[control.given];
  return decide(request, policy, { provenance: false })
    .filled.filter((change) => change.control === control.id)
    .map(({ path, value }) => ({
      path: toDotted(path).replace('.containers[0]', '.containers[*]'),
      ...(JSON.stringify(value) === JSON.stringify(given) ? { valueFrom: keyOf(control) } : { value }),
    }));
}

/** The policy of a namespace that asks for the control and gives every value that there is to give. */
function generousPolicy(control: string): Policy {
  const given = controls.flatMap((one) => (one.given === undefined ? [] : [keyOf(one)]));
  const values = Object.fromEntries(given.map((key) => [key, '1000']));
  const annotations = { ...values, [`${keyPrefix}controls`]: `+${control}` };
  const policy = policyOf({ name: '', labels: { [profileKey]: restricted.name }, annotations });
  if (!policy) throw new Error('a namespace with a profile has no policy');
  return policy;
}

function toVersion(minor: number): string {
  return `v1.${minor}`;
}
