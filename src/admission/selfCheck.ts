import type { AddOperation } from '../policy/patch.ts';
import type { Pod } from '../policy/pod.ts';

/**
 * Applies the operations as RFC 6902 says, to a copy of the parts that they touch. Throws when one does not apply or
 * when the result is not the intended pod: the API server would reject the pod for such a patch, whatever the failure
 * policy says. It shares no code with what made the operations.
 */
export function checkPatch(pod: Pod, operations: readonly AddOperation[], intended: Pod): void {
  const copied = new Set<unknown>();
  const root = shallowCopy(pod, copied);
  for (const operation of operations) add(root, operation, copied);
  if (!isSame(root, intended)) throw new Error('the patch does not make the pod that was intended');
}

type Branch = Record<string, unknown>;

function add(root: Branch, { op, path, value }: AddOperation, copied: Set<unknown>): void {
  if (op !== 'add') throw new Error(`${path} is not added but ${op}`);
  if (path[0] !== '/') throw new Error(`${path} is no pointer to a member`);
  if (!isJson(value)) throw new Error(`${path} gets a value that JSON cannot express`);
  let branch = root;
  let from = 1;
  for (let to = path.indexOf('/', from); to !== -1; to = path.indexOf('/', from)) {
    const name = decodeKey(path.slice(from, to));
    from = to + 1;
    const child = Object.hasOwn(branch, name) ? branch[name] : undefined;
    if (typeof child !== 'object' || child === null) throw new Error(`${path} has no parent to add to`);
    branch[name] = copied.has(child) ? child : shallowCopy(child, copied);
    branch = branch[name] as Branch;
  }
  const last = decodeKey(path.slice(from));
  if (Array.isArray(branch)) insert(branch, last, value, path);
  else branch[last] = value;
}

function insert(list: unknown[], key: string, value: unknown, path: string): void {
  const index = /^(0|[1-9]\d*)$/.test(key) ? Number(key) : Number.POSITIVE_INFINITY;
  if (index > list.length) throw new Error(`${path} is beyond the end of the list`);
  list.splice(index, 0, value);
}

function decodeKey(key: string): string {
  return key.includes('~') ? key.replaceAll('~1', '/').replaceAll('~0', '~') : key;
}

function shallowCopy(value: object, copied: Set<unknown>): Branch {
  const copy = (Array.isArray(value) ? value.slice() : { ...value }) as Branch;
  copied.add(copy);
  return copy;
}

function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'object' && Object.values(value).every(isJson);
}

/** Whether two values are the same JSON. What the two share is not walked through. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(b, key) || !isSame((a as Branch)[key], (b as Branch)[key])) return false;
  }
  return true;
}
