import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import type { Server } from 'node:https';
import { servedFingerprint } from '../webhook/dial.ts';
import { type DrainOptions, drain } from '../webhook/drain.ts';
import { contextOptions, createTlsServer, type Identity } from '../webhook/server.ts';
import type { Log } from './log.ts';
import type { ServingCertificate } from './servingCertificate.ts';

export interface TlsFrontOptions {
  readonly port: number;
  readonly host: string | undefined;
  /** The authorities of the clients, in PEM; without them nobody is asked for a certificate. */
  readonly clientCa: string | undefined;
  /** Given the server before it listens; answers with what handles its requests. */
  readonly handlerFor: (server: Server) => RequestListener;
  /** Told until when the new certificate is valid, in milliseconds since 1970, when another was served before. */
  readonly onExchange: (notAfter: number) => void;
  readonly log: Log;
}

/** The port for the API server, which is open as soon as there is a certificate. */
export interface TlsFront {
  /** Serves this certificate from now on, without dropping a connection. */
  serve(certificate: ServingCertificate): void;
  /** Accepts from now on the clients of these authorities. */
  trustClients(clientCa: string): void;
  /** When the certificate expires, in milliseconds since 1970; undefined before there is one. */
  notAfter(): number | undefined;
  /** Resolves with the server when the port is open; rejects when it cannot be opened. */
  readonly open: Promise<Server>;
  drain(options: DrainOptions): Promise<void>;
  close(): void;
}

/** Creates the front; it listens to nothing before the first certificate. */
export function createTlsFront(options: TlsFrontOptions): TlsFront {
  const { port, host, handlerFor, onExchange, log } = options;
  let { clientCa } = options;
  let certificate: ServingCertificate | undefined;
  let server: Server | undefined;
  let opened: (server: Server) => void;
  let failed: (error: unknown) => void;
  const open = new Promise<Server>((resolve, reject) => {
    [opened, failed] = [resolve, reject];
  });
  // Whoever waits for it is told; nobody has to.
  open.catch(() => {});

  function identityOf({ cert, key }: ServingCertificate): Identity {
    return { cert, key, ...(clientCa !== undefined && { clientCa }) };
  }

  async function listen(first: ServingCertificate): Promise<void> {
    try {
      server = createTlsServer(identityOf(first), (request, response) => handler(request, response));
      const handler = handlerFor(server);
      server.listen({ port, ...(host !== undefined && { host }) });
      await once(server, 'listening');
      opened(server);
    } catch (error) {
      failed(error);
    }
  }

  function exchange(listening: Server, next: ServingCertificate): void {
    listening.setSecureContext(contextOptions(identityOf(next)));
    // An exchange can break every later handshake without an error here.
    open
      .then(() => compare(listening, next))
      .catch((error) => {
        log('error', 'We could not reach ourselves after the exchange of the certificate.', { error: String(error) });
      });
  }

  async function compare(listening: Server, { cert }: ServingCertificate): Promise<void> {
    if (!listening.listening) return;
    const served = await servedFingerprint(listening);
    if (served === new X509Certificate(cert).fingerprint256 || certificate?.cert !== cert) return;
    log('error', 'Another certificate is served than the one that was taken over.', { served });
  }

  return {
    serve(next) {
      const listening = server;
      if (listening === undefined) listen(next);
      else exchange(listening, next);
      certificate = next;
      if (listening !== undefined) onExchange(next.notAfter);
    },
    trustClients(changed) {
      clientCa = changed;
      if (server && certificate) exchange(server, certificate);
    },
    notAfter: () => certificate?.notAfter,
    open,
    drain: async (how) => {
      if (server?.listening) await drain(server, how);
    },
    close() {
      server?.close();
      server?.closeAllConnections();
    },
  };
}
