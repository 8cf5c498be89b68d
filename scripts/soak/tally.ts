import type { Row } from '../bench/table.ts';
import type { Absence } from './absence.ts';

/** What is to be counted of a request when it is over. */
export interface Ended {
  /** The kind of request, as people are shown it. */
  readonly kind: string;
  /** When it was sent, by the clock of the run. */
  readonly start: number;
  /** What was wrong with the answer; undefined when nothing was. */
  readonly fault: string | undefined;
  /** Reviews that the webhook must have answered with 200 for this answer to be given. */
  readonly reviews: number;
  /** Whether it needs no API server, so that it may not fail while that is away either. */
  readonly always?: boolean;
}

/** What became of all requests. */
export interface Tally {
  count(ended: Ended): void;
  /** Notes something that went wrong and is no answer to a request. */
  fault(reason: string): void;
  /** Notes reviews that may or may not have been answered. */
  mayHaveAnswered(reviews: number): void;
  readonly lost: ReadonlyMap<string, number>;
  readonly totals: Readonly<Record<'asked' | 'lost' | 'away' | 'seen' | 'unheard', number>>;
  /** A row for each kind of request. */
  rows(): readonly Row[];
}

/** A tally of nothing. */
export function createTally(absence: Absence): Tally {
  const kinds = new Map<string, { good: number; lost: number; away: number }>();
  const lost = new Map<string, number>();
  const totals = { asked: 0, lost: 0, away: 0, seen: 0, unheard: 0 };

  function lose(reason: string): void {
    totals.lost++;
    const known = lost.has(reason) || lost.size < maxReasons ? reason : 'other reasons';
    lost.set(known, (lost.get(known) ?? 0) + 1);
  }

  return {
    lost,
    totals,
    count({ kind, start, fault, reviews, always }) {
      const counts = kinds.get(kind) ?? { good: 0, lost: 0, away: 0 };
      kinds.set(kind, counts);
      totals.asked++;
      if (fault === undefined) {
        counts.good++;
        totals.seen += reviews;
        return;
      }
      if (!/ECONNREFUSED/.test(fault)) totals.unheard += Math.max(1, reviews);
      if (!always && absence.wasAwaySince(start)) {
        counts.away++;
        totals.away++;
      } else {
        counts.lost++;
        lose(`${kind}: ${clipped(fault)}`);
      }
    },
    fault: (reason) => lose(clipped(reason)),
    mayHaveAnswered(reviews) {
      totals.unheard += reviews;
    },
    rows: () =>
      [...kinds]
        .sort(([one], [other]) => one.localeCompare(other))
        .map(([kind, { good, lost, away }]) => ({ 'what was asked': kind, 'as it should': good, lost, away })),
  };
}

/** So that a run in which everything fails can still be read. */
const maxReasons = 50;

/** Names of namespaces and numbers of ports would make a reason of its own of every answer. */
function clipped(reason: string): string {
  return reason
    .trim()
    .replace(/\b[a-z]+-\d+\b|\d{4,}/g, '…')
    .slice(0, 300);
}
