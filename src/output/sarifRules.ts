import { groundPoints, seenIn, wayOut } from './explainedPoints.ts';
import { type ControlExplanation, explanationOf } from './explanation.ts';

/** What code scanning shows of every control, in the order of the controls: a `reportingDescriptor` each. */
export function sarifRules() {
  return explanationOf().controls.map(ruleOf);
}

function ruleOf(control: ControlExplanation) {
  const { name, title, meaning, spec } = control;
  const help = helpOf(control);
  return {
    id: name,
    name: `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
    shortDescription: { text: title },
    fullDescription: { text: plain(meaning) },
    helpUri: spec,
    help: { text: plain(help), markdown: help },
    properties: { tags: ['security', 'kubernetes', 'pod-security-standards'] },
  };
}

function helpOf(control: ControlExplanation): string {
  const points = [...groundPoints(control), ...(control.fills.length > 0 ? [wayOut(control)] : [])];
  const reasons = control.leaves.map(({ reason, meaning }) => `- Left with \`${reason}\`: ${meaning}`);
  const breakages = control.mayBreak.map(({ what, seenIn: where, messages, remedy }) => {
    const shows = messages.map((message) => `\`${message}\``).join(' or ');
    return `- May break: ${what} It shows ${seenIn[where]}: ${shows}.${remedy === undefined ? '' : ` ${remedy}`}`;
  });
  const lists = points.map(({ label, sentences }) => `- ${label}: ${sentences.map(ended).join(' ')}`);
  return [control.meaning, [...lists, ...breakages, ...reasons].join('\n')].join('\n\n');
}

function ended(sentence: string): string {
  return sentence.endsWith('.') ? sentence : `${sentence}.`;
}

/** Without the marks of code. */
function plain(text: string): string {
  return text.replaceAll('`', '');
}
