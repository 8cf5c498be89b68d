import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AdviceKind } from '../admission/advice.ts';
import { uidAtStart } from '../admission/adviceReview.ts';
import { internalError, RequestError } from '../admission/errors.ts';
import {
  type AdviceReply,
  type AdviceReplyOptions,
  adviceFailure,
  adviceReplyTo,
  NoAdviceError,
  silence,
} from './adviceReply.ts';
import type { Load } from './app.ts';
import { checkAnnouncement, readBody, readStart } from './body.ts';
import { sendReply } from './send.ts';

export interface AdviceOptions extends AdviceReplyOptions {
  /** Told of every reply to a request for advice, with the seconds from the request's headers to the reply. */
  readonly observeAdvice: (reply: AdviceReply, seconds: number) => void;
  readonly isLast: (request: IncomingMessage) => boolean;
  /** What is being worked on for pods, which comes first. */
  readonly load: Load;
  /** How long anybody waits for advice, in milliseconds; 300 unless given. */
  readonly advicePatienceMs?: number;
}

/** Answers a request for advice. */
export type Advise = (kind: AdviceKind, request: IncomingMessage, response: ServerResponse) => Promise<void>;

const maxRequests = 8;
/** Of all bodies together. A larger one, and there hardly is any, is not looked at. */
const maxBytes = 4 * 1024 * 1024;

/**
 * Returns what answers requests for advice without getting into the way of pods: little of it at a time, none while there
 * is much to do for pods, and nothing that takes long. Whoever gets none is told at once that there is nothing to say.
 */
export function createAdviser(options: AdviceOptions): Advise {
  const { load, advicePatienceMs = 300 } = options;
  const own = { requests: 0, bytes: 0 };

  function isBusy(announced: number): boolean {
    return (
      own.requests >= maxRequests ||
      own.bytes + announced > maxBytes ||
      load.requests * 8 >= load.maxRequests ||
      load.bytes * 4 >= load.maxBytes
    );
  }

  async function readWithinLimits(request: IncomingMessage, held: { bytes: number }): Promise<Buffer> {
    return readBody(request, (arrived) => {
      held.bytes += arrived;
      own.bytes += arrived;
      if (own.bytes > maxBytes) throw overloaded();
    });
  }

  async function adviceWithinLimits(kind: AdviceKind, request: IncomingMessage, start: number): Promise<AdviceReply> {
    const held = { bytes: 0 };
    own.requests++;
    try {
      const body = await readWithinLimits(request, held);
      // Whatever has come for pods meanwhile goes first.
      await nextTurn();
      const leftMs = advicePatienceMs - (performance.now() - start);
      if (leftMs <= 0) return unread(kind, body.subarray(0, 512).toString());
      return await adviceReplyTo(kind, body, leftMs, options);
    } finally {
      own.requests--;
      own.bytes -= held.bytes;
    }
  }

  async function replyTo(kind: AdviceKind, request: IncomingMessage, start: number): Promise<AdviceReply> {
    try {
      checkAnnouncement(request);
      if (isBusy(Number(request.headers['content-length'] ?? 0))) return unread(kind, await readStart(request, 512));
      return await adviceWithinLimits(kind, request, start);
    } catch (error) {
      return adviceFailure(kind, error instanceof RequestError ? error : internalError('decide', error));
    }
  }

  return async (kind, request, response) => {
    const start = performance.now();
    const reply = await replyTo(kind, request, start);
    sendReply(response, reply, request, options.isLast(request));
    options.observeAdvice(reply, (performance.now() - start) / 1000);
  };
}

/** The reply to a review of which only the start is looked at: what matters to the API server stands there. */
function unread(kind: AdviceKind, start: string): AdviceReply {
  const uid = uidAtStart(start);
  return uid === undefined
    ? adviceFailure(kind, overloaded())
    : silence(kind, uid, new NoAdviceError('there is too much to do'));
}

/** Not the status that asks an API server to try again: what matters more would only get more to wait for. */
function overloaded(): RequestError {
  return new RequestError(429, 'overload', 'too many requests at once');
}
