import type { IncomingHttpHeaders } from 'node:http';
import https, { type RequestOptions } from 'node:https';
import net, { type Socket } from 'node:net';
import tls, { type ConnectionOptions, type TLSSocket } from 'node:tls';

/** An HTTPS server on loopback, and the certificate authority that a client of it trusts. */
export interface Server {
  readonly port: number;
  readonly caCert: string;
  /** The name that its certificate is for, where that is not the address. */
  readonly servername?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The client's port: two answers of one connection have the same. */
  readonly from: number | undefined;
}

export interface SendOptions extends Pick<RequestOptions, 'agent' | 'cert' | 'key' | 'method' | 'path' | 'signal'> {
  readonly headers?: Readonly<Record<string, string | number>>;
}

/** The answer to one request with this body, by default to `POST /mutate` as JSON. */
export function send({ port, caCert, servername }: Server, body: Buffer, options: SendOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { headers, ...others } = options;
    const request = https.request({
      host: '127.0.0.1',
      port,
      ca: caCert,
      ...(servername !== undefined && { servername }),
      method: 'POST',
      path: '/mutate?timeout=3s',
      headers: { 'Content-Type': 'application/json', 'Content-Length': body.length, ...headers },
      ...others,
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      const from = response.socket.localPort;
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0, headers } = response;
        resolve({ status: statusCode, headers, body: Buffer.concat(chunks).toString(), from });
      });
    });
    request.end(body);
  });
}

/** An agent that keeps one connection, as the API server does. */
export function oneConnection(): https.Agent {
  return new https.Agent({ keepAlive: true, maxSockets: 1 });
}

/** A TLS connection on which nothing has been said yet. */
export function connect({ port, caCert, servername }: Server, options: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const name = servername !== undefined && { servername };
    const socket = tls.connect({ host: '127.0.0.1', port, ca: caCert, ...name, ...options });
    socket.once('secureConnect', () => {
      socket.on('error', () => {});
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

/** A TCP connection on which nothing has been said yet. */
export function connectPlainly({ port }: Server): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.on('error', () => {});
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

/** All that the other side says until it hangs up. */
export function untilClosed(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    socket.once('close', () => resolve(text));
  });
}

/** The head of a request, as it stands on the wire. */
export function head(headers: Readonly<Record<string, string | number>>, line = 'POST /mutate HTTP/1.1'): string {
  const all = { Host: '127.0.0.1', 'Content-Type': 'application/json', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `${[line, ...lines].join('\r\n')}\r\n\r\n`;
}

/** The operations of the patch in an answer; undefined when it has none. */
export function patchOf({ body }: Answer): unknown {
  const { patch } = JSON.parse(body).response;
  return patch === undefined ? undefined : JSON.parse(Buffer.from(patch, 'base64').toString());
}
