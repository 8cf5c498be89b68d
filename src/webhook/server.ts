import type { IncomingMessage, RequestListener } from 'node:http';
import https, { type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';

/** A certificate chain and its private key, in PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** What a server is known by, and whom it knows. */
export interface Identity extends KeyPair {
  /** The authorities, in PEM, one of which must have signed the certificate of a client; without them nobody is asked. */
  readonly clientCa?: string;
}

/**
 * What every secure context of ours must say. A server keeps none of it by itself when its certificate is exchanged.
 */
export function contextOptions({ cert, key, clientCa }: Identity): SecureContextOptions {
  return { cert, key, minVersion: 'TLSv1.2', ciphers, ...(clientCa !== undefined && { ca: clientCa }) };
}

const ciphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** How long a connection may keep us waiting, in milliseconds. */
export interface Patience {
  readonly handshake: number;
  readonly silence: number;
  readonly headers: number;
  readonly request: number;
  readonly idle: number;
  readonly answer: number;
}

/**
 * The API server gives up an idle connection after 90 s. Ours must live longer: a request that meets a connection
 * which we are just closing fails, and is not sent again.
 */
export const patience: Patience = {
  handshake: 5_000,
  silence: 10_000,
  headers: 10_000,
  request: 15_000,
  idle: 120_000,
  answer: 30_000,
};

/**
 * An HTTPS server that no slow, silent or garbled connection holds up. It does not listen yet. Whether clients must show a
 * certificate is settled by the first identity.
 */
export function createTlsServer(identity: Identity, handler: RequestListener, limits: Patience = patience): Server {
  const server = https.createServer(
    {
      ...contextOptions(identity),
      ...(identity.clientCa !== undefined && { requestCert: true, rejectUnauthorized: true }),
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: limits.handshake,
      headersTimeout: limits.headers,
      requestTimeout: limits.request,
      keepAliveTimeout: limits.idle,
      connectionsCheckingInterval: Math.min(1_000, limits.headers),
      maxHeaderSize: 16 * 1024,
    },
    handler,
  );
  server.maxConnections = 4096;
  // An answer that nobody reads does not stay. Between requests the idle limit holds instead.
  server.timeout = limits.answer;
  hangUpOnSilence(server, limits.silence);
  return server;
}

/** Not every version of Node counts the time of a connection that sends nothing at all after its handshake. */
function hangUpOnSilence(server: Server, silenceMs: number): void {
  const silent = new WeakSet<Socket>();
  server.on('secureConnection', (socket) => {
    silent.add(socket);
    socket.on('error', () => socket.destroy());
    setTimeout(() => silent.has(socket) && socket.destroy(), silenceMs).unref();
  });
  server.on('request', ({ socket }: IncomingMessage) => silent.delete(socket));
}
