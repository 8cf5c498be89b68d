import type { AdviceKind, AdviceOutcome, NamespaceVerdict, RoutedBy } from '../admission/advice.ts';
import {
  type AdviceRequest,
  decodeNamespaceReview,
  decodeWorkloadReview,
  encodeAdvice,
  type NamespaceAdviceRequest,
  type WorkloadAdviceRequest,
} from '../admission/adviceReview.ts';
import { RequestError } from '../admission/errors.ts';
import { namespaceAdvice } from '../admission/namespaceAdvice.ts';
import type { NamespaceRecord, Policy } from '../admission/namespacePolicy.ts';
import { decodeEnvelope } from '../admission/review.ts';
import { workloadAdvice } from '../admission/workloadAdvice.ts';
import { type FindPolicy, failureReply, type ReplyOptions } from './reply.ts';

/** What a request for advice is answered, and what is known of it for the record. */
export interface AdviceReply {
  readonly kind: AdviceKind;
  readonly outcome: AdviceOutcome;
  readonly status: number;
  readonly body: string;
  readonly request?: AdviceRequest;
  readonly warnings: readonly string[];
  /** Why there is no review in the answer. */
  readonly error?: RequestError;
  /** Why the answer says nothing, although there might have been something to say. */
  readonly cause?: unknown;
}

export interface AdviceReplyOptions extends ReplyOptions {
  /** The policy that a namespace's own keys describe. */
  readonly policyFrom: (namespace: NamespaceRecord) => Policy | undefined;
  readonly routedBy: RoutedBy;
  /** What is known of the pods that run in a namespace, in one sentence. */
  readonly namespaceVerdict?: NamespaceVerdict | undefined;
}

/** No advice can be given now, and the object is not to wait for it. */
export class NoAdviceError extends Error {
  override readonly name = 'NoAdviceError';
}

/**
 * The reply to the bytes of a review, within so many milliseconds: warnings, or none. Rejects with a RequestError for
 * what is no review; every other failure is an answer that lets the object pass and says nothing.
 */
export async function adviceReplyTo(
  kind: AdviceKind,
  body: Buffer,
  limitMs: number,
  options: AdviceReplyOptions,
): Promise<AdviceReply> {
  let request: NamespaceAdviceRequest | WorkloadAdviceRequest | undefined;
  try {
    request = kind === 'namespaces' ? decodeNamespaceReview(body) : decodeWorkloadReview(body);
    const warnings =
      'templates' in request ? await aboutWorkload(request, limitMs, options) : aboutNamespace(request, options);
    const outcome = warnings.length > 0 ? 'advised' : 'silent';
    return { kind, outcome, status: 200, body: encodeAdvice(request.uid, warnings), request, warnings };
  } catch (cause) {
    if (cause instanceof RequestError) throw cause;
    return { ...silence(kind, decodeEnvelope(body).uid, cause), ...(request && { request }) };
  }
}

/** The reply that lets an object pass without having looked at it. */
export function silence(kind: AdviceKind, uid: string, cause: unknown): AdviceReply {
  return { kind, outcome: 'failed', status: 200, body: encodeAdvice(uid, []), warnings: [], cause };
}

/** The reply that says that a request is none: one sentence as plain text. */
export function adviceFailure(kind: AdviceKind, error: RequestError): AdviceReply {
  const { status, body } = failureReply(error);
  return { kind, outcome: 'failed', status, body, warnings: [], error };
}

function aboutNamespace(request: NamespaceAdviceRequest, options: AdviceReplyOptions): readonly string[] {
  const { policyFrom, routedBy, namespaceVerdict } = options;
  return namespaceAdvice(request, { policyFrom, routedBy, minor: options.minor(), verdict: namespaceVerdict });
}

async function aboutWorkload(
  request: WorkloadAdviceRequest,
  limitMs: number,
  { findPolicy, provenance, minor, evidence, exemptions }: AdviceReplyOptions,
): Promise<readonly string[]> {
  if (request.templates.length === 0) return [];
  const policy = await policyFor(request.namespace, limitMs, findPolicy);
  return workloadAdvice(request, policy, { provenance, minor: minor(), evidence, exemptions: exemptions?.() });
}

async function policyFor(namespace: string, limitMs: number, findPolicy: FindPolicy): Promise<Policy | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${Math.round(limitMs)} ms`)), limitMs);
  });
  try {
    return await Promise.race([findPolicy(namespace, limitMs), late]);
  } catch (cause) {
    throw new NoAdviceError(`the policy of namespace ${namespace} cannot be looked up now`, { cause });
  } finally {
    clearTimeout(timer);
  }
}
