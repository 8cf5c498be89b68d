import type { Breakage } from '../policy/about.ts';
import { groundPoints, type Point, seenIn, wayOut } from './explainedPoints.ts';
import type { ControlExplanation, Explanation, ProfileExplanation } from './explanation.ts';
import type { Paint } from './paint.ts';
import { wrap } from './wrap.ts';

/** Everything that is explained, for a terminal of 80 columns. */
export function explainedText({ controls, profiles }: Explanation, paint: Paint): string {
  const parts = [...controls.map((one) => controlText(one, paint)), ...profiles.map((one) => profileText(one, paint))];
  return parts.join('\n');
}

/** A line for each control and profile: the controls by what it takes for them to be filled. */
export function explainedList({ controls, profiles }: Explanation, paint: Paint): string {
  const width = Math.max(...controls.map(({ name }) => name.length));
  const lists = groups.map((group) => {
    const rows = controls
      .filter((control) => groupOf(control) === group)
      .map(({ name, title }) => [name, title] as const);
    return listText(group, rows, width, paint);
  });
  const rows = profiles.map(({ name, meaning }) => [name, meaning] as const);
  return [...lists, listText('Profiles', rows, Math.max(...rows.map(([name]) => name.length)), paint)].join('\n');
}

const groups = [
  'Filled by a profile',
  'Filled where the namespace gives a value',
  'Filled where the namespace asks for it',
  'Only checked',
] as const;

function groupOf({ fills, profiles, needs }: ControlExplanation): (typeof groups)[number] {
  if (fills.length === 0) return 'Only checked';
  if (profiles.length === 0) return 'Filled where the namespace asks for it';
  return needs === undefined ? 'Filled by a profile' : 'Filled where the namespace gives a value';
}

function listText(heading: string, rows: readonly (readonly [string, string])[], width: number, paint: Paint): string {
  const lines = rows.map(([name, meaning]) => wrap(plain(meaning), `  ${name.padEnd(width)}  `, ' '.repeat(width + 4)));
  return `${[paint('bold', heading), ...lines].join('\n')}\n`;
}

function controlText(control: ControlExplanation, paint: Paint): string {
  const { name, title, meaning, fills, leaves, mayBreak, spec } = control;
  const reasons = leaves.map((one) => `${one.reason}: ${one.meaning}`);
  return [
    `${paint('bold', name)}: ${title}`,
    paragraph(meaning),
    ...groundPoints(control).map((point) => pointText(point, paint)),
    ...(reasons.length > 0 ? [pointText({ label: 'Left, and why', sentences: reasons }, paint)] : []),
    ...(fills.length > 0 ? [section('May break', breakageTexts(mayBreak), paint)] : []),
    ...(fills.length > 0 ? [pointText(wayOut(control), paint)] : []),
    pointText({ label: 'Described in', sentences: [spec] }, paint),
  ]
    .join('\n\n')
    .concat('\n');
}

function breakageTexts(mayBreak: readonly Breakage[]): readonly string[] {
  if (mayBreak.length === 0) return ['    Nothing that is known.'];
  return mayBreak.flatMap(({ what, seenIn: where, messages, remedy }) => [
    item(what),
    // The messages are to be searched for: nothing is taken from them.
    ...messages.map((message) => wrap(`${seenIn[where]}: ${message}`, '      ', '        ')),
    ...(remedy === undefined ? [] : [wrap(plain(remedy), '      ', '        ')]),
  ]);
}

function profileText({ name, meaning, level, fills }: ProfileExplanation, paint: Paint): string {
  const width = Math.max(0, ...fills.map(({ control }) => control.length));
  const rows = fills.map(({ control, title }) => `    ${control.padEnd(width)}  ${title}`);
  return [
    `${paint('bold', name)}: a profile`,
    paragraph(meaning),
    pointText({ label: 'Aims at the level', sentences: [level] }, paint),
    section('Fills', rows.length > 0 ? rows : ['    nothing'], paint),
    section('Opt in', [`    kubectl label namespace NAME pod-hardener.io/profile=${name}`], paint),
  ]
    .join('\n\n')
    .concat('\n');
}

function paragraph(text: string): string {
  return wrap(plain(text), '  ', '  ');
}

function pointText({ label, sentences }: Point, paint: Paint): string {
  return section(label, sentences.map(item), paint);
}

function section(label: string, lines: readonly string[], paint: Paint): string {
  return [`  ${paint('bold', label)}`, ...lines].join('\n');
}

function item(sentence: string): string {
  return wrap(plain(sentence), '    ', '      ');
}

/** A terminal shows no backticks. */
function plain(text: string): string {
  return text.replaceAll('`', '');
}
