import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { type Issued, loadCredentials } from './credentials.ts';
import { TimeoutError, TooLargeError } from './errors.ts';
import { createLineSplitter } from './lines.ts';
import type { Log } from './log.ts';
import { abortable, createWatchdog } from './timing.ts';

export interface GetOptions {
  /** Milliseconds from the call to the last byte, credentials and a second try included. */
  readonly timeoutMs: number;
  readonly accept?: string;
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
  /** Resolves when the server ends the stream, or with the answer when its status is not 200. Rejects on anything else. */
  stream(path: string, options: StreamOptions): Promise<ApiResponse>;
  /** Epoch milliseconds of the last byte from the API server. */
  lastContact(): number | undefined;
  /** Closes every connection, also those in use. */
  close(): void;
}

export interface ApiClientOptions {
  /** A kubeconfig file; without it the pod's service account is used, else the usual kubeconfig. */
  readonly kubeconfig?: string | undefined;
  readonly log: Log;
  readonly now?: () => number;
  readonly maxBodyBytes?: number;
  readonly maxLineBytes?: number;
}

type Send = (path: string, accept: string, signal: AbortSignal) => Promise<IncomingMessage>;

const defaultMaxBodyBytes = 32 * 1024 * 1024;
/** etcd takes no object larger than 1.5 MiB, and only metadata is watched. */
const defaultMaxLineBytes = 2 * 1024 * 1024;
const longestHandshakeMs = 30_000;

/**
 * Returns a client for the API server of the kubeconfig or of the pod's service account. A 401 is tried once more with
 * credentials loaded anew. Throws if there is no usable kubeconfig.
 */
export async function createApiClient(options: ApiClientOptions): Promise<ApiClient> {
  const { now = Date.now, maxBodyBytes = defaultMaxBodyBytes, maxLineBytes = defaultMaxLineBytes } = options;
  const credentials = await loadCredentials(options.kubeconfig, options.log);
  const { request, agent } = transportFor(credentials.server);
  let lastContact: number | undefined;

  function exchange(path: string, accept: string, issued: Issued, signal: AbortSignal): Promise<IncomingMessage> {
    const headers = { ...issued.options.headers, accept, 'user-agent': 'pod-hardener' };
    return new Promise((resolve, reject) => {
      const url = credentials.server + path;
      const outgoing = request(url, { agent, ...issued.options, headers, signal }, (response) => {
        lastContact = now();
        resolve(response);
      });
      outgoing.on('error', (error) => {
        // The server may close an idle connection in the very moment in which it is used again.
        const unlucky = outgoing.reusedSocket && 'code' in error && error.code === 'ECONNRESET' && !signal.aborted;
        if (unlucky) exchange(path, accept, issued, signal).then(resolve, reject);
        else reject(error);
      });
      outgoing.end();
    });
  }

  const send: Send = async (path, accept, signal) => {
    const issued = await abortable(credentials.current(), signal);
    const response = await exchange(path, accept, issued, signal);
    if (response.statusCode !== 401) return response;
    response.destroy();
    await abortable(credentials.renew(issued), signal);
    return exchange(path, accept, await abortable(credentials.current(), signal), signal);
  };

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

  return {
    async get(path, { timeoutMs, accept = 'application/json', signal }) {
      const late = () => new TimeoutError(`the API server did not answer within ${timeoutMs} ms`);
      const watchdog = createWatchdog(timeoutMs, late, signal);
      return withReason(watchdog, async () => {
        const response = await send(path, accept, watchdog.signal);
        return toApiResponse(response, await readBody(response));
      });
    },

    async stream(path, { inactivityMs, accept = 'application/json', signal, onOpen, onLine }) {
      const silent = () => new TimeoutError('the API server has gone silent');
      const watchdog = createWatchdog(Math.min(inactivityMs, longestHandshakeMs), silent, signal);
      return withReason(watchdog, async () => {
        const response = await send(path, accept, watchdog.signal);
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
    close: () => agent.destroy(),
  };
}

function transportFor(server: string): { request: typeof https.request; agent: http.Agent } {
  // Idle connections are given up before anything between us and the API server forgets them.
  const options = { keepAlive: true, maxFreeSockets: 4, scheduling: 'lifo', timeout: 30_000 } as const;
  if (server.startsWith('http:')) return { request: http.request, agent: new http.Agent(options) };
  return { request: https.request, agent: new https.Agent(options) };
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
