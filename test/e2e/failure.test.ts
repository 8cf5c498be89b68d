import { request } from 'node:https';
import { setTimeout as pass } from 'node:timers/promises';
import { expect } from 'chai';
import { cluster, optedIn } from './cluster.ts';
import { plainPod } from './pods.ts';
import { faultsIn, startSteadyLoad } from './steadyLoad.ts';
import { until } from './until.ts';
import { startWebhook, type Webhook } from './webhook.ts';

describe('when pod-hardener is down', () => {
  it('pods are created as their authors wrote them, by default', async () => {
    const webhook = await startWebhook(cluster());
    try {
      const namespace = await cluster().createNamespace('team', { labels: optedIn });
      expect(await webhook.process.stop('SIGKILL')).to.equal('SIGKILL');
      const { status, pod, auditId } = await cluster().createPod(namespace, plainPod('app'));
      expect(status).to.equal(201);
      expect(pod.spec?.containers[0]).not.to.have.property('securityContext');
      const { annotations } = await cluster().auditEvent(auditId);
      expect(annotations?.['failed-open.mutation.webhook.admission.k8s.io/round_0_index_0']).to.equal(
        'pods.pod-hardener.io',
      );
    } finally {
      await webhook.close();
    }
  });

  it('pods are refused under `failurePolicy: Fail`, and those of other namespaces are not', async () => {
    const webhook = await startWebhook(cluster(), { overrides: { failurePolicy: 'Fail' } });
    try {
      const namespace = await cluster().createNamespace('team', { labels: optedIn });
      await webhook.process.stop('SIGKILL');
      const { status, message } = await cluster().createPod(namespace, plainPod('app'));
      expect(status).to.equal(500);
      expect(message).to.include('failed calling webhook "pods.pod-hardener.io"');
      const other = await cluster().createNamespace('other');
      expect((await cluster().createPod(other, plainPod('app'))).status).to.equal(201);
    } finally {
      await webhook.close();
    }
  });
});

describe('when pod-hardener is told to end', () => {
  let webhook: Webhook;

  const start = async (delay: string) => {
    webhook = await startWebhook(cluster(), {
      shutdownDelay: delay,
      overrides: { failurePolicy: 'Fail' },
    });
  };

  afterEach(() => webhook.close());

  it('it answers every request of a cluster that goes on creating pods, and exits with 0', async () => {
    await start('4s');
    const namespace = await cluster().createNamespace('busy', { labels: optedIn });
    const load = startSteadyLoad(namespace, 10);
    try {
      await until('the load is running', () => load.answers.length >= 50);
      const ended = webhook.process.stop('SIGTERM');
      const before = load.answers.length;
      // In a cluster the Service has forgotten this replica by then, well before the delay is over.
      await pass(1000);
      expect(await webhook.status('/readyz')).to.equal(503);
      expect(await webhook.status('/healthz')).to.equal(200);
      const answers = await load.stop();
      expect(faultsIn(answers)).to.deep.equal([]);
      expect(await ended).to.equal(0);
      cluster().note(`${answers.length - before} of ${answers.length} pods were created while it was draining`);
    } finally {
      await load.stop();
    }
  });

  it('it answers a request whose body is still on its way when the delay is over', async () => {
    await start('1s');
    const body = JSON.stringify({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: { uid: 'slow', operation: 'DELETE', resource: { group: '', version: 'v1', resource: 'pods' } },
    });
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const call = request(webhook.url, { method: 'POST', ca: webhook.ca, headers });
    const answered = new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
      call.once('error', reject).once('response', (response) => {
        response.resume();
        resolve({ status: response.statusCode, connection: response.headers.connection });
      });
    });
    await new Promise((sent) => call.write(body.slice(0, 20), sent));
    const ended = webhook.process.stop('SIGTERM');
    await pass(2000);
    call.end(body.slice(20));
    expect(await answered).to.deep.equal({ status: 200, connection: 'close' });
    expect(await ended).to.equal(0);
  });
});
