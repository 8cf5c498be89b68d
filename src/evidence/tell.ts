import { keyPrefix } from '../admission/keys.ts';
import { clip, oneLine } from '../policy/text.ts';
import type { Break } from './breaks.ts';

/** What an Event says. */
export interface Note {
  readonly reason: 'HardeningBreak' | 'SuspectedBreak';
  readonly message: string;
}

/** The API server takes no more characters than that in an Event. */
const longest = 1024;

/** Returns what to tell of a break to those who look at the pod: what happened, whether it is certain, and what helps. */
export function noteOf({ field, container, certainty, cause, remedy }: Break): Note {
  const filled = `pod-hardener has filled ${field} there`;
  const blame = certainty === 'known' ? `${filled}.` : `${filled}, which may be the reason; its log may say more.`;
  const wayOut = `To have new pods without the field, add -${field} to ${keyPrefix}controls on the namespace.`;
  const sentences = [`Container ${container} ${cause}.`, blame, ...(remedy === undefined ? [] : [remedy]), wayOut];
  const reason = certainty === 'known' ? 'HardeningBreak' : 'SuspectedBreak';
  return { reason, message: clip(oneLine(sentences.join(' ')), longest) };
}
