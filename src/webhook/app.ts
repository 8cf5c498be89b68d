import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type ErrorRequestHandler, type Request, type Response, Router } from 'express';
import { clientGone, internalError, RequestError, unavailable } from '../admission/errors.ts';
import { checkAnnouncement, readBody } from './body.ts';
import { failureReply, type Reply, type ReplyOptions, replyTo } from './reply.ts';

export interface AppOptions extends ReplyOptions {
  /** Told of every reply to `POST /mutate`, with the seconds from the request's headers to the reply. */
  readonly observe: (reply: Reply, seconds: number) => void;
  /** Whether the connection of a reply is to be closed after it. */
  readonly isLast: (request: IncomingMessage) => boolean;
  readonly load: Load;
}

/** What is being worked on, and where it ends. One object, shared with whoever shows it. */
export interface Load {
  requests: number;
  bytes: number;
  readonly maxRequests: number;
  readonly maxBytes: number;
  /** What small bodies may take beyond that, so that a few large ones do not keep them out. */
  readonly reserveBytes: number;
}

/** A load of nothing, with limits far above any burst of pods. Bytes are those of bodies and of answers not yet sent. */
export function createLoad(): Load {
  return { requests: 0, bytes: 0, maxRequests: 512, maxBytes: 32 * 1024 * 1024, reserveBytes: 16 * 1024 * 1024 };
}

/**
 * The Express router: `POST /mutate` answers AdmissionReviews, anything else gets 404 or 405. There is no application
 * around it, which would give every request and response another prototype: that took longer than a decision does.
 */
export function createApp(options: AppOptions): RequestListener {
  const router = Router({ strict: true, caseSensitive: true });
  router.post('/mutate', (request, response) => mutate(request, response, options));
  router.all('/mutate', (request, response) => {
    response.setHeader('Allow', 'POST');
    refuse(request, response, 405, 'only POST is answered here');
  });
  router.use((request, response) => refuse(request, response, 404, 'only /mutate is answered here'));
  router.use(((_error, request, response, _next) => {
    if (!response.headersSent) refuse(request, response, 500, 'internal error');
  }) satisfies ErrorRequestHandler);
  return (request, response) => router(request as Request, response as Response, () => response.destroy());
}

async function mutate(request: IncomingMessage, response: ServerResponse, options: AppOptions): Promise<void> {
  const start = performance.now();
  const held = { bytes: 0 };
  // Until the answer is sent, or nobody wants it any more.
  response.once('close', () => {
    options.load.bytes -= held.bytes;
  });
  const made = await replyWithinLimits(request, options, held);
  const reply = response.destroyed && !made.error ? { ...made, ...failureReply(clientGone()) } : made;
  if (!response.destroyed) {
    options.load.bytes += reply.body.length;
    held.bytes += reply.body.length;
  }
  sendReply(response, reply, request, options.isLast(request));
  options.observe(reply, (performance.now() - start) / 1000);
}

async function replyWithinLimits(
  request: IncomingMessage,
  options: AppOptions,
  held: { bytes: number },
): Promise<Reply> {
  const { load } = options;
  const isSmall = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY) <= smallBytes;
  const limit = load.maxBytes + (isSmall ? load.reserveBytes : 0);
  // Only what has really come is counted: an announcement costs its sender nothing.
  const count = (arrived: number) => {
    held.bytes += arrived;
    load.bytes += arrived;
    if (load.bytes > limit) throw overloaded();
  };
  try {
    checkAnnouncement(request);
    const body = await readBody(request, count).catch((error) => {
      // What had come is not kept while the rest of it is thrown away.
      load.bytes -= held.bytes;
      held.bytes = 0;
      throw error;
    });
    load.requests++;
    try {
      if (load.requests > load.maxRequests) throw overloaded();
      return await replyTo(body, deadlineOf(request.url), options);
    } finally {
      load.requests--;
    }
  } catch (error) {
    return failureReply(error instanceof RequestError ? error : internalError('decide', error));
  }
}

/** Nearly all pods are smaller. */
const smallBytes = 256 * 1024;

function overloaded(): RequestError {
  return unavailable('overload', 'too many requests at once');
}

/** How long the API server waits for the answer, in milliseconds; it says so in whole seconds in the query. */
function deadlineOf(url: string | undefined): number {
  const seconds = Number(/[?&]timeout=(\d{1,3})s(?:&|$)/.exec(url ?? '')?.[1] ?? 10);
  return seconds * 1000;
}

function sendReply(response: ServerResponse, reply: Reply, request: IncomingMessage, isLast: boolean): void {
  const { status, body, error } = reply;
  response.writeHead(status, {
    'Content-Type': error ? 'text/plain; charset=utf-8' : 'application/json',
    'Content-Length': Buffer.byteLength(body),
    // The API server tries again after this many seconds, as long as its own time allows.
    ...(status === 503 && { 'Retry-After': '1' }),
    // A connection on which the rest of a body may still come serves no other request.
    ...((isLast || !request.complete) && { Connection: 'close' }),
  });
  if (request.complete) {
    response.end(body);
    return;
  }
  response.write(body);
  throwAwayRest(request, () => response.end());
}

/**
 * Calls back when the rest of the body has come, or no more of it comes. To close a connection into which its sender
 * still writes would reset it: the answer, and with it the request to try again, could be lost on the way.
 */
function throwAwayRest(request: IncomingMessage, done: () => void): void {
  const silence = setTimeout(done, restMs);
  request
    .on('data', () => silence.refresh())
    .once('close', () => {
      clearTimeout(silence);
      done();
    });
}

/** A sender that is at it pauses for less than that, also where every processor is busy. */
const restMs = 5_000;

function refuse(request: IncomingMessage, response: ServerResponse, status: number, sentence: string): void {
  sendReply(response, failureReply(new RequestError(status, 'decode', sentence)), request, false);
}
