import type { IncomingMessage, ServerResponse } from 'node:http';
import { RequestError } from '../admission/errors.ts';
import { failureReply } from './reply.ts';

/** What of a reply goes over the wire. */
export interface Sent {
  readonly status: number;
  readonly body: string;
  /** Why there is no review in it. */
  readonly error?: RequestError;
}

/** Sends the reply, and closes the connection after it where nothing else may come on it. */
export function sendReply(response: ServerResponse, reply: Sent, request: IncomingMessage, isLast: boolean): void {
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

/** Sends one sentence that says why the request is none that is answered here. */
export function refuse(request: IncomingMessage, response: ServerResponse, status: number, sentence: string): void {
  sendReply(response, failureReply(new RequestError(status, 'decode', sentence)), request, false);
}
