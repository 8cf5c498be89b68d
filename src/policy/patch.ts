import type { Assignment } from './apply.ts';
import { type Path, toPointer } from './path.ts';

/** An `add` operation of RFC 6902, the only kind that this program makes. */
export interface AddOperation {
  readonly op: 'add';
  readonly path: string;
  readonly value: unknown;
}

/**
 * The JSON Patch (RFC 6902) that makes the assignments in the document. A parent that is missing or null is added
 * whole, once, with all that goes below it, so that every operation finds the object that it adds to.
 */
export function toJsonPatch(document: object, assignments: readonly Assignment[]): readonly AddOperation[] {
  const values = new Map<string, unknown>();
  for (const { path, value } of assignments) {
    const depth = missingDepth(document, path);
    const pointer = toPointer(path.slice(0, depth));
    const below = path.slice(depth);
    if (below.length === 0) values.set(pointer, value);
    else place(values, pointer, below, value);
  }
  return Array.from(values, ([path, value]) => ({ op: 'add' as const, path, value }));
}

/** How many keys of the path reach down to, and include, the first one that the document has nothing at. */
function missingDepth(document: object, path: Path): number {
  let value: unknown = document;
  for (const [index, key] of path.entries()) {
    value = (value as Record<string | number, unknown>)[key];
    if (value == null) return index + 1;
  }
  return path.length;
}

function place(values: Map<string, unknown>, pointer: string, below: Path, value: unknown): void {
  let branch = values.get(pointer) as Record<string | number, unknown> | undefined;
  if (branch === undefined) {
    branch = {};
    values.set(pointer, branch);
  }
  for (const key of below.slice(0, -1)) {
    branch[key] ??= {};
    branch = branch[key] as Record<string | number, unknown>;
  }
  const last = below.at(-1);
  if (last !== undefined) branch[last] = value;
}
