import type { Assignment } from '../policy/apply.ts';
import { toJsonPatch } from '../policy/patch.ts';
import type { Path } from '../policy/path.ts';

/** One key or item that a document lacks (or has as null), below a mapping or list that it has. */
export interface Addition {
  readonly parent: Path;
  readonly key: string;
  readonly value: unknown;
}

/** What has to be added to a document so that the assignments are made. */
export function additionsOf(value: object, assignments: readonly Assignment[]): readonly Addition[] {
  return toJsonPatch(value, assignments).map(({ path, value: added }) => {
    const keys = path.split('/').slice(1).map(unescapeKey);
    return { parent: keys.slice(0, -1), key: keys.at(-1) ?? '', value: added };
  });
}

function unescapeKey(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}
