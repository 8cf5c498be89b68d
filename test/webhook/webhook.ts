import { once } from 'node:events';
import type { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { policyOf } from '../../src/admission/namespacePolicy.ts';
import { type Issued, issueCertificates } from '../../src/certificates/issue.ts';
import type { AdviceReply } from '../../src/webhook/adviceReply.ts';
import { type AppOptions, createApp, createLoad } from '../../src/webhook/app.ts';
import type { Reply } from '../../src/webhook/reply.ts';
import { createTlsServer, type Patience, patience } from '../../src/webhook/server.ts';
import { policyFor } from '../requests.ts';
import { type Answer, type SendOptions, type Server, send } from './client.ts';

/** The webhook in this process, on a port of its own. */
export interface Webhook extends Server {
  readonly server: HttpsServer;
  /** Every reply to `POST /mutate` so far, with its seconds. */
  readonly replies: readonly (Reply & { readonly seconds: number })[];
  /** Every reply to a request for advice so far. */
  readonly advice: readonly (AdviceReply & { readonly seconds: number })[];
  readonly post: (body: Buffer, options?: SendOptions) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

export interface WebhookOptions extends Partial<AppOptions> {
  readonly patience?: Partial<Patience>;
  /** Given the server before it listens. */
  readonly prepare?: (server: HttpsServer) => Partial<AppOptions>;
}

let issued: Promise<Issued> | undefined;

/** A certificate for loopback, made once for all tests. */
export function loopbackCertificate(): Promise<Issued> {
  issued ??= issueCertificates({ hosts: ['localhost', '127.0.0.1'], now: new Date(), days: 1 });
  return issued;
}

const restricted = policyFor('restricted');

/** Starts the webhook: the namespace `team` is opted in as `restricted`, no other is. */
export async function startWebhook({ patience: limits, prepare, ...options }: WebhookOptions = {}): Promise<Webhook> {
  const { cert, key, caCert } = await loopbackCertificate();
  const replies: (Reply & { seconds: number })[] = [];
  const advice: (AdviceReply & { seconds: number })[] = [];
  const server = createTlsServer({ cert, key }, (request, response) => app(request, response), {
    ...patience,
    ...limits,
  });
  const app = createApp({
    findPolicy: (namespace) => (namespace === 'team' ? restricted : undefined),
    provenance: true,
    minor: () => undefined,
    load: createLoad(),
    isLast: () => false,
    observe: (reply, seconds) => replies.push({ ...reply, seconds }),
    policyFrom: policyOf,
    routedBy: 'label',
    // A busy machine is to make no test fail that is about something else.
    advicePatienceMs: 10_000,
    observeAdvice: (reply, seconds) => advice.push({ ...reply, seconds }),
    ...options,
    ...prepare?.(server),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    caCert,
    server,
    replies,
    advice,
    post: (body, sendOptions) => send({ port, caCert }, body, sendOptions),
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
