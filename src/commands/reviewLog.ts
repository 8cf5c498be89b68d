import { entryOf } from '../policy/entry.ts';
import { messageOf } from '../policy/evaluate.ts';
import type { Reply } from '../webhook/reply.ts';
import type { Log } from './log.ts';

/** Writes one line for a review: what was asked, what became of it, and the cause when it failed. */
export function logReply(log: Log, { status, request, decision, error }: Reply, seconds: number): void {
  const { uid, namespace, operation, resource, dryRun, subject } = request ?? {};
  const metadata = subject?.pod.metadata;
  const fields = {
    ...(request && { uid, namespace, operation, resource, dryRun }),
    ...(metadata && { pod: metadata.name ?? metadata.generateName }),
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
      ...(filled.length > 0 && { filled: filled.map(entryOf) }),
      ...(wouldFill.length > 0 && { wouldFill: wouldFill.map(entryOf) }),
      ...(left.length > 0 && { left: left.map((one) => `${entryOf(one)}=${one.reason}`) }),
      ...(levels && { levelBefore: levels.before, levelAfter: levels.after }),
      ...(remaining.length > 0 && { remaining: messageOf(remaining) }),
      ...(warnings.length > 0 && { warnings }),
    });
  }
}

function describe(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
