import { writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { issueCertificates } from '../../src/certificates/issue.ts';
import { type Cluster, cluster, expectSuccess, optedIn } from './cluster.ts';
import { plainPod } from './pods.ts';
import { faultsIn, startSteadyLoad } from './steadyLoad.ts';
import { until } from './until.ts';
import { configurations, startWebhook, type Webhook } from './webhook.ts';

describe('the serving certificate', () => {
  let webhook: Webhook;
  let namespace: string;

  before(async () => {
    // Under `Fail` every failed handshake is a refused pod.
    webhook = await startWebhook(cluster(), { overrides: { failurePolicy: 'Fail' } });
    namespace = await cluster().createNamespace('team', { labels: optedIn });
  });

  after(() => webhook.close());

  it('stays when its file is overwritten by something else', async () => {
    await writeFile(webhook.files.cert, 'not a certificate');
    await until('the failure is counted', async () => (await reloads('failure')) > 0);
    const { message, pod } = await cluster().createPod(namespace, plainPod('app'), { dryRun: true });
    expect(message).to.equal('');
    expect(pod.spec?.containers[0]?.securityContext?.runAsNonRoot).to.equal(true);
  });

  it('is exchanged for one of another authority while pods are created, and none is refused', async () => {
    const { caCert, cert, key } = await issueCertificates({ hosts: ['127.0.0.1'], now: new Date(), days: 1 });
    await trust(cluster(), webhook.ca, caCert);
    const load = startSteadyLoad(namespace, 5);
    try {
      await until('the load is running', () => load.answers.length > 50);
      await writeFile(webhook.files.cert, cert);
      await writeFile(webhook.files.key, key);
      await until('the certificate is exchanged', async () => (await reloads('success')) > 0);
      await trust(cluster(), caCert);
      const soFar = load.answers.length;
      await until('the load has gone on', () => load.answers.length > soFar + 100);
    } finally {
      await load.stop();
    }
    expect(faultsIn(load.answers)).to.deep.equal([]);
  });

  async function reloads(result: string): Promise<number> {
    const name = 'pod_hardener_certificate_reloads_total';
    return (await webhook.series(name))[`${name}{result="${result}"}`] ?? 0;
  }
});

/** Replaces the authorities by which the API server knows the webhook. */
async function trust({ api }: Cluster, ...authorities: string[]): Promise<void> {
  const path = '/webhooks/0/clientConfig/caBundle';
  const patch = [{ op: 'replace', path, value: Buffer.from(authorities.join('\n')).toString('base64') }];
  const contentType = 'application/json-patch+json';
  expectSuccess(await api.request('PATCH', `${configurations}/pod-hardener`, patch, { contentType }));
}
