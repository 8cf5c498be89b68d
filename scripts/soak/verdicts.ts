import { shown } from '../bench/table.ts';
import { levelOf, type Point, type Series } from './trend.ts';

/** What is to be said of one promise after the run. */
export interface Verdict {
  /** Whether it was kept. */
  readonly ok: boolean;
  readonly sentence: string;
}

/** What a series may gain without being called growing: that share of its level, and so many of its units. */
export interface Allowance {
  readonly share: number;
  readonly units: number;
}

const fifth = 1 / 5;

/** In seconds: before that, the program still warms up. */
export const shortestRun = 300;

/**
 * Whether a series grows. The program warms up in the first fifth of the run, which is left out. A series grows when it
 * is higher in the last fifth than in the second by more than the allowance, and at least a third of that has come
 * since the third: a leak goes on, while what fills once and is full then does not.
 */
export function growthVerdict(series: Series, seconds: number, { share, units }: Allowance): Verdict {
  const { name, unit } = series;
  const level = (part: number) => levelOf(series, seconds, (part - 1) * fifth, part === 5 ? 2 : part * fifth);
  const [early, middle, late] = [level(2), level(3), level(5)];
  const levels = `${shown(early)} ${unit} in the second fifth of the run, ${shown(late)} in the last`;
  if (seconds < shortestRun) return { ok: true, sentence: `${name}: ${levels}; too short a run to judge.` };
  if ([early, middle, late].some(Number.isNaN)) return { ok: false, sentence: `${name}: could NOT be measured.` };
  const allowed = early * share + units;
  const gained = late - early;
  if (gained <= allowed) return { ok: true, sentence: `${name}: no growth. ${levels}.` };
  if (late - middle < gained / 3) return { ok: true, sentence: `${name}: growth that has stopped. ${levels}.` };
  return { ok: false, sentence: `${name}: GROWTH. ${levels}; up to ${shown(allowed)} more may be chance.` };
}

/** A second of the run in which a process did nothing for so many milliseconds, and the one that watches it for so many. */
export interface Held extends Point {
  readonly ours: number;
}

/**
 * Whether the webhook stood still for longer than an API server should have to wait. Where the process that watches it
 * was held up, too, the machine was busy, and the webhook is not to blame.
 */
export function stallVerdict(seconds: readonly Held[]): Verdict {
  const stalls = seconds.filter(({ value, ours }) => value >= longestMs && ours < value / 2);
  const longest = Math.max(0, ...seconds.map(({ value }) => value));
  if (stalls.length === 0) return { ok: true, sentence: `It never stood still: ${shown(longest)} ms at most.` };
  const times = stalls.length === 1 ? 'once' : `${stalls.length} times`;
  return { ok: false, sentence: `It STOOD STILL ${times} for ${longestMs} ms or more, ${shown(longest)} ms at most.` };
}

/** A third of the time that the API server gives the webhook. */
const longestMs = 1000;

/** Whether every request came to what it should. */
export function lossVerdict(asked: number, lost: ReadonlyMap<string, number>): Verdict {
  const count = [...lost.values()].reduce((sum, times) => sum + times, 0);
  if (count === 0) return { ok: true, sentence: `No request was lost, of ${asked}.` };
  const reasons = [...lost].slice(0, 5).map(([reason, times]) => `${times} x ${reason}`);
  return { ok: false, sentence: `${count} of ${asked} requests were LOST: ${reasons.join('; ')}` };
}

/** Whether those who asked saw a failure for every pod that the API server refused because a call failed. */
export function refusalVerdict(refused: number, failures: number): Verdict {
  const told = `By its own count the API server refused ${refused} pods because a call failed`;
  if (refused <= failures) return { ok: true, sentence: `${told}.` };
  return { ok: false, sentence: `${told}, but only ${failures} requests were SEEN to fail.` };
}

/** What both sides have counted. */
export interface Counts {
  /** Reviews that were seen to be answered with 200 by those who asked. */
  readonly seen: number;
  /** Requests of which those who asked never heard whether there was a review, or whether it was answered. */
  readonly unheard: number;
  /** Reviews that the webhook counts as answered. */
  readonly counted: number;
}

/** Whether the webhook has counted every review that it answered, and no others. */
export function countVerdict({ seen, unheard, counted }: Counts): Verdict {
  const told = `${counted} reviews counted, ${seen} seen to be answered, ${unheard} unheard of`;
  if (Number.isNaN(counted)) return { ok: false, sentence: 'What it has counted could NOT be read.' };
  if (counted < seen) return { ok: false, sentence: `It counts too FEW: ${told}.` };
  if (counted > seen + unheard) return { ok: false, sentence: `It counts too MANY: ${told}.` };
  return { ok: true, sentence: `It counts what it answers: ${told}.` };
}
