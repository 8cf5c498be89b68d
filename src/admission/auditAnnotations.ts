import { entryOf, sortedEntries, toList } from '../policy/entry.ts';
import type { Change, Left } from '../policy/harden.ts';
import type { Level } from '../policy/level.ts';
import type { Pod } from '../policy/pod.ts';
import { filledAnnotation } from './keys.ts';
import type { Policy } from './namespacePolicy.ts';

const limit = 1024;

/** What the audit log is told of a decision. */
export interface Audited {
  readonly pod: Pod;
  readonly policy: Policy;
  /** Sorted entries. */
  readonly filled: readonly string[];
  readonly wouldFill: readonly Change[];
  readonly left: readonly Left[];
  readonly levels: { readonly before: Level; readonly after: Level };
}

/**
 * The audit annotations of a decision: only those that have something to say, each of at most 1 KiB. A pod that
 * already carries our annotation is seen for the second time: its keys end in `-again`, since the API server
 * lets nobody overwrite what the first call recorded.
 */
export function auditAnnotationsOf({ pod, policy, filled, wouldFill, left, levels }: Audited): Record<string, string> {
  const again = pod.metadata?.annotations?.[filledAnnotation] === undefined ? '' : '-again';
  const annotations: Record<string, string> = {};
  const say = (key: string, entries: readonly string[]) => {
    if (entries.length > 0) annotations[key + again] = toList(entries, limit);
  };
  say('policy', [`${policy.profile}:${policy.version} ${policy.mode}`]);
  say('level', [`${levels.before} -> ${levels.after}`]);
  say('filled', filled);
  say('would-fill', sortedEntries(wouldFill.map(entryOf)));
  say('left', sortedEntries(left.map((one) => `${entryOf(one)}=${one.reason}`)));
  return annotations;
}
