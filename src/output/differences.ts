import { diffArrays } from 'diff';

/** Lines of a text, from `start` to before `end`, in whose place stand those from `from` to before `to` of another. */
export interface Difference {
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

/** With more lines different than this between two that are known to be the same, all of them are called different. */
const patience = 1000;

/**
 * Where two texts differ, line by line. Lines that are in each of them once are held against one another first, so that
 * the time grows with the length of the texts and not with its square.
 */
export function differencesBetween(before: readonly string[], after: readonly string[]): readonly Difference[] {
  const differences: Difference[] = [];
  let [start, from] = [0, 0];
  for (const [end, to] of [...anchorsIn(before, after), [before.length, after.length] as const]) {
    differences.push(...differencesIn(before, after, { start, end, from, to }));
    [start, from] = [end, to];
  }
  return differences;
}

type Pair = readonly [number, number];

/** The longest series of lines that each text has once, in the same order. */
function anchorsIn(before: readonly string[], after: readonly string[]): readonly Pair[] {
  const [ours, theirs] = [uniqueLines(before), uniqueLines(after)];
  const pairs = [...ours].flatMap(([line, index]): Pair[] => {
    const other = theirs.get(line);
    return index === undefined || other === undefined ? [] : [[index, other]];
  });
  return longestRising(pairs);
}

/** The index of every line; undefined for one that is repeated. Beginnings of documents are told apart by number. */
function uniqueLines(lines: readonly string[]): ReadonlyMap<string, number | undefined> {
  const indexes = new Map<string, number | undefined>();
  let documents = 0;
  for (const [index, line] of lines.entries()) {
    const key = line.startsWith('---') ? `${documents++} ${line}` : line;
    indexes.set(key, indexes.has(key) ? undefined : index);
  }
  return indexes;
}

interface Link {
  readonly pair: Pair;
  readonly before: Link | undefined;
}

/** The most pairs whose second numbers rise as the first ones do (patience sorting). */
function longestRising(pairs: readonly Pair[]): readonly Pair[] {
  const piles: Link[] = [];
  for (const pair of pairs) {
    let [low, high] = [0, piles.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((piles[middle]?.pair[1] ?? 0) < pair[1]) low = middle + 1;
      else high = middle;
    }
    piles[low] = { pair, before: piles[low - 1] };
  }
  const rising: Pair[] = [];
  for (let link = piles.at(-1); link; link = link.before) rising.push(link.pair);
  return rising.reverse();
}

function differencesIn(before: readonly string[], after: readonly string[], gap: Difference): readonly Difference[] {
  let { start, end, from, to } = gap;
  while (start < end && from < to && before[start] === after[from]) [start, from] = [start + 1, from + 1];
  while (start < end && from < to && before[end - 1] === after[to - 1]) [end, to] = [end - 1, to - 1];
  if (start === end && from === to) return [];
  if (start === end || from === to) return [{ start, end, from, to }];
  const parts = diffArrays(before.slice(start, end), after.slice(from, to), { maxEditLength: patience });
  if (!parts) return [{ start, end, from, to }];
  const differences: Difference[] = [];
  for (const { added, removed, count } of parts) {
    const [kept, gained] = [added ? 0 : count, removed ? 0 : count];
    const last = differences.at(-1);
    const next = { start, end: start + kept, from, to: from + gained };
    if (added || removed) {
      // What goes and what comes in the same place is one difference.
      if (last && last.end === start && last.to === from)
        differences[differences.length - 1] = { ...next, start: last.start, from: last.from };
      else differences.push(next);
    }
    [start, from] = [next.end, next.to];
  }
  return differences;
}
