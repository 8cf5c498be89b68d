import type { DecideOptions } from '../admission/decide.ts';
import { type Shadow, shadowOf } from '../admission/shadow.ts';
import type { Reply, ReplyOptions } from '../webhook/reply.ts';
import type { Log } from './log.ts';

/** What decisions rest on, as the webhook has it. */
export type Grounds = Pick<ReplyOptions, 'minor' | 'exemptions' | 'evidence'>;

/**
 * Returns how the policy that the namespace of a reply tries differs on its pod. It is asked when the reply has been
 * sent, so nobody waits for it; what goes wrong in it is logged, and goes no further.
 */
export function createShadowing(grounds: Grounds, log: Log): (reply: Reply) => Shadow | undefined {
  const now = (): Omit<DecideOptions, 'provenance'> => ({
    minor: grounds.minor(),
    evidence: grounds.evidence,
    exemptions: grounds.exemptions?.(),
  });
  return ({ request, decision, error }) => {
    if (error || !request || !decision?.policy?.shadow) return undefined;
    try {
      return shadowOf(request, decision, now());
    } catch (cause) {
      const { uid, namespace } = request;
      log('error', 'The shadow of a policy could not be worked out.', { uid, namespace, error: String(cause) });
      return undefined;
    }
  };
}
