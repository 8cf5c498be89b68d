import { createServer, request } from 'node:https';
import { expect } from 'chai';
import { issueCertificates } from '../../src/certificates/issue.ts';
import { cluster, optedIn } from './cluster.ts';
import { freePort } from './freePort.ts';
import { plainPod } from './pods.ts';
import { until } from './until.ts';
import { configurations, startWebhook, type Webhook, webhookManifest } from './webhook.ts';

interface Door {
  /** How many of the next requests are told to come again. */
  busyFor: number;
  /** The statuses that were answered. */
  readonly statuses: number[];
  close(): Promise<void>;
}

describe('when pod-hardener says that it is too busy', () => {
  let webhook: Webhook;
  let door: Door;
  let namespace: string;

  before(async () => {
    webhook = await startWebhook(cluster());
    door = await openDoor(webhook);
    namespace = await cluster().createNamespace('team', { labels: optedIn });
    await until('the API server comes through the door', async () => {
      await cluster().createPod(namespace, plainPod('probe'), { dryRun: true });
      return door.statuses.length > 0;
    });
  });

  after(async () => {
    await door.close();
    await webhook.close();
  });

  it('the API server asks again after a second, and the pod is hardened', async () => {
    door.statuses.length = 0;
    door.busyFor = 1;
    const begun = performance.now();
    const { status, pod } = await cluster().createPod(namespace, plainPod('app'));
    expect(status).to.equal(201);
    expect(pod.spec?.containers[0]?.securityContext).to.include({ runAsNonRoot: true });
    expect(door.statuses).to.deep.equal([503, 200]);
    expect(performance.now() - begun).to.be.within(900, 3_000);
  });

  it('the API server asks again within `timeoutSeconds` only; then the failure policy decides', async () => {
    door.statuses.length = 0;
    door.busyFor = Number.POSITIVE_INFINITY;
    const { status, message } = await cluster().createPod(namespace, plainPod('late'));
    expect(status).to.equal(500);
    expect(message).to.include('failed calling webhook "pods.pod-hardener.io"');
    expect(door.statuses.length).to.be.within(2, 4);
    door.busyFor = 0;
  });
});

/** What the webhook would answer if it were too busy, in front of the webhook; registered in its place, under `Fail`. */
async function openDoor({ url, ca }: Webhook): Promise<Door> {
  const { caCert, cert, key } = await issueCertificates({ hosts: ['127.0.0.1'], now: new Date(), days: 1 });
  const port = await freePort();
  const statuses: number[] = [];
  const server = createServer({ cert, key, keepAliveTimeout: 120_000 }, (incoming, outgoing) => {
    if (door.busyFor-- > 0) {
      statuses.push(503);
      incoming.resume().once('end', () => outgoing.writeHead(503, { 'retry-after': '1' }).end('too busy\n'));
      return;
    }
    const { 'content-type': type = '' } = incoming.headers;
    const inner = request(url, { method: 'POST', ca, headers: { 'content-type': type } }, (answer) => {
      statuses.push(answer.statusCode ?? 0);
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(inner);
  });
  const door: Door = {
    busyFor: 0,
    statuses,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  const { webhooks, ...configuration } = await webhookManifest();
  const clientConfig = { url: `https://127.0.0.1:${port}/mutate`, caBundle: Buffer.from(caCert).toString('base64') };
  const registered = { ...webhooks[0], clientConfig, failurePolicy: 'Fail' };
  await cluster().apply(configurations, { ...configuration, ...{ webhooks: [registered] } });
  return door;
}
