import type { Violation } from '../policy/check.ts';
import type { Judgement } from '../policy/evaluate.ts';
import type { Change, Left } from '../policy/harden.ts';
import type { Level } from '../policy/level.ts';
import { count } from './summary.ts';

/** How one pod or pod template stands to the Pod Security Standards. */
export interface CheckedTemplate {
  readonly file: string;
  /** The object that it is in, and where: `Deployment/web spec.template`. */
  readonly title: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** Where it stands in its object, dotted; empty when the object is the pod. */
  readonly template: string;
  /** The level that is asked of it, and the version of the standards that it was judged by. */
  readonly level: Level;
  readonly version: string;
  /** Whether anything is asked of it: nothing is where its namespace is not opted in. */
  readonly isAsked: boolean;
  readonly before: Judgement;
  /** What filling makes of it; absent when it was to be judged as it is. */
  readonly filling?: Filling;
}

export interface Filling {
  readonly after: Judgement;
  readonly filled: readonly Change[];
  /** What the modes `audit` and `warn` leave undone. */
  readonly wouldFill: readonly Change[];
  readonly left: readonly Left[];
}

/** `passes` as it is, passes once `filled`, `fails`, or `-` where nothing is asked. */
export type Verdict = 'passes' | 'filled' | 'fails' | '-';

/** What stands between the template and its level in the end. */
export function remainingOf({ level, before, filling }: CheckedTemplate): readonly Violation[] {
  return (filling?.after ?? before).violations[level];
}

/** The level that is asked of it, and the version where that is not the latest: `restricted v1.30`. */
export function standardOf({ level, version }: CheckedTemplate): string {
  return version === 'latest' ? level : `${level} ${version}`;
}

/** `baseline → restricted`, or the one level that it had and keeps. */
export function levelsOf({ before, filling }: CheckedTemplate): string {
  const after = filling?.after.level ?? before.level;
  return after === before.level ? after : `${before.level} → ${after}`;
}

/** How it ended for the template. */
export function verdictOf(checked: CheckedTemplate): Verdict {
  if (!checked.isAsked) return '-';
  if (remainingOf(checked).length > 0) return 'fails';
  return checked.before.violations[checked.level].length > 0 ? 'filled' : 'passes';
}

/** All templates in one line: `12 templates: 3 pass as they are, 8 pass once filled, 1 does not`. */
export function checkSummary(checked: readonly CheckedTemplate[]): string {
  if (checked.length === 0) return 'no pod or pod template';
  const verdicts = checked.map(verdictOf);
  const part = (verdict: Verdict, one: string, many: string): readonly string[] => {
    const number = verdicts.filter((candidate) => candidate === verdict).length;
    return number === 0 ? [] : [`${number} ${number === 1 ? one : many}`];
  };
  const passing = [
    ...part('passes', 'passes as it is', 'pass as they are'),
    ...part('filled', 'passes once filled', 'pass once filled'),
  ];
  const failing =
    passing.length > 0 ? part('fails', 'does not', 'do not') : part('fails', 'does not pass', 'do not pass');
  const rest = part('-', 'is in a namespace that is not opted in', 'are in namespaces that are not opted in');
  return `${count(checked.length, 'template')}: ${[...passing, ...failing, ...rest].join(', ')}`;
}
