import type { Key } from '../admission/keyMeanings.ts';
import { keyPrefix } from '../admission/keys.ts';
import type { Breakage } from '../policy/about.ts';
import { groundPoints, keyPoints, type Point, reasonPoints, seenIn, wayOut } from './explainedPoints.ts';
import type { ControlExplanation, Explanation, ProfileExplanation, ReasonExplanation } from './explanation.ts';
import type { Paint } from './paint.ts';
import { wrap } from './wrap.ts';

/** How it is shown. */
interface Style {
  readonly paint: Paint;
  /** In how many columns. */
  readonly width: number;
}

/** Everything that is explained, for a terminal of so many columns. */
export function explainedText(explanation: Explanation, paint: Paint, width = 80): string {
  const { controls, profiles, reasons, keys } = explanation;
  const style: Style = { paint, width };
  return [
    ...controls.map((one) => controlText(one, style)),
    ...profiles.map((one) => profileText(one, style)),
    ...reasons.map((one) => reasonText(one, style)),
    ...keys.map((one) => keyText(one, style)),
  ].join('\n');
}

/** A line or a few for all that can be explained: the controls by what it takes for them to be filled. */
export function explainedList(explanation: Explanation, paint: Paint, width = 80): string {
  const { controls, profiles, reasons, keys } = explanation;
  const style: Style = { paint, width };
  const widest = Math.max(...controls.map(({ name }) => name.length));
  const lists = groups.map((group) => {
    const rows = controls
      .filter((control) => groupOf(control) === group)
      .map(({ name, title }) => [name, title] as const);
    return listText(group, rows, widest, style);
  });
  const meanings = (all: readonly { readonly name: string; readonly meaning: string }[]) =>
    all.map(({ name, meaning }) => [name.replace(keyPrefix, ''), firstSentence(meaning)] as const);
  const keysOn = (place: Key['on']) => meanings(keys.filter(({ on }) => on === place));
  return [
    ...lists,
    listText('Profiles', meanings(profiles), 0, style),
    listText('Reasons for which a field is left', meanings(reasons), 0, style),
    listText(`Keys on a namespace, after ${keyPrefix}`, keysOn('namespace'), 0, style),
    listText(`Keys on a pod, after ${keyPrefix}`, keysOn('pod'), 0, style),
  ].join('\n');
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

function listText(
  heading: string,
  rows: readonly (readonly [string, string])[],
  widest: number,
  { paint, width }: Style,
): string {
  const column = Math.max(widest, ...rows.map(([name]) => name.length));
  const lines = rows.map(([name, meaning]) =>
    wrap(plain(meaning), `  ${name.padEnd(column)}  `, ' '.repeat(column + 4), width),
  );
  return `${[paint('bold', heading), ...lines].join('\n')}\n`;
}

function controlText(control: ControlExplanation, style: Style): string {
  const { name, title, meaning, fills, leaves, mayBreak, spec } = control;
  const reasons = leaves.map((one) => `${one.reason}: ${one.meaning}`);
  return sectionsText(name, title, style, [
    paragraph(meaning, style),
    ...groundPoints(control).map((point) => pointText(point, style)),
    ...(reasons.length > 0 ? [pointText({ label: 'Left, and why', sentences: reasons }, style)] : []),
    ...(fills.length > 0 ? [section('May break', breakageTexts(mayBreak, style), style)] : []),
    ...(fills.length > 0 ? [pointText(wayOut(control), style)] : []),
    pointText({ label: 'Described in', sentences: [spec] }, style),
  ]);
}

function breakageTexts(mayBreak: readonly Breakage[], style: Style): readonly string[] {
  if (mayBreak.length === 0) return ['    Nothing that is known.'];
  const further = (text: string) => wrap(text, '      ', '        ', style.width);
  return mayBreak.flatMap(({ what, seenIn: where, messages, remedy }) => [
    item(what, style),
    // The messages are to be searched for: nothing is taken from them.
    ...messages.map((message) => further(`${seenIn[where]}: ${message}`)),
    ...(remedy === undefined ? [] : [further(plain(remedy))]),
  ]);
}

function profileText({ name, meaning, level, fills }: ProfileExplanation, style: Style): string {
  const column = Math.max(0, ...fills.map(({ control }) => control.length));
  const rows = fills.map(({ control, title }) =>
    wrap(title, `    ${control.padEnd(column)}  `, ' '.repeat(column + 6), style.width),
  );
  return sectionsText(name, 'a profile', style, [
    paragraph(meaning, style),
    pointText({ label: 'Aims at the level', sentences: [level] }, style),
    section('Fills', rows.length > 0 ? rows : ['    nothing'], style),
    section('Opt in', [`    kubectl label namespace NAME pod-hardener.io/profile=${name}`], style),
  ]);
}

function reasonText(reason: ReasonExplanation, style: Style): string {
  return sectionsText(reason.name, 'a reason for which a field is left', style, [
    paragraph(reason.meaning, style),
    ...reasonPoints(reason).map((point) => pointText(point, style)),
  ]);
}

function keyText(key: Key, style: Style): string {
  return sectionsText(key.name, `${articled(key.as)} on a ${key.on}`, style, [
    paragraph(key.meaning, style),
    ...keyPoints(key).map((point) => pointText(point, style)),
  ]);
}

function articled(word: Key['as']): string {
  return word === 'annotation' ? 'an annotation' : 'a label';
}

function sectionsText(name: string, title: string, { paint, width }: Style, sections: readonly string[]): string {
  const heading = wrap(`${name}: ${title}`, '', '  ', width);
  return [paint('bold', name) + heading.slice(name.length), ...sections].join('\n\n').concat('\n');
}

function paragraph(text: string, { width }: Style): string {
  return wrap(plain(text), '  ', '  ', width);
}

function pointText({ label, sentences }: Point, style: Style): string {
  return section(
    label,
    sentences.map((sentence) => item(sentence, style)),
    style,
  );
}

function section(label: string, lines: readonly string[], { paint }: Style): string {
  return [`  ${paint('bold', label)}`, ...lines].join('\n');
}

function item(sentence: string, { width }: Style): string {
  return wrap(plain(sentence), '    ', '      ', width);
}

function firstSentence(text: string): string {
  return text.replace(/(?<=\.) .*$/s, '');
}

/** A terminal shows no backticks. */
function plain(text: string): string {
  return text.replaceAll('`', '');
}
