import { oneLine } from '../policy/text.ts';
import { type CheckedTemplate, checkSummary, remainingOf, type Verdict, verdictOf } from './checked.ts';
import type { Paint, Style } from './paint.ts';
import { remarkLines } from './summary.ts';
import { wrap } from './wrap.ts';

/** A row for every template, below them what is wrong with those that fail, and a summary. At most 80 columns. */
export function checkTable(checked: readonly CheckedTemplate[], paint: Paint): string {
  const failing = checked.filter((one) => verdictOf(one) === 'fails');
  const parts = [...rowsOf(checked, paint), ...failing.map((one) => objectionsTo(one, paint)), checkSummary(checked)];
  return `${parts.join('\n\n')}\n`;
}

/** The rows of each file, below its name. */
function rowsOf(checked: readonly CheckedTemplate[], paint: Paint): readonly string[] {
  const width = Math.max(0, ...checked.map((one) => levelsOf(one).length));
  const files = new Map<string, CheckedTemplate[]>();
  for (const one of checked) {
    const members = files.get(one.file);
    if (members) members.push(one);
    else files.set(one.file, [one]);
  }
  return [...files].map(([file, members]) =>
    [paint('bold', oneLine(file)), ...members.map((one) => rowOf(one, width, paint))].join('\n'),
  );
}

const styles: Readonly<Record<Verdict, Style>> = { passes: 'green', filled: 'green', fails: 'red', '-': 'dim' };

function rowOf(checked: CheckedTemplate, width: number, paint: Paint): string {
  const verdict = verdictOf(checked);
  const columns = `${verdict.padEnd('passes'.length)}  ${levelsOf(checked).padEnd(width)}  `;
  const row = wrap(oneLine(checked.title), `  ${columns}`, ' '.repeat(columns.length + 4));
  return `  ${paint(styles[verdict], verdict)}${row.slice(2 + verdict.length)}`;
}

/** `baseline → restricted`, or the one level that it had and keeps. */
function levelsOf({ before, filling }: CheckedTemplate): string {
  const after = filling?.after.level ?? before.level;
  return after === before.level ? after : `${before.level} → ${after}`;
}

function objectionsTo(checked: CheckedTemplate, paint: Paint): string {
  const { file, title, level, version, filling } = checked;
  const standard = version === 'latest' ? level : `${level} ${version}`;
  const heading = wrap(`${oneLine(title)} in ${oneLine(file)} does not pass ${standard}:`, '', '  ');
  const objections = remainingOf(checked).map(({ reason, detail }) =>
    wrap(oneLine(`${reason} (${detail})`), '  ', '    '),
  );
  const remarks = filling ? remarkLines(filling.left, filling.wouldFill, paint) : [];
  return [paint('bold', heading), ...objections, ...remarks].join('\n');
}
