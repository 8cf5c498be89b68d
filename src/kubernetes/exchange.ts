import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { type Credentials, type CredentialsChoice, type Issued, loadCredentials } from './credentials.ts';
import type { Log } from './log.ts';
import { abortable } from './timing.ts';

/** A request as it goes on the wire. */
export interface Outgoing {
  readonly path: string;
  readonly accept: string;
  readonly method?: 'POST' | 'PUT' | 'PATCH';
  readonly contentType?: string;
  readonly body?: string;
}

export interface Exchange {
  /** The API server's address without a trailing slash. */
  readonly server: string;
  /** Resolves with the answer when its headers are there. A 401 is tried once more with credentials loaded anew. */
  send(outgoing: Outgoing, signal: AbortSignal): Promise<IncomingMessage>;
  /** Closes every connection, also those in use. */
  close(): void;
}

/** Returns what speaks HTTP with the API server of the kubeconfig or of the pod's service account. */
export async function createExchange(choice: CredentialsChoice, log: Log, onResponse: () => void): Promise<Exchange> {
  const credentials = await loadCredentials(choice, log);
  const { request, agent } = transportFor(credentials);

  function once(outgoing: Outgoing, issued: Issued, signal: AbortSignal): Promise<IncomingMessage> {
    const { path, method = 'GET', accept, contentType, body } = outgoing;
    const headers: Record<string, string | number> = { ...issuedHeaders(issued), accept, 'user-agent': 'pod-hardener' };
    if (contentType !== undefined) headers['content-type'] = contentType;
    if (body !== undefined) headers['content-length'] = Buffer.byteLength(body);
    return new Promise((resolve, reject) => {
      const url = credentials.server + path;
      let isAnswered = false;
      const call = request(url, { agent, ...issued.options, method, headers, signal }, (response) => {
        isAnswered = true;
        onResponse();
        resolve(response);
      });
      call.on('error', (error) => {
        // The server may close an idle connection in the very moment in which it is used again. A write may have been
        // done all the same, so it is its sender who must look.
        const unlucky = call.reusedSocket && 'code' in error && error.code === 'ECONNRESET' && !signal.aborted;
        if (unlucky && !isAnswered && method === 'GET') once(outgoing, issued, signal).then(resolve, reject);
        else reject(error);
      });
      call.end(body);
    });
  }

  return {
    server: credentials.server,
    async send(outgoing, signal) {
      const issued = await abortable(credentials.current(), signal);
      const response = await once(outgoing, issued, signal);
      if (response.statusCode !== 401) return response;
      response.destroy();
      await abortable(credentials.renew(issued), signal);
      return once(outgoing, await abortable(credentials.current(), signal), signal);
    },
    close: () => agent.destroy(),
  };
}

/** Credentials come as headers of one value each. */
function issuedHeaders({ options }: Issued): Record<string, string> {
  return options.headers as Record<string, string>;
}

function transportFor({ server }: Credentials): { request: typeof https.request; agent: http.Agent } {
  // Idle connections are given up before anything between us and the API server forgets them.
  const options = { keepAlive: true, maxFreeSockets: 4, scheduling: 'lifo', timeout: 30_000 } as const;
  if (server.startsWith('http:')) return { request: http.request, agent: new http.Agent(options) };
  return { request: https.request, agent: new https.Agent(options) };
}
