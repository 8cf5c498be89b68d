import { type Break, breaksIn } from '../evidence/breaks.ts';
import { decodeObservedPod } from '../evidence/observedPod.ts';

/** What does not work in the containers of an object as the API server has it, as the webhook tells of it; nothing in what is no pod. */
export function breaksOf(object: unknown): readonly Break[] {
  const observed = decodeObservedPod(object);
  return observed === undefined ? [] : breaksIn(observed);
}
