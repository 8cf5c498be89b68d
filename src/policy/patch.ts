import { type Assignment, type Branch, emptyFor } from './apply.ts';
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
  let last: Parent | undefined;
  for (const { path, value } of assignments) {
    // Neighbours mostly go below the same parent, and a pointer is dear: it is made, flattened and hashed.
    if (!last || !isBelow(path, last)) last = parentOf(document, path);
    const { depth, pointer } = last;
    if (depth === path.length) values.set(pointer, value);
    else place(values, pointer, path.slice(depth), value);
  }
  const operations: AddOperation[] = [];
  for (const [path, value] of values) operations.push({ op: 'add', path, value });
  return operations;
}

/** What the value at a path is added with: the first place on the way that the document has nothing at, or its own. */
interface Parent {
  readonly path: Path;
  readonly depth: number;
  readonly pointer: string;
}

function parentOf(document: object, path: Path): Parent {
  const depth = missingDepth(document, path);
  return { path, depth, pointer: toPointer(path, depth) };
}

/** Whether the parent is known to be missing, and the path goes below it. */
function isBelow(path: Path, parent: Parent): boolean {
  if (parent.depth === parent.path.length || path.length <= parent.depth) return false;
  for (let index = parent.depth - 1; index >= 0; index--) {
    if (path[index] !== parent.path[index]) return false;
  }
  return true;
}

/** How many keys of the path reach down to, and include, the first one that the document has nothing at. */
function missingDepth(document: object, path: Path): number {
  let value: unknown = document;
  let depth = 0;
  for (const key of path) {
    value = (value as Branch)[key];
    depth++;
    if (value == null) return depth;
  }
  return depth;
}

function place(values: Map<string, unknown>, pointer: string, below: Path, value: unknown): void {
  let branch: Branch | undefined;
  let last: string | number | undefined;
  for (const key of below) {
    if (branch === undefined || last === undefined) {
      branch = (values.get(pointer) ?? emptyFor(key)) as Branch;
      values.set(pointer, branch);
    } else {
      branch[last] ??= emptyFor(key);
      branch = branch[last] as Branch;
    }
    last = key;
  }
  if (branch !== undefined && last !== undefined) branch[last] = value;
}
