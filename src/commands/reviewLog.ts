import type { Shadow } from '../admission/shadow.ts';
import { entryOf } from '../policy/entry.ts';
import { messageOf } from '../policy/evaluate.ts';
import { clip } from '../policy/text.ts';
import type { Reply } from '../webhook/reply.ts';
import type { Log } from './log.ts';

/** Writes one line for a review: what was asked, what became of it, and the cause when it failed. */
export function logReply(
  log: Log,
  { status, request, decision, error }: Reply,
  seconds: number,
  shadow?: Shadow,
): void {
  const { uid, namespace, operation, resource, dryRun, subject } = request ?? {};
  const metadata = subject?.pod.metadata;
  const fields = {
    ...(request && { uid, namespace, operation, resource, dryRun }),
    ...(metadata && { pod: nameOf(metadata.name ?? metadata.generateName) }),
    milliseconds: Math.round(seconds * 1e6) / 1e3,
  };
  if (error) {
    log(status >= 500 ? 'error' : 'warn', error.message, {
      ...fields,
      outcome: 'failed',
      stage: error.stage,
      status,
      ...(error.cause !== undefined && { cause: describe(error.cause) }),
    });
  } else if (decision) {
    const { outcome, policy, filled, wouldFill, left, levels, remaining, warnings } = decision;
    log('info', 'Review answered.', {
      ...fields,
      outcome,
      ...(policy && { profile: policy.profile, mode: policy.mode }),
      ...(filled.length > 0 && { filled: listOf(filled.map(entryOf)) }),
      ...(wouldFill.length > 0 && { wouldFill: listOf(wouldFill.map(entryOf)) }),
      ...(left.length > 0 && { left: listOf(left.map((one) => `${entryOf(one)}=${one.reason}`)) }),
      ...(levels && { levelBefore: levels.before, levelAfter: levels.after }),
      ...(remaining.length > 0 && { remaining: clip(messageOf(remaining), 4096) }),
      ...(warnings.length > 0 && { warnings }),
      ...(shadow && shadow.difference !== 'none' && { shadow: described(shadow) }),
    });
  }
}

function described({ policy, difference, changes, level }: Shadow) {
  const { only_shadow, only_in_force } = changes;
  return {
    profile: policy.profile,
    version: policy.version,
    difference,
    ...(only_shadow.length > 0 && { onlyShadow: listOf(only_shadow.map(entryOf)) }),
    ...(only_in_force.length > 0 && { onlyInForce: listOf(only_in_force.map(entryOf)) }),
    levelAfter: level,
  };
}

/** Whoever creates a pod chooses its name, and it is looked at by nobody before us. */
function nameOf(name: unknown): string {
  return typeof name === 'string' ? clip(name, 253) : '';
}

function listOf(entries: readonly string[]): readonly string[] {
  const named = entries.slice(0, maxEntries).map((entry) => clip(entry, 300));
  return entries.length > maxEntries ? [...named, `…+${entries.length - maxEntries}`] : named;
}

const maxEntries = 200;

function describe(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
