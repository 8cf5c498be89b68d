import type { Key } from '../admission/keyMeanings.ts';
import { filledAnnotation, keyPrefix, overridesAnnotation } from '../admission/keys.ts';
import type { Breakage } from '../policy/about.ts';
import type { FillValue } from '../policy/control.ts';
import { levels } from '../policy/level.ts';
import type { ControlExplanation, Fill, ReasonExplanation, StandardsCheck } from './explanation.ts';

/** Something that is said of a control under a label, in sentences; what is code stands in backticks. */
export interface Point {
  readonly label: string;
  readonly sentences: readonly string[];
}

/** Where the control stands in a pod, what is filled there, and who asks for it. */
export function groundPoints(control: ControlExplanation): readonly Point[] {
  const { fields, since } = control;
  return [
    { label: 'Fields', sentences: fields.map((field) => `\`${field}\``) },
    { label: 'Filled', sentences: filledSentences(control) },
    { label: 'Pod Security Standards', sentences: standardsSentences(control) },
    ...(since === undefined ? [] : [{ label: 'Kubernetes', sentences: [`${since} or newer`] }]),
  ];
}

/** Which fields may be left with the reason. */
export function reasonPoints({ controls }: ReasonExplanation): readonly Point[] {
  const sentences = controls.length > 0 ? controls : ['None yet: it is reserved.'];
  return [{ label: 'Given for', sentences: [sentences.join(', ')] }];
}

/** What may be written under the key, and how. */
export function keyPoints({ name, on, as, values, byDefault }: Key): readonly Point[] {
  const place = '`metadata.annotations` of the pod';
  const onPod = name === filledAnnotation ? `by pod-hardener, in ${place}` : `in ${place}, or of its template`;
  const onNamespace = `kubectl ${as === 'label' ? 'label' : 'annotate'} namespace NAME ${name}=VALUE`;
  return [
    { label: 'Value', sentences: [values] },
    { label: 'Without it', sentences: [byDefault] },
    { label: 'Written', sentences: [on === 'namespace' ? `by \`${onNamespace}\`` : onPod] },
  ];
}

/** How to be spared a control that is filled: what to write on the namespace, or on the pod. */
export function wayOut({ name, profiles, needs, demandedBy }: ControlExplanation): Point {
  const annotation = `\`${overridesAnnotation}: -${name}\``;
  const unneeded = needs === undefined ? '' : `, or leave \`${needs}\` out`;
  const onNamespace =
    profiles.length === 0
      ? `Leave \`+${name}\` out on the namespace.`
      : `Annotate the namespace with ${annotation}${unneeded}; \`${name}=audit\` only records what would be filled.`;
  const onPod = `Annotate the pod with ${annotation}, where the namespace has \`${keyPrefix}pod-overrides: allowed\`.`;
  const gate = `Neither helps where Pod Security admission enforces ${demandedBy}: it refuses the pod then.`;
  return { label: 'Way out', sentences: [onNamespace, onPod, ...(demandedBy === undefined ? [] : [gate])] };
}

/** Where a breakage shows, in words. */
export const seenIn: Readonly<Record<Breakage['seenIn'], string>> = {
  status: "in the pod's status",
  events: "in the pod's events",
  log: 'in the log',
};

function filledSentences({ name, fills, remark, profiles, needs }: ControlExplanation): readonly string[] {
  if (fills.length === 0) return ["Never. It is only checked: what is wrong is its author's to change."];
  const where =
    profiles.length === 0
      ? `Only where the namespace asks for it, with \`${overridesAnnotation}: +${name}\`.`
      : `In the profiles ${profiles.join(', ')}${needs === undefined ? '' : `, where the namespace has \`${needs}\``}.`;
  return [...fills.map(fillText), ...(remark === undefined ? [] : [remark]), where];
}

function standardsSentences({ checks, allowed }: ControlExplanation): readonly string[] {
  if (checks.length === 0) return ['They do not look at it.'];
  return [...checks.map(checkSentence), ...(allowed === undefined ? [] : [`Allowed: ${allowed}.`])];
}

function checkSentence({ level, since, changed }: StandardsCheck): string {
  const above = level === levels.at(-1) ? '' : ' and above';
  const changes = changed.length === 0 ? '' : `; changed in ${changed.join(', ')}`;
  return `Checked at the level ${level}${above} since ${since}${changes}.`;
}

function fillText({ path, value, valueFrom }: Fill): string {
  return value === undefined ? `\`${path}\`: what \`${valueFrom}\` says` : `\`${path}: ${flow(value)}\``;
}

/** The value in YAML's flow style. */
function flow(value: FillValue): string {
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(String).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, member]) => `${key}: ${member}`)
    .join(', ')}}`;
}
