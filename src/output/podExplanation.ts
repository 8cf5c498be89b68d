import { decide } from '../admission/decide.ts';
import { type Exemptions, expiryNotes, meantIn, noExemptions } from '../admission/exemptions.ts';
import { type FilledFields, filledFields, withoutFilled } from '../admission/filledFields.ts';
import { type NamespaceRecord, type Policy, writtenProfile } from '../admission/namespacePolicy.ts';
import { controlsFor } from '../admission/podOverrides.ts';
import type { AdmissionRequest } from '../admission/review.ts';
import type { Mode, Reason } from '../policy/control.ts';
import { judge, messageOf } from '../policy/evaluate.ts';
import type { Level } from '../policy/level.ts';
import { isMirror, type Pod } from '../policy/pod.ts';
import { reasonMeanings } from '../policy/reasons.ts';
import { minorOf } from '../policy/version.ts';
import { type ContainerState, containerStates } from './containerStates.ts';
import { exemptionText } from './exemptionText.ts';
import { leftAdvice } from './leftAdvice.ts';
import { breaksOfPod, hintsOn, type LogHint, type PodBreak } from './podBreaks.ts';
import { type PodField, podFields } from './podFields.ts';
import { type WayOut, wayOutOf } from './wayOut.ts';

/** A pod that is asked about. */
export interface ExplainedPod {
  readonly kind: string;
  readonly name: string;
  /** Empty where none is named. */
  readonly namespace: string;
  /** Where the pod stands in its object, dotted; empty when the object is the pod. */
  readonly template: string;
  readonly pod: Pod;
  /** The object as it was read, with its status. */
  readonly object: unknown;
  /** Whether the API server has it, so that whatever was to be filled has been. */
  readonly isStored: boolean;
  /** Absent where nothing is filled, because the namespace is not opted in, or because nobody may know its policy. */
  readonly policy?: Policy | undefined;
  /** Where the policy is from, in a clause such as `as the namespace team-a says`; without one, why there is none. */
  readonly grounds: string;
  /** The namespace as it is now, where that could be read. */
  readonly record?: NamespaceRecord | undefined;
  /** The cluster's minor of Kubernetes 1, where it is known. */
  readonly minor?: number | undefined;
  /** What administrators have exempted, as it stands now. */
  readonly exemptions?: Exemptions | undefined;
}

/** Finds out what does not work in the containers of a pod because a field was filled. */
export type BreaksOf = (object: unknown) => readonly PodBreak[];

/** What `explain` says of a pod, and prints with `-o json`: members may be added, but none renamed or taken away. */
export interface PodExplanation {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly template: string;
  readonly stored: boolean;
  readonly policy?: ExplainedPolicy;
  /** Where the policy is from, or would be. */
  readonly grounds: string;
  readonly levels: ExplainedLevels;
  readonly fields: readonly PodField[];
  readonly left: readonly ExplainedReason[];
  /** What stands between the pod, as it is or would be now, and the level that its policy aims at. */
  readonly remaining: readonly string[];
  /** What our annotation says beyond the fields; absent without one. */
  readonly annotation?: { readonly doubted: readonly string[]; readonly unnamed: number };
  readonly states: readonly ContainerState[];
  readonly breaks: readonly ExplainedBreak[];
  readonly hints: readonly LogHint[];
  /** What else is worth knowing, a sentence each. */
  readonly remarks: readonly string[];
}

export interface ExplainedBreak extends PodBreak {
  readonly wayOut: WayOut;
}

export interface ExplainedPolicy {
  readonly profile: string;
  readonly level: Level;
  readonly version: string;
  readonly mode: Mode;
  /** What of it could not be understood. */
  readonly problems: readonly string[];
}

export interface ExplainedLevels {
  /** As it was written, without what was filled; absent where that is not known. */
  readonly written?: Level;
  /** As it is. */
  readonly now: Level;
  /** With all that would be filled now; absent without a policy. */
  readonly created?: Level;
}

/** A reason with which fields of the pod were left. */
export interface ExplainedReason {
  readonly reason: Reason;
  readonly meaning: string;
  readonly advice: string;
  /** As our annotation names them: `web/capabilities`. */
  readonly fields: readonly string[];
}

/** What is known of a pod and of each field that can be filled. */
export function podExplanation(explained: ExplainedPod, breaksOf: BreaksOf): PodExplanation {
  const { kind, name, namespace, template, pod, object, isStored, policy, grounds, record } = explained;
  const { minor, exemptions } = explained;
  const note = isStored ? filledFields(pod) : undefined;
  const filled = note?.fields ?? [];
  const written = withoutFilled(pod, filled);
  const decision = isMirror(pod)
    ? undefined
    : policy && decide(creationOf(namespace, written), policy, { provenance: false, minor, exemptions });
  const fields = podFields({ pod, filled, written, decision });
  const asOf = minorOf(policy?.version ?? 'latest', minor);
  const now = judge(pod, asOf);
  const states = containerStates(object);
  const breaks = [...breaksOf(object), ...breaksOfPod(states, filled)];
  const remaining = isStored ? now.violations[policy?.level ?? 'privileged'] : (decision?.remaining ?? []);
  return {
    ...{ kind, name, namespace, template, stored: isStored },
    ...(policy && { policy: explainedPolicy(policy) }),
    grounds,
    levels: {
      ...(note && { written: judge(written, asOf).level }),
      now: now.level,
      ...(decision?.levels && { created: decision.levels.after }),
    },
    fields,
    left: reasonsIn(fields),
    remaining: remaining.map((one) => messageOf([one])),
    ...(note && { annotation: { doubted: note.doubted, unnamed: note.unnamed } }),
    states,
    breaks: breaks.map((one) => ({
      ...one,
      wayOut: wayOutOf(one.field, { namespace, policy, record }),
    })),
    hints: hintsOn(states, filled, breaks),
    remarks: remarksOn(explained, fields, note),
  };
}

function creationOf(namespace: string, pod: Pod): AdmissionRequest {
  const subject = { pod };
  return { uid: '', namespace, dryRun: false, operation: 'create', resource: 'pods', subject };
}

function explainedPolicy({ profile, level, version, mode, problems }: Policy): ExplainedPolicy {
  return { profile, level, version, mode, problems: problems.map(({ message }) => message) };
}

function reasonsIn(fields: readonly PodField[]): readonly ExplainedReason[] {
  const byReason = new Map<Reason, string[]>();
  for (const { reason, container, control } of fields) {
    if (reason === undefined) continue;
    const entries = byReason.get(reason) ?? [];
    byReason.set(reason, entries);
    entries.push(container === undefined ? control : `${container}/${control}`);
  }
  return Array.from(byReason, ([reason, entries]) => {
    return { reason, meaning: reasonMeanings[reason], advice: leftAdvice[reason], fields: entries };
  });
}

function remarksOn(
  explained: ExplainedPod,
  fields: readonly PodField[],
  note: FilledFields | undefined,
): readonly string[] {
  const { pod, isStored, record } = explained;
  if (isMirror(pod)) return ['It mirrors a static pod of its node: the API server lets nobody change it.'];
  const isMissing = isStored && fields.some(({ state, mode }) => state === 'unset' && mode === 'fill');
  return [
    ...policyRemarks(explained, fields),
    ...(record && isUnrouted(record) ? [unrouted] : []),
    ...(isMissing ? [note ? missingSome : missingAll] : []),
    ...(isStored && !note && fields.some(({ state }) => state === 'set') ? [unrecorded] : []),
  ];
}

/** What of the pod and of the exemptions goes beyond its fields; nothing where no policy is known. */
function policyRemarks(
  { namespace, pod, policy, minor, exemptions = noExemptions }: ExplainedPod,
  fields: readonly PodField[],
): readonly string[] {
  if (!policy) return [];
  const { active, notes } = controlsFor(pod, policy, minor);
  const spared = new Set(fields.filter(({ reason }) => reason === 'exempt').map(({ control }) => control));
  const sparing = meantIn(namespace, pod, exemptions.active).filter((one) => one.controls.some((id) => spared.has(id)));
  const told = [...expiryNotes(namespace, pod, active, exemptions.expired), ...sparing.map(exemptionText)];
  return [...notes, ...told.map((text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`)];
}

function isUnrouted(record: NamespaceRecord): boolean {
  return writtenProfile(record) !== undefined && writtenProfile({ ...record, annotations: {} }) === undefined;
}

const unrouted =
  'The namespace names its profile in an annotation only: where pods are routed by the label, which is the ' +
  'default, pod-hardener is never asked about them.';

const missingSome =
  'What is unset would be filled now, and was not when the pod was created: the policy was another one. A pod that ' +
  'exists is never changed; create it anew.';

const missingAll =
  'What is unset would be filled now, and was not when the pod was created: its namespace was not opted in by then, or ' +
  'pod-hardener could not be asked. A pod that exists is never changed; create it anew.';

const unrecorded =
  'The pod has no annotation pod-hardener.io/filled, so nothing tells what of it was filled, if anything was.';
