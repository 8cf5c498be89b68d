import type { AddressInfo } from 'node:net';
import express from 'express';
import { issueCertificates } from '../../src/certificates/issue.ts';
import { createTlsServer } from '../../src/webhook/server.ts';

/**
 * What the webhook is measured against: an Express server on the same TLS settings that reads and parses the review,
 * as any webhook must, and answers a constant. It says on stderr where it listens, as the webhook does.
 */
const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.post('/mutate', express.json({ limit: '7mb' }), (request, response) => {
  response.json({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: request.body.request.uid, allowed: true },
  });
});
const server = createTlsServer(await issueCertificates({ hosts: ['127.0.0.1'], now: new Date(), days: 1 }), app);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.error(JSON.stringify({ mutate: `https://127.0.0.1:${port}/mutate` }));
});
process.on('SIGTERM', () => process.exit(0));
