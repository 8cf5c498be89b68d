import { quantile } from '../bench/quantile.ts';

/** A measured value, and when, in seconds from the start of the run. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

/** What is measured each second of a run. */
export interface Series {
  readonly name: string;
  readonly unit: string;
  readonly points: readonly Point[];
  /**
   * The share of the values of a time that lie below the one which stands for it. Memory is filled and emptied again, so
   * that its low is what is kept; of others it is the median.
   */
  readonly share: number;
}

/** What stands for the series from one time to another, both as shares of so many seconds; NaN when nothing is known. */
export function levelOf(
  { points, share }: Pick<Series, 'points' | 'share'>,
  seconds: number,
  from: number,
  to: number,
) {
  const within = points.filter(({ at }) => at >= from * seconds && at < to * seconds);
  return quantile(
    within.map(({ value }) => value),
    share,
  );
}

/** How much a series grows in an hour: the line of least squares through the levels of ten parts of the second half. */
export function growthPerHour(series: Pick<Series, 'points' | 'share'>, seconds: number): number {
  const parts = Array.from({ length: 10 }, (_, index) => 0.5 + index / 20);
  const levels = parts.map((from) => ({
    at: (from + 1 / 40) * seconds,
    value: levelOf(series, seconds, from, from + 1 / 20),
  }));
  const slope = slopeOf(levels.filter(({ value }) => !Number.isNaN(value)));
  // What is left of a slope of 0 after the arithmetic is no growth.
  return Math.round(slope * 3600 * 1000) / 1000;
}

/** The slope of the line of least squares, per second; NaN when there are fewer than two points. */
function slopeOf(points: readonly Point[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanAt, meanValue] = [mean(points.map(({ at }) => at)), mean(points.map(({ value }) => value))];
  const covariance = mean(points.map(({ at, value }) => (at - meanAt) * (value - meanValue)));
  return covariance / mean(points.map(({ at }) => (at - meanAt) ** 2));
}
