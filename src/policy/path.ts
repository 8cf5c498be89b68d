/** Where a value stands in a pod: object keys and list indexes, from the pod's root. */
export type Path = readonly (string | number)[];

/** The path as people write it: `spec.containers[0].securityContext`. */
export function toDotted(path: Path): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else text += text === '' ? key : `.${key}`;
  }
  return text;
}

/** The path, or so many of its first keys, as a JSON Pointer (RFC 6901): `/spec/containers/0/securityContext`. */
export function toPointer(path: Path, depth: number = path.length): string {
  let pointer = '';
  let count = 0;
  for (const key of path) {
    if (count++ === depth) break;
    pointer += `/${typeof key === 'number' ? key : escapeKey(key)}`;
  }
  return pointer;
}

function escapeKey(key: string): string {
  return key.includes('~') || key.includes('/') ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key;
}
