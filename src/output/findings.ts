import type { Position } from '../manifests/position.ts';
import type { Change, Left } from '../policy/harden.ts';
import type { Path } from '../policy/path.ts';
import type { Pod } from '../policy/pod.ts';
import { reasonMeanings } from '../policy/reasons.ts';
import { oneLine } from '../policy/text.ts';
import { type CheckedTemplate, remainingOf, standardOf } from './checked.ts';
import { placesAtFault } from './placesAtFault.ts';

/** A template, and how to find its fields in its file. */
export interface LocatedTemplate extends CheckedTemplate {
  readonly pod: Pod;
  /** Where the field at a path of the pod stands; where it would go when it is not there. */
  readonly positionOf: (path: Path) => Position;
}

/** An objection that remains is an error, a weak field that was left a warning, a field that is filled a note. */
export type Severity = 'error' | 'warning' | 'note';

/** One thing that is to be said of a template. */
export interface Finding {
  readonly severity: Severity;
  readonly control: string;
  readonly checked: LocatedTemplate;
  /** What is found, in one line. */
  readonly text: string;
  /** The same where the template is known. */
  readonly statement: string;
  /** The fields that it is about: at least one. */
  readonly paths: readonly Path[];
}

/** All findings on the templates, in their order, those on one template from errors to notes. */
export function findingsOf(templates: readonly LocatedTemplate[]): readonly Finding[] {
  return templates.flatMap((checked) => {
    if (!checked.isAsked) return [];
    const { filled = [], wouldFill = [], left = [] } = checked.filling ?? {};
    const objected = new Set(remainingOf(checked).map(({ control }) => control));
    const isNew = ({ control }: Change | Left) => !objected.has(control);
    return [
      ...objectionsTo(checked, left),
      ...left.filter(isNew).map((one) => leftFinding(checked, one)),
      ...[...filled, ...wouldFill].filter(isNew).map((one) => fillFinding(checked, one)),
    ];
  });
}

function objectionsTo(checked: LocatedTemplate, left: readonly Left[]): readonly Finding[] {
  return remainingOf(checked).map((violation): Finding => {
    const { control, reason, detail } = violation;
    const remarks = left.filter((one) => one.control === control).map((one) => `${placeName(one)}: ${one.reason}`);
    const why = remarks.length > 0 ? `; left on ${[...new Set(remarks)].join(', on ')}` : '';
    return {
      severity: 'error',
      control,
      checked,
      ...said(checked, ` does not pass ${standardOf(checked)}: `, `${reason} (${detail})${why}`),
      paths: placesAtFault(checked.pod, violation),
    };
  });
}

function leftFinding(checked: LocatedTemplate, left: Left): Finding {
  const { control, reason, path } = left;
  const meaning = reasonMeanings[reason].replaceAll('`', '');
  const statement = `${control} on ${placeName(left)} is left as it is (${reason}): ${meaning}`;
  return { severity: 'warning', control, checked, ...said(checked, ': ', statement), paths: [path] };
}

function fillFinding(checked: LocatedTemplate, change: Change): Finding {
  const { control, path, mode } = change;
  const what = `${control} on ${placeName(change)} ${lackOf(change)}`;
  const statement = mode === 'fill' ? what : `${what} and is left so in the mode ${mode}`;
  return { severity: 'note', control, checked, ...said(checked, ': ', statement), paths: [path] };
}

/** What is missing; a member of a list that the author wrote is put behind the others. */
function lackOf({ path, value, mode }: Change): string {
  const written = JSON.stringify(value);
  if (typeof path.at(-1) === 'number') return `lacks ${written}${mode === 'fill' ? ', which pod-hardener adds' : ''}`;
  return mode === 'fill' ? `is not set; pod-hardener fills in ${written}` : 'is not set';
}

function said({ title }: LocatedTemplate, verb: string, statement: string) {
  return { text: oneLine(title + verb + statement), statement: oneLine(statement) };
}

/** `the pod`, or `container "web"`. */
export function placeName({ container }: Change | Left): string {
  return container === undefined ? 'the pod' : `container "${container}"`;
}

/** The positions of a finding's fields, each once, the first one first. */
export function positionsOf({ checked, paths }: Finding): readonly [Position, ...Position[]] {
  const [first = [], ...others] = paths;
  const positions: [Position, ...Position[]] = [checked.positionOf(first)];
  for (const path of others) {
    const position = checked.positionOf(path);
    if (!positions.some(({ line, column }) => line === position.line && column === position.column)) {
      positions.push(position);
    }
  }
  return positions;
}
