import jsonpatch, { type Operation } from 'fast-json-patch';
import type { AddOperation } from '../policy/patch.ts';
import type { Pod } from '../policy/pod.ts';

/**
 * Applies the operations, by a library that knows nothing of how they were made, to a copy of the parts that they
 * touch. Throws when one does not apply or when the result is not the intended pod: the API server would reject
 * the pod for such a patch, whatever the failure policy says.
 */
export function checkPatch(pod: Pod, operations: readonly AddOperation[], intended: Pod): void {
  const copy = copyTouched(pod, operations);
  for (const operation of operations) jsonpatch.applyOperation(copy, { ...operation } as Operation, true);
  if (!isSame(copy, intended)) throw new Error('the patch does not make the pod that was intended');
}

type Branch = Record<string, unknown>;

/** The pod with every object copied that an operation's path goes through; the rest is shared. */
function copyTouched(pod: Pod, operations: readonly AddOperation[]): object {
  const copied = new Set<unknown>();
  const root = shallowCopy(pod, copied);
  for (const { path } of operations) {
    let branch = root;
    for (const key of path.split('/').slice(1, -1)) {
      const name = key.replaceAll('~1', '/').replaceAll('~0', '~');
      const child = branch[name];
      if (typeof child !== 'object' || child === null) break;
      branch[name] = copied.has(child) ? child : shallowCopy(child, copied);
      branch = branch[name] as Branch;
    }
  }
  return root;
}

function shallowCopy(value: object, copied: Set<unknown>): Branch {
  const copy = (Array.isArray(value) ? value.slice() : { ...value }) as Branch;
  copied.add(copy);
  return copy;
}

/** Whether two values are the same JSON. What the two share is not walked through. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && isSame((a as Branch)[key], (b as Branch)[key]));
}
