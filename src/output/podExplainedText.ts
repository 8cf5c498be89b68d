import { oneLine } from '../policy/text.ts';
import { flow } from './flow.ts';
import type { Paint, Style } from './paint.ts';
import type { LogHint } from './podBreaks.ts';
import type { ExplainedBreak, ExplainedReason, PodExplanation } from './podExplanation.ts';
import type { FieldState, PodField } from './podFields.ts';
import {
  blameFor,
  headingOf,
  howSet,
  levelSentence,
  notesOn,
  placeOf,
  policySentence,
  statementOf,
  stateSentence,
} from './podWords.ts';
import { wrap } from './wrap.ts';

/** What is said of some pods, in so many columns. */
export function podExplainedText(pods: readonly PodExplanation[], paint: Paint, width?: number): string {
  return pods.map((pod) => podText(pod, paint, width)).join('\n');
}

function podText(pod: PodExplanation, paint: Paint, width: number | undefined): string {
  const section = (heading: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [[`  ${paint('bold', heading)}`, ...lines].join('\n')];
  const item = (text: string) => wrap(plain(text), '    ', '      ', width);
  const { remaining, policy } = pod;
  return [
    paint('bold', wrap(headingOf(pod), '', '  ', width)),
    ...section('Policy', [policySentence(pod), ...(policy?.problems ?? [])].map(item)),
    ...section('Level', [item(levelSentence(pod)), ...remaining.map((one) => item(`in its way: ${one}`))]),
    ...fieldSections(pod, paint, width),
    ...section(
      'Left, and why',
      pod.left.map((one) => reasonText(one, width)),
    ),
    ...section('What is wrong', wrongTexts(pod, paint, width)),
    ...section('Note', notesOn(pod).map(item)),
  ]
    .join('\n\n')
    .concat('\n');
}

const styles: Readonly<Record<FieldState, Style | undefined>> = {
  filled: 'green',
  set: undefined,
  inherited: 'dim',
  left: 'yellow',
  unset: 'cyan',
};

/** The fields of each place, below its name, in three columns. */
function fieldSections(pod: PodExplanation, paint: Paint, width: number | undefined): readonly string[] {
  const { fields } = pod;
  const names = Math.max(0, ...fields.map(({ control }) => control.length));
  const isNarrow = width !== undefined && width < 70;
  const values = isNarrow ? 0 : Math.min(widestValue, Math.max(0, ...fields.map((field) => shownValue(field).length)));
  const row = (field: PodField) => {
    const name = `    ${field.control.padEnd(names)}  `;
    const value = shownValue(field);
    const further = ' '.repeat(4 + names + 2);
    const text =
      isNarrow || value.length > longestBeside
        ? wrap(`${value}, ${howSet(field, pod)}`, name, further, width)
        : wrap(howSet(field, pod), `${name}${value.padEnd(values)}  `, further, width);
    const style = styles[field.state];
    return style ? paint(style, text) : text;
  };
  const places = new Map<string, PodField[]>();
  for (const field of fields) {
    const place = placeOf(field);
    const members = places.get(place) ?? [];
    places.set(place, members);
    members.push(field);
  }
  return Array.from(places, ([place, members]) => [`  ${paint('bold', place)}`, ...members.map(row)].join('\n'));
}

/** Longer ones push what follows to the right, or down. */
const widestValue = 22;
const longestBeside = 40;

function shownValue({ state, value }: PodField): string {
  return state === 'unset' || value === undefined ? 'unset' : flow(value);
}

function reasonText({ reason, fields, meaning, advice }: ExplainedReason, width: number | undefined): string {
  return [
    wrap(oneLine(`${reason}: ${fields.join(', ')}`), '    ', '      ', width),
    wrap(plain(`${meaning} ${advice}`), '      ', '      ', width),
  ].join('\n');
}

/** Each container's states, and below them the fields that may be why. */
function wrongTexts({ states, breaks, hints }: PodExplanation, paint: Paint, width: number | undefined) {
  const names = [...new Set([...states, ...breaks].map(({ container }) => container))];
  return names.flatMap((name) => {
    const isIts = (one: { readonly container?: string | undefined }) => one.container === name;
    const own = states.filter(isIts);
    return [
      ...own.map((state) => paint('red', wrap(plain(stateSentence(state)), '    ', '      ', width))),
      ...breaks.filter(isIts).map((one) => breakText(one, own.length > 0, width)),
      ...hintTexts(hints.filter(isIts), width),
    ];
  });
}

function breakText(one: ExplainedBreak, isStateShown: boolean, width: number | undefined): string {
  const { remedy, wayOut } = one;
  const more = (text: string) => wrap(plain(text), '      ', '      ', width);
  const { keep, spare, enforced } = wayOut;
  const blame = isStateShown ? blameFor(one) : statementOf(one);
  return [
    more(`${blame}. ${remedy ?? ''}`.trim()),
    ...(keep === undefined ? [] : [more('To have it run with the field:'), command(keep)]),
    more('To have pods created without the field:'),
    command(spare),
    ...(enforced === undefined ? [] : [more(`Pod Security admission, which enforces ${enforced}, refuses them then.`)]),
  ].join('\n');
}

/** A command to paste, on two lines, so that it fits. */
function command(text: string): string {
  return `        ${oneLine(text).replace(' --overwrite ', ' --overwrite \\\n          ')}`;
}

function hintTexts(hints: readonly LogHint[], width: number | undefined): readonly string[] {
  const [first] = hints;
  if (!first) return [];
  return [
    wrap(
      `If the log of ${oneLine(first.container)} says one of these, a field that was filled may be why:`,
      '      ',
      '      ',
      width,
    ),
    ...hints.map(({ message, fields }) => wrap(`${message} (${fields.join(', ')})`, '        ', '          ', width)),
  ];
}

/** A terminal shows no backticks. What others have written stays on its line. */
function plain(text: string): string {
  return oneLine(text.replaceAll('`', ''));
}
