import { shown } from '../bench/table.ts';
import type { Point } from './trend.ts';

/** Something that happened during the run, and the letter that stands for it. */
export interface Mark {
  readonly at: number;
  readonly letter: string;
}

export interface ChartOptions {
  readonly title: string;
  readonly points: readonly Point[];
  /** How long the run was. */
  readonly seconds: number;
  readonly marks: readonly Mark[];
  /** Whether the highest value of a column stands for it, and not the mean: for what matters when it is high once. */
  readonly peaks?: boolean;
}

const blocks = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const rows = 4;
const columns = 62;
const margin = 8;

/** The series as a picture of at most 80 columns: its title, four rows, and an axis with the marks. */
export function chartOf(options: ChartOptions): readonly string[] {
  const { title, seconds, marks } = options;
  const values = Array.from({ length: columns }, (_, column) => valueAt(column, options));
  const known = values.filter((value) => value !== undefined);
  const [least, most] = known.length === 0 ? [0, 0] : [Math.min(...known), Math.max(...known)];
  const heights = values.map((value) => (value === undefined ? 0 : heightOf(value, least, most)));
  const picture = Array.from({ length: rows }, (_, row) => {
    const below = (rows - 1 - row) * 8;
    const label = row === 0 && most > least ? shown(most) : row === rows - 1 ? shown(least) : '';
    const line = heights.map((height) => blocks[Math.max(0, Math.min(8, height - below))]).join('');
    return `${label.padStart(margin)} ${label === '' ? '│' : '┤'}${line}`.trimEnd();
  });
  const axis = Array.from({ length: columns }, (_, column) => letterAt(column, seconds, marks) ?? '─').join('');
  return [title, ...picture, `${'0'.padStart(margin)} └${axis} ${durationOf(seconds)}`];
}

/** A length of time in the largest unit that suits it: `30 s`, `10 min`, `24 h`. */
export function durationOf(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Number((seconds / 60).toFixed(1))} min`;
  return `${Number((seconds / 3600).toFixed(1))} h`;
}

/** What was measured in the time of a column, or closest to it, where columns are narrower than the measurements. */
function valueAt(column: number, { points, seconds, peaks }: ChartOptions): number | undefined {
  const [from, to] = [(column * seconds) / columns, ((column + 1) * seconds) / columns];
  const within = points.filter(({ at }) => at >= from && at < to).map(({ value }) => value);
  if (within.length === 0) return closestTo((from + to) / 2, points);
  return peaks ? Math.max(...within) : within.reduce((sum, value) => sum + value, 0) / within.length;
}

function closestTo(time: number, points: readonly Point[]): number | undefined {
  const distance = ({ at }: Point) => Math.abs(at - time);
  const near = points.filter((point) => distance(point) <= reach);
  return near.sort((one, other) => distance(one) - distance(other))[0]?.value;
}

/** For how long a measurement is taken to hold, in seconds: they are made once a second, on a busy machine less often. */
const reach = 2.5;

/** From 1 to 8 for each row: also the least is to be seen. */
function heightOf(value: number, least: number, most: number): number {
  return most === least ? 1 : 1 + Math.round(((value - least) / (most - least)) * (rows * 8 - 1));
}

/** Where two marks fall into one column, the one that comes first in the alphabet is seen: capitals. */
function letterAt(column: number, seconds: number, marks: readonly Mark[]): string | undefined {
  const here = marks.filter(({ at }) => Math.min(columns - 1, Math.floor((at / seconds) * columns)) === column);
  return here.map(({ letter }) => letter).sort()[0];
}
