import type { Shadow } from '../admission/shadow.ts';
import { entryOf } from '../policy/entry.ts';
import { messageOf } from '../policy/evaluate.ts';
import type { Pod } from '../policy/pod.ts';
import { clip } from '../policy/text.ts';
import type { Reply } from '../webhook/reply.ts';
import type { Log } from './log.ts';

/** Writes one line for a review: what was asked, what became of it, and the cause when it failed. */
export function logReply(log: Log, reply: Reply, seconds: number, shadow?: Shadow): void {
  const { status, error } = reply;
  const fields = fieldsOf(reply, seconds, shadow);
  if (error) log(status >= 500 ? 'error' : 'warn', error.message, fields);
  else log('info', 'Review answered.', fields);
}

/** What is undefined is not written. All are named at once: to put the fields together from parts would be far slower. */
function fieldsOf({ status, request, error, ...made }: Reply, seconds: number, shadow: Shadow | undefined) {
  // An answer that reached nobody is none.
  const decision = error ? undefined : made.decision;
  const { policy, filled = [], wouldFill = [], left = [], levels, remaining = [], warnings = [] } = decision ?? {};
  return {
    uid: request?.uid,
    namespace: request?.namespace,
    operation: request?.operation,
    resource: request?.resource,
    dryRun: request?.dryRun,
    pod: nameOf(request?.subject?.pod),
    milliseconds: Math.round(seconds * 1e6) / 1e3,
    outcome: decision?.outcome ?? 'failed',
    stage: error?.stage,
    status: error && status,
    cause: describe(error?.cause),
    profile: policy?.profile,
    mode: policy?.mode,
    filled: listOf(filled, entryOf),
    wouldFill: listOf(wouldFill, entryOf),
    left: listOf(left, (one) => `${entryOf(one)}=${one.reason}`),
    levelBefore: levels?.before,
    levelAfter: levels?.after,
    remaining: remaining.length > 0 ? clip(messageOf(remaining), 4096) : undefined,
    warnings: warnings.length > 0 ? warnings : undefined,
    shadow: shadow && shadow.difference !== 'none' ? describedShadow(shadow) : undefined,
  };
}

function describedShadow({ policy, difference, changes, level }: Shadow) {
  const { only_shadow, only_in_force } = changes;
  return {
    profile: policy.profile,
    version: policy.version,
    difference,
    onlyShadow: listOf(only_shadow, entryOf),
    onlyInForce: listOf(only_in_force, entryOf),
    levelAfter: level,
  };
}

/** Whoever creates a pod chooses its name, and it is looked at by nobody before us. */
function nameOf(pod: Pod | undefined): string | undefined {
  const { name, generateName } = pod?.metadata ?? {};
  const chosen = name ?? generateName;
  return chosen == null ? undefined : clip(chosen, 253);
}

/** The fields by name, at most so many of them; undefined for none. */
function listOf<T>(fields: readonly T[], name: (field: T) => string): readonly string[] | undefined {
  if (fields.length === 0) return undefined;
  const named = fields.slice(0, maxEntries).map((field) => clip(name(field), 300));
  return fields.length > maxEntries ? [...named, `…+${fields.length - maxEntries}`] : named;
}

const maxEntries = 200;

function describe(cause: unknown): string | undefined {
  if (cause === undefined) return undefined;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
