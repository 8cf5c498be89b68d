import { expect } from 'chai';
import { cluster, createServiceAccount, optedIn } from './cluster.ts';
import { plainPod } from './pods.ts';
import { configurations, startWebhook, type Webhook, webhookManifest } from './webhook.ts';

const spared = ['kube-system', 'kube-public', 'kube-node-lease'];

describe('manifests/base/webhook.yaml', () => {
  it('is taken by the API server without a complaint, and as it is written', async () => {
    const manifest = await webhookManifest();
    const answer = await cluster().api.request('POST', `${configurations}?dryRun=All&fieldValidation=Strict`, manifest);
    expect(answer.body.message).to.equal(undefined);
    expect(answer.warnings).to.deep.equal([]);
    // Equal, although the API server adds defaults: each of them was written out, because it matters.
    const stored = answer.body.webhooks as Record<string, unknown>[];
    expect(stored).to.deep.equal([{ ...manifest.webhooks[0], objectSelector: {} }]);
  });

  describe('once it is installed', () => {
    let webhook: Webhook;

    before(async () => {
      for (const namespace of spared) {
        await cluster().changeNamespace(namespace, { labels: optedIn });
        await createServiceAccount(cluster().api, namespace, 'default');
      }
      // Under `Fail` a condition that is not total would have its pods refused.
      webhook = await startWebhook(cluster(), { overrides: { failurePolicy: 'Fail' } });
    });

    after(() => webhook.close());

    for (const namespace of spared) {
      it(`never asks about pods of ${namespace}, whatever its labels say`, async () => {
        const { message, pod } = await cluster().createPod(namespace, plainPod('app'), { dryRun: true });
        expect(message).to.equal('');
        expect(pod.spec?.containers[0]).not.to.have.property('securityContext');
      });
    }

    for (const annotations of [undefined, {}, { 'example.com/owner': 'team' }]) {
      it(`asks about a pod with the annotations ${JSON.stringify(annotations)}`, async () => {
        const namespace = await cluster().createNamespace('team', { labels: optedIn });
        const { message, pod } = await cluster().createPod(namespace, plainPod('app', {}, annotations));
        expect(message).to.equal('');
        expect(pod.spec?.containers[0]?.securityContext?.runAsNonRoot).to.equal(true);
      });
    }

    it('asks about nothing but new pods and new ephemeral containers', async () => {
      const series = 'pod_hardener_admission_requests_total';
      const namespace = await cluster().createNamespace('team', { labels: optedIn });
      await cluster().createPod(namespace, plainPod('app'));
      const before = await webhook.series(series);
      const path = `/api/v1/namespaces/${namespace}/pods/app`;
      const patch = { contentType: 'application/merge-patch+json' };
      const relabelled = await cluster().api.request('PATCH', path, { metadata: { labels: { a: 'b' } } }, patch);
      const status = await cluster().api.request('PATCH', `${path}/status`, { status: { message: 'fine' } }, patch);
      const deleted = await cluster().api.request('DELETE', path);
      expect([relabelled.status, status.status, deleted.status]).to.deep.equal([200, 200, 200]);
      expect(await webhook.series(series)).to.deep.equal(before);
    });
  });
});
