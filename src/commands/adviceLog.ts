import { clip } from '../policy/text.ts';
import { type AdviceReply, NoAdviceError } from '../webhook/adviceReply.ts';
import type { Log } from './log.ts';

/** Writes one line for a request for advice that got some, or that failed; none where there was nothing to say. */
export function logAdvice(log: Log, reply: AdviceReply, seconds: number): void {
  const { kind, outcome, status, request, warnings, error, cause } = reply;
  if (outcome === 'silent') return;
  const fields = {
    advice: kind,
    ...(request && { uid: request.uid, kind: request.kind, name: clip(request.name, 253), dryRun: request.dryRun }),
    milliseconds: Math.round(seconds * 1e6) / 1e3,
  };
  if (error) {
    const because = error.cause === undefined ? {} : { cause: describe(error.cause) };
    log(status >= 500 ? 'error' : 'warn', error.message, { ...fields, stage: error.stage, status, ...because });
  } else if (outcome === 'advised') log('info', 'Advice given.', { ...fields, warnings });
  else if (cause instanceof NoAdviceError) log('warn', 'No advice was given.', { ...fields, reason: cause.message });
  else log('error', 'Advice failed; the object was let through.', { ...fields, cause: describe(cause) });
}

function describe(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
