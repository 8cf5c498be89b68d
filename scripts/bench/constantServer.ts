import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { decide } from '../../src/admission/decide.ts';
import { encodeReview } from '../../src/admission/review.ts';
import { issueCertificates } from '../../src/certificates/issue.ts';
import { createTlsServer } from '../../src/webhook/server.ts';
import { podWith, requestOf, restrictedPolicy } from './pods.ts';

/**
 * What the webhook is measured against: a server on the same TLS settings that reads and parses the review, as any
 * webhook must, and answers a constant. Named `express` it is written as one would with Express, named `plain` with
 * Node alone; named `filling` it answers what pod-hardener would, which it knows beforehand. It says on stderr where it
 * listens, as the webhook does.
 */
const handlers: Readonly<Record<string, () => RequestListener>> = {
  express: expressHandler,
  plain: () => plainHandler(answerTo),
  filling: () => plainHandler(fillingAnswer()),
};
const handler = handlers[process.argv[2] ?? '']?.();
if (!handler) throw new Error(`name one of ${Object.keys(handlers).join(', ')}`);

const identity = await issueCertificates({ hosts: ['127.0.0.1'], now: new Date(), days: 1 });
const server = createTlsServer(identity, handler);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.error(JSON.stringify({ mutate: `https://127.0.0.1:${port}/mutate`, ca: identity.caCert }));
});
process.on('SIGTERM', () => process.exit(0));

function expressHandler(): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.post('/mutate', express.json({ limit: '7mb' }), (request, response) => {
    response.json(answerTo(request.body.request.uid));
  });
  return app;
}

function plainHandler(answer: (uid: string) => object): RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.stringify(answer(JSON.parse(Buffer.concat(chunks).toString()).request.uid));
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
      response.end(body);
    });
  };
}

function answerTo(uid: string): object {
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid, allowed: true } };
}

/** Makes the answer to a review of the benchmark's pod. */
function fillingAnswer(): (uid: string) => object {
  const decision = decide(requestOf(podWith(3)), restrictedPolicy(), { provenance: true });
  const { apiVersion, kind, response } = JSON.parse(encodeReview('', decision));
  return (uid) => ({ apiVersion, kind, response: { ...response, uid } });
}
