import { keyPrefix } from '../admission/keys.ts';
import { clip, oneLine } from '../policy/text.ts';
import type { BreakField } from './breakFields.ts';
import type { Break } from './breaks.ts';

/** What an Event says. */
export interface Note {
  readonly reason: 'HardeningBreak' | 'SuspectedBreak';
  readonly message: string;
}

/** The API server takes no more characters than that in an Event. */
const longest = 1024;

/** The level restricted asks for them: where it is enforced, to go without them is no way out. */
const askedFor: readonly BreakField[] = ['runAsNonRoot', 'capabilities'];

/** Returns what to tell of a break to those who look at the pod: what happened, whether it is certain, and what helps. */
export function noteOf({ field, container, certainty, cause, remedy }: Break): Note {
  const filled = `pod-hardener has filled ${field} there`;
  const blame =
    certainty === 'known' ? `${filled}.` : `${filled}, which may be the reason; the container's log may say more.`;
  const wayOut = `To have new pods without the field, add -${field} to ${keyPrefix}controls on the namespace.`;
  const but = askedFor.includes(field) ? ['Pod Security refuses them then where it enforces restricted.'] : [];
  const sentences = [
    `Container ${container} ${cause}.`,
    blame,
    ...(remedy === undefined ? [] : [remedy]),
    wayOut,
    ...but,
  ];
  const reason = certainty === 'known' ? 'HardeningBreak' : 'SuspectedBreak';
  return { reason, message: clip(oneLine(sentences.join(' ')), longest) };
}
