import type { Path } from '../policy/path.ts';
import type { AdmissionRequest } from './review.ts';

/** Where a request may fail; a label value of the metric that counts errors. */
export const stages = ['decode', 'too_large', 'lookup', 'decide', 'self_check', 'encode', 'overload'] as const;

export type Stage = (typeof stages)[number];

/** A request that gets no review: the HTTP status and the one sentence that its sender is told. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;
  readonly stage: Stage;
  /** What was asked, so far as it was understood. */
  readonly request: AdmissionRequest | undefined;
  /** Where in the review the part stands that cannot be understood. */
  readonly path: Path;

  constructor(status: number, stage: Stage, message: string, options?: ErrorOptions & Known) {
    super(message, options);
    this.status = status;
    this.stage = stage;
    this.request = options?.request;
    this.path = options?.path ?? [];
  }
}

/** What is known of a request that fails. */
interface Known {
  readonly request?: AdmissionRequest;
  readonly path?: Path;
}

/** The request itself cannot be understood. */
export function badRequest(message: string, request?: AdmissionRequest, path: Path = []): RequestError {
  return new RequestError(400, 'decode', message, { ...(request && { request }), path });
}

/** It would take more time or memory than one request may. */
export function tooIntricate(message: string): RequestError {
  return new RequestError(413, 'too_large', message);
}

/** It cannot be answered now. The API server tries again when the answer carries `Retry-After`. */
export function unavailable(stage: 'lookup' | 'overload', message: string, cause?: unknown): RequestError {
  return new RequestError(503, stage, message, { cause });
}

/** A fault of this program. The sender learns no more than that; the cause goes to the log. */
export function internalError(stage: 'decide' | 'self_check' | 'encode', cause: unknown): RequestError {
  return new RequestError(500, stage, 'internal error', { cause });
}

/** The API server stopped waiting, so nothing that was decided takes place. The status is never sent. */
export function clientGone(): RequestError {
  return new RequestError(499, 'lookup', 'the client went away before it was answered');
}
