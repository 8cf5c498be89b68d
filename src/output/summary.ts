import { controls } from '../policy/controls/index.ts';
import type { Change, Left } from '../policy/harden.ts';
import { oneLine } from '../policy/text.ts';
import type { Paint } from './paint.ts';
import { wrap } from './wrap.ts';

/** What became of one pod or pod template. */
export interface TemplateOutcome {
  /** The object that it is in, and where: `Deployment/web spec.template`. */
  readonly title: string;
  readonly optedIn: boolean;
  readonly filled: readonly Change[];
  /** What the modes `audit` and `warn` leave undone. */
  readonly wouldFill: readonly Change[];
  readonly left: readonly Left[];
}

/**
 * A line for a template, and below it one for each field that is filled and what it means, and for each place where
 * something was left, and why: in so many columns.
 */
export function outcomeLines(outcome: TemplateOutcome, paint: Paint, width?: number): string[] {
  const { title, optedIn, filled, wouldFill, left } = outcome;
  const result = optedIn ? resultOf(filled, wouldFill, left) : 'left as it is: its namespace is not opted in';
  return [
    `${paint('bold', oneLine(title))}: ${result}`,
    ...meanings(filled).map((text) => paint('green', wrap(text, '  ', '    ', width))),
    ...remarkLines(left, wouldFill, paint, width),
  ];
}

/** The fields of one control together: `runAsNonRoot on web, agent: No container runs as root`. */
function meanings(filled: readonly Change[]): readonly string[] {
  const places = new Map<string, Set<string>>();
  for (const { control, container } of filled) {
    const ofControl = places.get(control) ?? new Set();
    places.set(control, ofControl.add(container ?? 'the pod'));
  }
  return Array.from(places, ([control, names]) => {
    const title = controls.find(({ id }) => id === control)?.about.title;
    return oneLine(`${control} on ${[...names].join(', ')}: ${title}`);
  });
}

/** A line for each place where something was left, or would be filled in another mode, and why, in so many columns. */
export function remarkLines(
  left: readonly Left[],
  wouldFill: readonly Change[],
  paint: Paint,
  width?: number,
): string[] {
  const leaves = grouped(left, ({ reason }) => reason);
  const wouldBe = grouped(wouldFill, ({ mode }) => mode);
  return [
    ...leaves.map((text) => paint('yellow', wrap(`left ${text}`, '  ', '    ', width))),
    ...wouldBe.map((text) => paint('cyan', wrap(`would fill ${text}`, '  ', '    ', width))),
  ];
}

/** All templates in one line: `3 templates: 2 filled (9 fields), 1 left as it is`. */
export function summaryLine(outcomes: readonly TemplateOutcome[]): string {
  if (outcomes.length === 0) return 'no pod or pod template';
  const filled = outcomes.filter((outcome) => outcome.filled.length > 0);
  const rest = outcomes.length - filled.length;
  const parts = [
    ...(filled.length > 0 ? [`${filled.length} filled (${fields(filled.flatMap((one) => one.filled))})`] : []),
    ...(rest > 0 ? [`${rest} left as ${rest === 1 ? 'it is' : 'they are'}`] : []),
  ];
  return `${count(outcomes.length, 'template')}: ${parts.join(', ')}`;
}

function resultOf(filled: readonly Change[], wouldFill: readonly Change[], left: readonly Left[]): string {
  if (filled.length > 0) return `${fields(filled)} filled`;
  return wouldFill.length + left.length > 0 ? 'left as it is' : 'nothing to fill';
}

/** The fields of one place with one remark together: `agent: capabilities, runAsNonRoot (privileged)`. */
function grouped<T extends Change | Left>(entries: readonly T[], remarkOn: (entry: T) => string): readonly string[] {
  const groups = new Map<string, { place: string; remark: string; controls: string[] }>();
  for (const entry of entries) {
    const [place, remark] = [entry.container ?? 'the pod', remarkOn(entry)];
    const group = groups.get(`${place}\n${remark}`) ?? { place, remark, controls: [] };
    groups.set(`${place}\n${remark}`, group);
    group.controls.push(entry.control);
  }
  return Array.from(groups.values(), ({ place, remark, controls: names }) =>
    oneLine(`${place}: ${names.join(', ')} (${remark})`),
  );
}

function fields(changes: readonly Change[]): string {
  return count(changes.length, 'field');
}

/** `1 template`, `2 templates`. */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
