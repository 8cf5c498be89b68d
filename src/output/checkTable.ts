import { oneLine } from '../policy/text.ts';
import {
  type CheckedTemplate,
  checkSummary,
  levelsOf,
  remainingOf,
  standardOf,
  type Verdict,
  verdictOf,
} from './checked.ts';
import type { Paint, Style } from './paint.ts';
import { remarkLines } from './summary.ts';
import { wrap } from './wrap.ts';

/** A row for every template, below them what is wrong with those that fail, and a summary, in so many columns. */
export function checkTable(checked: readonly CheckedTemplate[], paint: Paint, width?: number): string {
  const failing = checked.filter((one) => verdictOf(one) === 'fails');
  const parts = [
    ...rowsOf(checked, paint, width),
    ...failing.map((one) => objectionsTo(one, paint, width)),
    wrap(checkSummary(checked), '', '  ', width),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The rows of each file, below its name. */
function rowsOf(checked: readonly CheckedTemplate[], paint: Paint, width?: number): readonly string[] {
  const levelWidth = checked.reduce((widest, one) => Math.max(widest, levelsOf(one).length), 0);
  const files = new Map<string, CheckedTemplate[]>();
  for (const one of checked) {
    const members = files.get(one.file);
    if (members) members.push(one);
    else files.set(one.file, [one]);
  }
  return [...files].map(([file, members]) =>
    [paint('bold', oneLine(file)), ...members.map((one) => rowOf(one, levelWidth, paint, width))].join('\n'),
  );
}

const styles: Readonly<Record<Verdict, Style>> = { passes: 'green', filled: 'green', fails: 'red', '-': 'dim' };

function rowOf(checked: CheckedTemplate, levelWidth: number, paint: Paint, width?: number): string {
  const verdict = verdictOf(checked);
  const columns = `${verdict.padEnd('passes'.length)}  ${levelsOf(checked).padEnd(levelWidth)}  `;
  const row = wrap(oneLine(checked.title), `  ${columns}`, ' '.repeat(columns.length + 4), width);
  return `  ${paint(styles[verdict], verdict)}${row.slice(2 + verdict.length)}`;
}

function objectionsTo(checked: CheckedTemplate, paint: Paint, width?: number): string {
  const { file, title, filling } = checked;
  const heading = wrap(`${oneLine(title)} in ${oneLine(file)} does not pass ${standardOf(checked)}:`, '', '  ', width);
  const objections = remainingOf(checked).map(({ reason, detail }) =>
    wrap(oneLine(`${reason} (${detail})`), '  ', '    ', width),
  );
  const remarks = filling ? remarkLines(filling.left, filling.wouldFill, paint, width) : [];
  return [paint('bold', heading), ...objections, ...remarks].join('\n');
}
