import type { Path } from './path.ts';

/** One value and where it goes: an object's member, or the end of a list. The key in a list is a number. */
export interface Assignment {
  readonly path: Path;
  readonly value: unknown;
}

/** An object or list on the way to a value. */
export type Branch = Record<string | number, unknown>;

/**
 * The document with every value at its place, missing objects and lists on the way made. The document itself is untouched;
 * the result shares with it whatever did not change.
 */
export function applyChanges<T extends object>(document: T, assignments: readonly Assignment[]): T {
  if (assignments.length === 0) return document;
  const copied = new Set<object>();
  const root = copyOf(document, copied) as Branch;
  for (const { path, value } of assignments) assign(root, path, value, copied);
  return root as T;
}

function assign(root: Branch, path: Path, value: unknown, copied: Set<object>): void {
  let branch = root;
  let last: string | number | undefined;
  for (const key of path) {
    if (last !== undefined) {
      const next = copyOf(branch[last] ?? emptyFor(key), copied);
      branch[last] = next;
      branch = next as Branch;
    }
    last = key;
  }
  if (last !== undefined) branch[last] = value;
}

/** What a key of the kind can stand in. */
export function emptyFor(key: string | number): object {
  return typeof key === 'number' ? [] : {};
}

function copyOf(value: unknown, copied: Set<object>): object {
  if (typeof value !== 'object' || value === null) throw new TypeError('a change goes below a value that is no object');
  if (copied.has(value)) return value;
  const copy = Array.isArray(value) ? value.slice() : { ...value };
  copied.add(copy);
  return copy;
}
