import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { TimeoutError, TooLargeError } from './errors.ts';
import { createExchange, type Outgoing } from './exchange.ts';
import { createLineSplitter } from './lines.ts';
import type { Log } from './log.ts';
import { createWatchdog } from './timing.ts';

export interface GetOptions {
  /** Milliseconds from the call to the last byte, credentials and a second try included. */
  readonly timeoutMs: number;
  readonly accept?: string;
  readonly signal?: AbortSignal;
}

export interface WriteOptions {
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly contentType: string;
  readonly body: string;
  /** Milliseconds from the call to the last byte, credentials and a second try included. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface StreamOptions {
  /** Milliseconds of silence after which the stream is given up. */
  readonly inactivityMs: number;
  readonly accept?: string;
  readonly signal?: AbortSignal;
  /** Called when a stream with status 200 begins. */
  readonly onOpen?: () => void;
  /** Called with each line; what it throws ends the stream and rejects it. */
  readonly onLine: (line: string) => void;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Empty for a stream that was read line by line. */
  readonly body: string;
}

export interface ApiClient {
  /** Returns the whole answer, whatever its status. Rejects when there is none in time, or a too large one. */
  get(path: string, options: GetOptions): Promise<ApiResponse>;
  /**
   * Returns the whole answer to a change, whatever its status. Rejects when there is none in time: the change may have
   * been made or not, and is not tried again.
   */
  send(path: string, options: WriteOptions): Promise<ApiResponse>;
  /** Resolves when the server ends the stream, or with the answer when its status is not 200. Rejects on anything else. */
  stream(path: string, options: StreamOptions): Promise<ApiResponse>;
  /** Epoch milliseconds of the last byte from the API server. */
  lastContact(): number | undefined;
  /** Closes every connection, also those in use. */
  close(): void;
}

export interface ConnectedClient extends ApiClient {
  /** The API server's address without a trailing slash. */
  readonly server: string;
}

export interface ApiClientOptions {
  /** A kubeconfig file; without it the pod's service account is used, else the usual kubeconfig. */
  readonly kubeconfig?: string | undefined;
  /** A context of the kubeconfig other than its current one. */
  readonly context?: string | undefined;
  readonly log: Log;
  readonly now?: () => number;
  readonly maxBodyBytes?: number;
  readonly maxLineBytes?: number;
}

const defaultMaxBodyBytes = 32 * 1024 * 1024;
/** etcd takes no object larger than 1.5 MiB, and only metadata is watched. */
const defaultMaxLineBytes = 2 * 1024 * 1024;
const longestHandshakeMs = 30_000;

/**
 * Returns a client for the API server of the kubeconfig or of the pod's service account. A 401 is tried once more with
 * credentials loaded anew. Throws if there is no usable kubeconfig.
 */
export async function createApiClient(options: ApiClientOptions): Promise<ConnectedClient> {
  const { now = Date.now, maxBodyBytes = defaultMaxBodyBytes, maxLineBytes = defaultMaxLineBytes } = options;
  let lastContact: number | undefined;
  const exchange = await createExchange(options, options.log, () => {
    lastContact = now();
  });

  async function read(response: IncomingMessage, onChunk: (chunk: Buffer) => void): Promise<void> {
    for await (const chunk of response) {
      lastContact = now();
      onChunk(chunk);
    }
  }

  async function readBody(response: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    let size = 0;
    await read(response, (chunk) => {
      size += chunk.length;
      if (size > maxBodyBytes) throw new TooLargeError(`a response is longer than ${maxBodyBytes} bytes`);
      chunks.push(chunk);
    });
    return Buffer.concat(chunks, size).toString('utf8');
  }

  function ask(outgoing: Outgoing, timeoutMs: number, signal: AbortSignal | undefined): Promise<ApiResponse> {
    const late = () => new TimeoutError(`the API server did not answer within ${timeoutMs} ms`);
    const watchdog = createWatchdog(timeoutMs, late, signal);
    return withReason(watchdog, async () => {
      const response = await exchange.send(outgoing, watchdog.signal);
      return toApiResponse(response, await readBody(response));
    });
  }

  return {
    server: exchange.server,

    get: (path, { timeoutMs, accept = 'application/json', signal }) => ask({ path, accept }, timeoutMs, signal),

    send: (path, { timeoutMs, signal, ...written }) =>
      ask({ path, accept: 'application/json', ...written }, timeoutMs, signal),

    async stream(path, { inactivityMs, accept = 'application/json', signal, onOpen, onLine }) {
      const silent = () => new TimeoutError('the API server has gone silent');
      const watchdog = createWatchdog(Math.min(inactivityMs, longestHandshakeMs), silent, signal);
      return withReason(watchdog, async () => {
        const response = await exchange.send({ path, accept }, watchdog.signal);
        if (response.statusCode !== 200) return toApiResponse(response, await readBody(response));
        watchdog.touch(inactivityMs);
        onOpen?.();
        const split = createLineSplitter(maxLineBytes, onLine);
        await read(response, (chunk) => {
          watchdog.touch();
          split(chunk);
        });
        return toApiResponse(response, '');
      });
    },

    lastContact: () => lastContact,
    close: exchange.close,
  };
}

function toApiResponse(response: IncomingMessage, body: string): ApiResponse {
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

/** Node says only that a request was aborted; the watchdog knows why. */
async function withReason<T>(watchdog: ReturnType<typeof createWatchdog>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw watchdog.signal.aborted ? watchdog.signal.reason : error;
  } finally {
    watchdog.done();
  }
}
