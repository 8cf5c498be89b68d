import { oneLine } from '../policy/text.ts';
import { code } from './checkMarkdown.ts';
import { flow } from './flow.ts';
import type { PodExplanation } from './podExplanation.ts';
import {
  headingOf,
  howSet,
  levelSentence,
  notesOn,
  placeOf,
  policySentence,
  statementOf,
  stateSentence,
} from './podWords.ts';

/** What is said of some pods, in Markdown: for an issue, or whoever wrote the manifest. */
export function podExplainedMarkdown(pods: readonly PodExplanation[]): string {
  return `${pods.map(podMarkdown).join('\n\n')}\n`;
}

function podMarkdown(pod: PodExplanation): string {
  const { policy, remaining, fields, left, states, breaks, hints } = pod;
  const rows = fields.map((field) => {
    const { state, value, control } = field;
    const shown = state === 'unset' || value === undefined ? 'unset' : code(flow(value));
    return `| ${[placeOf(field), control, shown, howSet(field, pod)].map(cellOf).join(' | ')} |`;
  });
  return [
    `## ${textOf(headingOf(pod))}`,
    [
      `- **Policy:** ${textOf(policySentence(pod))}`,
      ...(policy?.problems ?? []).map((problem) => `  - ${textOf(problem)}`),
      `- **Level:** ${levelSentence(pod)}`,
      ...remaining.map((objection) => `  - in its way: ${textOf(objection)}`),
    ].join('\n'),
    ...listed('| place | field | value | |\n|---|---|---|---|', rows),
    ...listed(
      '### Left, and why\n',
      left.map(({ reason, fields: names, meaning, advice }) => {
        return `- \`${reason}\` (${names.map(textOf).join(', ')}): ${meaning} ${advice}`;
      }),
    ),
    ...listed('### What is wrong\n', [
      ...states.map((state) => `- ${textOf(stateSentence(state))}`),
      ...breaks.map((one) => {
        const { keep, spare } = one.wayOut;
        const commands = [...(keep === undefined ? [] : [keep]), spare].map(code).join(' or ');
        return `- ${textOf(statementOf(one))}. ${textOf(one.remedy ?? '')} Way out: ${commands}`;
      }),
      ...hints.map(({ container, message, fields: names }) => {
        return `- if the log of ${textOf(container)} says ${code(message)}, perhaps because of ${names.join(', ')}`;
      }),
    ]),
    ...listed(
      '### Note\n',
      notesOn(pod).map((note) => `- ${textOf(note)}`),
    ),
  ].join('\n\n');
}

function listed(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [[heading, ...lines].join('\n')];
}

function cellOf(text: string): string {
  return text.startsWith('`') || text.startsWith('<code>') ? text : textOf(text);
}

/** A text of others in a sentence: nothing in it is taken for a format. */
function textOf(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>|#@&~]/g, (character) => `&#${character.codePointAt(0)};`);
}
