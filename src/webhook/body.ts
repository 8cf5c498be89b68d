import type { IncomingMessage } from 'node:http';
import { badRequest, RequestError } from '../admission/errors.ts';

/** The largest body that is read, in bytes: an update carries two objects of up to the API server's own 3 MiB. */
export const maxBodyBytes = 7 * 1024 * 1024;

/** Throws a RequestError for a body that is not worth reading: 415 when it is not plain JSON, 413 above the limit. */
export function checkAnnouncement({ headers }: IncomingMessage): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new RequestError(415, 'decode', 'a body with a content encoding is not accepted');
  }
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) {
    throw new RequestError(415, 'decode', 'the content type is not application/json');
  }
  if (Number(headers['content-length'] ?? 0) > maxBodyBytes) throw tooLarge();
}

/**
 * The whole body; `count` is told of the bytes as they come, and ends the reading by throwing a RequestError. Rejects
 * with that, with 413 above the limit, or with 400 when the sender broke off.
 */
export async function readBody(request: IncomingMessage, count: (bytes: number) => void): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await readChunks(request, (chunk) => {
    count(chunk.length);
    chunks.push(chunk);
  });
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

/** The first so many bytes of the body, once all of it has come; the others are not kept. Rejects as readBody does. */
export async function readStart(request: IncomingMessage, bytes: number): Promise<string> {
  let start = Buffer.alloc(0);
  await readChunks(request, (chunk) => {
    if (start.length < bytes) start = Buffer.concat([start, chunk.subarray(0, bytes - start.length)]);
  });
  return start.toString();
}

function readChunks(request: IncomingMessage, take: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let size = 0;
    const see = (chunk: Buffer) => {
      size += chunk.length;
      try {
        take(chunk);
        if (size > maxBodyBytes) throw tooLarge();
      } catch (error) {
        fail(error);
      }
    };
    const succeed = () => {
      stopListening();
      resolve();
    };
    const breakOff = () => fail(badRequest('the body broke off'));
    const fail = (error: unknown) => {
      stopListening();
      // What still comes is thrown away unread, and an error after this one tells nothing new.
      request.on('error', () => {}).resume();
      reject(error);
    };
    const stopListening = () => {
      request.off('data', see).off('end', succeed).off('error', breakOff).off('close', breakOff);
    };
    request.on('data', see).on('end', succeed).on('error', breakOff).on('close', breakOff);
  });
}

function tooLarge(): RequestError {
  return new RequestError(413, 'too_large', `the body is larger than ${maxBodyBytes} bytes`);
}
