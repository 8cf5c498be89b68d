import type { Row } from '../bench/table.ts';
import type { ChartOptions } from './chart.ts';
import type { Run } from './run.ts';
import type { Sample } from './sampler.ts';
import { growthPerHour, levelOf, type Point, type Series } from './trend.ts';
import {
  type Allowance,
  countVerdict,
  growthVerdict,
  lossVerdict,
  refusalVerdict,
  shortestRun,
  stallVerdict,
  type Verdict,
} from './verdicts.ts';

interface Watched {
  readonly name: string;
  readonly unit: string;
  readonly share: number;
  readonly of: (sample: Sample) => number;
  /** What it may gain; left out where more of it is no fault. */
  readonly allowance?: Allowance;
  readonly peaks?: boolean;
}

const low = 0.1;
const middle = 0.5;

const watched: readonly Watched[] = [
  { name: 'Heap', unit: 'MiB', share: low, of: ({ heapMiB }) => heapMiB, allowance: { share: 0.05, units: 2 } },
  { name: 'Memory', unit: 'MiB', share: low, of: ({ rssMiB }) => rssMiB, allowance: { share: 0.05, units: 4 } },
  {
    ...{ name: 'Descriptors', unit: 'open', share: low, peaks: true },
    of: ({ descriptors }) => descriptors,
    allowance: { share: 0.1, units: 4 },
  },
  {
    ...{ name: 'Lag', unit: 'ms', share: middle, peaks: true },
    of: ({ lagMs }) => lagMs,
    allowance: { share: 1, units: 20 },
  },
  { name: 'Reviews', unit: 'a second', share: middle, of: ({ reviews }) => reviews },
];

/** The pictures of a run: one for each series, and one of what was lost, if anything was. */
export function chartsOf({ samples, seconds, marks, tally }: Run): readonly ChartOptions[] {
  const charts = watched.map(({ name, unit, of, peaks = false }) => ({
    ...{ title: `${name}, ${unit}`, points: pointsOf(samples, of), seconds, marks, peaks },
  }));
  const lost = { title: 'Lost, a second', points: pointsOf(samples, ({ lost }) => lost), seconds, marks, peaks: true };
  return tally.totals.lost === 0 ? charts : [...charts, lost];
}

/** A row for each series: how it began, how it ended, and what it gains in an hour. */
export function seriesRows({ samples, seconds }: Run): readonly Row[] {
  return watched.map((one) => {
    const series = seriesOf(one, samples);
    return {
      series: one.name,
      unit: one.unit,
      'first tenth': levelOf(series, seconds, 0, 0.1),
      'last tenth': levelOf(series, seconds, 0.9, 2),
      'more in an hour': seconds < shortestRun ? Number.NaN : growthPerHour(series, seconds),
    };
  });
}

/** What is to be said of every promise. */
export function verdictsOf({ samples, seconds, tally, refused, counted }: Run): readonly Verdict[] {
  const growth = watched.flatMap((one) =>
    one.allowance ? [growthVerdict(seriesOf(one, samples), seconds, one.allowance)] : [],
  );
  const { asked, lost, away, seen, unheard } = tally.totals;
  const stalls = stallVerdict(samples.map(({ at, lagMs, ownLagMs }) => ({ at, value: lagMs, ours: ownLagMs })));
  return [
    lossVerdict(asked, tally.lost),
    refusalVerdict(refused, lost + away),
    countVerdict({ seen, unheard, counted }),
    ...growth,
    stalls,
  ];
}

function seriesOf({ name, unit, share, of }: Watched, samples: readonly Sample[]): Series {
  return { name, unit, share, points: pointsOf(samples, of) };
}

function pointsOf(samples: readonly Sample[], of: (sample: Sample) => number): readonly Point[] {
  return samples.map((sample) => ({ at: sample.at, value: of(sample) }));
}
