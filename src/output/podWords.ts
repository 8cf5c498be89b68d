import { clip, oneLine } from '../policy/text.ts';
import type { ContainerState } from './containerStates.ts';
import { flow } from './flow.ts';
import type { PodBreak } from './podBreaks.ts';
import type { PodExplanation } from './podExplanation.ts';
import type { PodField } from './podFields.ts';

/** `Pod web in the namespace team-a`, `Deployment web, spec.template`. */
export function headingOf({ kind, name, namespace, template }: PodExplanation): string {
  const where = namespace === '' ? '' : ` in the namespace ${namespace}`;
  return `${kind} ${name}${where}${template === '' ? '' : `, ${template}`}`;
}

/** What is in force, and where that is written. */
export function policySentence({ policy, grounds }: PodExplanation): string {
  if (!policy) return `none: ${grounds}`;
  const { profile, version, mode } = policy;
  return `${profile}, version ${version}, mode ${mode}, ${grounds}`;
}

/** Which level of the Pod Security Standards the pod has, had and would have. */
export function levelSentence({ levels, stored, policy, annotation }: PodExplanation): string {
  const { written, now, created } = levels;
  if (!stored) return created === undefined ? `${now} as it is` : `${now} as it is, ${created} once it is filled`;
  const cut = annotation && annotation.unnamed > 0 ? ' or lower' : '';
  const before = written === undefined ? '' : `${written}${cut} as it was written, `;
  const after = created === undefined || created === now || !policy ? '' : `, ${created} if it were created now`;
  return `${before}${now} as it is${after}`;
}

/** How the field came to its value. */
export function howSet({ state, reason, mode, value, list }: PodField, { stored, annotation }: PodExplanation): string {
  const isRecorded = annotation !== undefined && annotation.unnamed === 0 && list !== 'ephemeralContainers';
  switch (state) {
    case 'filled':
      return 'filled by pod-hardener';
    case 'set':
      if (!stored) return 'set in the manifest';
      return isRecorded ? 'set by others' : 'set, by whom is not recorded';
    case 'inherited':
      return 'from the pod';
    case 'left':
      return `left: ${reason}`;
    case 'unset': {
      const verb = stored || mode !== 'fill' ? 'would be' : 'will be';
      return `${mode === 'fill' ? '' : `mode ${mode}: `}${verb} ${flow(value)}`;
    }
  }
}

/** What the pod's status says of a container, or of the pod. */
export function stateSentence({ container = 'the pod', reason, message, exitCode }: ContainerState): string {
  const said = [reason, lastLines(message)].filter((text) => text !== '').join(': ');
  return exitCode === undefined ? `${container}: ${said}` : `${container}: ended with code ${exitCode} (${said})`;
}

const mostLines = 3;

/** The end of what a program said, on one line. */
function lastLines(message: string): string {
  const lines = message.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  return clip(lines.slice(-mostLines).join(' / '), 500);
}

/** What does not work, and the field that may be why. */
export function statementOf({ container = 'the pod', cause, ...others }: PodBreak): string {
  return `${container} ${cause}. ${blameFor(others)}`;
}

/** The field that may be why something does not work. */
export function blameFor({ field, certainty }: Pick<PodBreak, 'field' | 'certainty'>): string {
  return `${certainty === 'known' ? 'Because of' : 'Perhaps because of'} ${field}, which was filled`;
}

const lists = { initContainers: 'Init container', containers: 'Container', ephemeralContainers: 'Ephemeral container' };

/** The place of a field, as a heading. */
export function placeOf({ container, list = 'containers' }: PodField): string {
  return container === undefined ? 'The pod' : `${lists[list]} ${oneLine(container)}`;
}

/** What is worth knowing about a pod besides its fields, a sentence each. */
export function notesOn({ fields, annotation, remarks }: PodExplanation): readonly string[] {
  const { doubted = [], unnamed = 0 } = annotation ?? {};
  return [
    ...remarks,
    ...(annotation && fields.some(({ state }) => state === 'set') ? [others] : []),
    ...(fields.some(({ state }) => state === 'filled') ? [believed] : []),
    ...(doubted.length > 0
      ? [`The annotation also names ${doubted.join(', ')}, which the pod does not bear out.`]
      : []),
    ...(unnamed > 0 ? [`It had no room for the names of ${unnamed} more fields that were filled.`] : []),
  ];
}

const others = 'What is "set by others" is so by its author, or by another webhook.';

const believed =
  'What is "filled" is what the annotation pod-hardener.io/filled says and the pod bears out. Whoever creates a pod can ' +
  'write that annotation, too.';
