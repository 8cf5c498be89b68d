import { type Decision, decide } from '../admission/decide.ts';
import { internalError, RequestError, unavailable } from '../admission/errors.ts';
import type { Exemptions } from '../admission/exemptions.ts';
import type { Policy } from '../admission/namespacePolicy.ts';
import { type AdmissionRequest, decodeReview, encodeReview } from '../admission/review.ts';
import { checkPatch } from '../admission/selfCheck.ts';
import type { Evidence } from '../policy/evidence.ts';

/** The policy in force in a namespace, or undefined when it is not opted in. Rejects when that cannot be found out. */
export type FindPolicy = (namespace: string, deadlineMs: number) => Policy | undefined | Promise<Policy | undefined>;

/** What a review is answered, and what is known of it for the record. */
export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly request?: AdmissionRequest;
  readonly decision?: Decision;
  readonly error?: RequestError;
}

export interface ReplyOptions {
  readonly findPolicy: FindPolicy;
  readonly provenance: boolean;
  /** The cluster's minor of Kubernetes 1, where it is known. */
  readonly minor: () => number | undefined;
  /** What administrators have exempted, as it stands now. */
  readonly exemptions?: () => Exemptions;
  /** What is known of images, where it is gathered. */
  readonly evidence?: Evidence | undefined;
}

/** The reply to the bytes of a review; every failure is a reply too, so that the failure policy decides. Never rejects. */
export async function replyTo(body: Buffer, deadlineMs: number, options: ReplyOptions): Promise<Reply> {
  let request: AdmissionRequest | undefined;
  try {
    request = decodeReview(body);
    const policy = request.subject && (await policyFor(request, deadlineMs, options.findPolicy));
    const decision = decideChecked(request, policy, options);
    return { status: 200, body: encode(request, decision), request, decision };
  } catch (thrown) {
    const error = thrown instanceof RequestError ? thrown : internalError('decide', thrown);
    const asked = request ?? error.request;
    return { ...failureReply(error), ...(asked && { request: asked }) };
  }
}

/** The reply that says that a request failed: one sentence as plain text. */
export function failureReply(error: RequestError): Reply {
  return { status: error.status, body: `${error.message}\n`, error };
}

async function policyFor({ namespace }: AdmissionRequest, deadlineMs: number, findPolicy: FindPolicy) {
  try {
    return await findPolicy(namespace, deadlineMs);
  } catch (cause) {
    throw unavailable('lookup', `the policy of namespace ${namespace} cannot be looked up now`, cause);
  }
}

function decideChecked(request: AdmissionRequest, policy: Policy | undefined, options: ReplyOptions): Decision {
  const { provenance, minor, evidence, exemptions } = options;
  const decision = decide(request, policy, { provenance, minor: minor(), evidence, exemptions: exemptions?.() });
  if (!decision.intended || !request.subject) return decision;
  try {
    checkPatch(request.subject.pod, decision.operations, decision.intended);
  } catch (cause) {
    throw internalError('self_check', cause);
  }
  return decision;
}

function encode({ uid }: AdmissionRequest, decision: Decision): string {
  try {
    return encodeReview(uid, decision);
  } catch (cause) {
    throw internalError('encode', cause);
  }
}
