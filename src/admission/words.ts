import { clip, oneLine } from '../policy/text.ts';

/** What was understood of a written value, and one sentence for each part that was not. */
export interface Parsed<T> {
  readonly value: T;
  readonly problems: readonly string[];
}

/** The allowed word that the text stands for, read without regard to case and surrounding space. */
export function findWord<T extends string>(text: string, allowed: readonly T[]): T | undefined {
  const word = text.trim().toLowerCase();
  return allowed.find((candidate) => candidate.toLowerCase() === word);
}

/** The allowed word that the text is most likely a misspelling of; undefined when none is near. */
export function nearestWord<T extends string>(text: string, allowed: readonly T[]): T | undefined {
  const word = text.trim().toLowerCase();
  const limit = word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3));
  let nearest: T | undefined;
  let best = limit + 1;
  for (const candidate of allowed) {
    const distance = editDistance(word, candidate.toLowerCase(), best);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

/** `; did you mean "fill"?`, or nothing when no allowed word is near. */
export function suggestion(text: string, allowed: readonly string[]): string {
  const nearest = nearestWord(text, allowed);
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`;
}

/** The text in quotation marks on one line, shortened to so many characters. */
export function quoted(text: string, limit = 20): string {
  return `"${clip(oneLine(text), limit)}"`;
}

/** Levenshtein's distance, counting the exchange of two neighbours as one; `limit` when it is no smaller. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1));
      const exchanged = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (exchanged) cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return Math.min(at(last, b.length), limit);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
