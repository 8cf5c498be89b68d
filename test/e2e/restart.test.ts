import { request } from 'node:https';
import { expect } from 'chai';
import { cluster, enforced, type NamespaceMeta, optedIn } from './cluster.ts';
import { creationReview } from './creationReview.ts';
import { plainPod } from './pods.ts';
import { until } from './until.ts';
import { startWebhook, type Webhook } from './webhook.ts';

const uid = '0b1e5a5c-9a6b-4d3e-8f0a-3c7f2d1e6b55';
const series = 'pod_hardener_opted_in_namespaces{profile="restricted"}';

describe('when the API server is restarted', () => {
  let webhook: Webhook;

  // A new one for each test: it waits the longer, the more often it has lost the API server.
  beforeEach(async () => {
    webhook = await startWebhook(cluster());
  });

  afterEach(() => webhook.close());

  it('pod-hardener stays ready meanwhile, and answers for the namespaces that it knows', async () => {
    const known = await createKnownNamespace(webhook, { labels: optedIn });
    await cluster().stopApiServer('SIGKILL');
    try {
      expect(await webhook.status('/healthz')).to.equal(200);
      expect(await webhook.status('/readyz')).to.equal(200);
      const { status, response } = await createDirectly(webhook, known);
      expect(status).to.equal(200);
      expect(response).to.include({ allowed: true, patchType: 'JSONPatch' });
    } finally {
      await cluster().startApiServer();
    }
  });

  it('pod-hardener asks to be asked again about namespaces that it does not know', async () => {
    await cluster().stopApiServer('SIGKILL');
    try {
      const { status, retryAfter } = await createDirectly(webhook, 'never-heard-of');
      expect({ status, retryAfter }).to.deep.equal({ status: 503, retryAfter: '1' });
    } finally {
      await cluster().startApiServer();
    }
  });

  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    it(`by ${signal}, pod-hardener hears again of namespaces, and hardens the pods of those that are labelled then`, async () => {
      await cluster().stopApiServer(signal);
      await cluster().startApiServer();
      const started = Date.now();
      await createKnownNamespace(webhook, { labels: optedIn });
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      cluster().note(
        `after ${signal} of the API server, namespaces were heard of again ${seconds} s after the next was ready`,
      );
      const namespace = await cluster().createNamespace('after', { labels: { ...optedIn, ...enforced } });
      expect((await cluster().createPod(namespace, plainPod('app'))).message).to.equal('');
    }).timeout(120_000);
  }
});

describe('when the API server is gone from an installation that routes every namespace', () => {
  it("pod-hardener believes what it knows, so that its trouble is not everyone's", async () => {
    const webhook = await startWebhook(cluster(), { args: ['--opt-in', 'annotation'] });
    const known = await createKnownNamespace(webhook, { annotations: { 'pod-hardener.io/profile': 'restricted' } });
    await cluster().stopApiServer('SIGKILL');
    try {
      expect((await createDirectly(webhook, known)).response).to.include({ allowed: true, patchType: 'JSONPatch' });
      const { status, response } = await createDirectly(webhook, 'never-heard-of');
      expect(status).to.equal(200);
      expect(response).to.deep.equal({ uid, allowed: true });
    } finally {
      await cluster().startApiServer();
      await webhook.close();
    }
  });
});

/** Creates a namespace and waits until the webhook has heard of it: from its watch, as no pod is created in it. */
async function createKnownNamespace(webhook: Webhook, meta: NamespaceMeta): Promise<string> {
  const count = async () => (await webhook.series('pod_hardener_opted_in'))[series] ?? 0;
  const before = await count();
  const namespace = await cluster().createNamespace('known', meta);
  await until('the new namespace is counted', async () => (await count()) === before + 1, 60);
  return namespace;
}

interface DirectAnswer {
  readonly status: number | undefined;
  readonly retryAfter: string | undefined;
  readonly response: unknown;
}

/** Asks about a new pod as the API server would, without an API server. */
function createDirectly({ url, ca }: Webhook, namespace: string): Promise<DirectAnswer> {
  const headers = { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const call = request(`${url}?timeout=3s`, { method: 'POST', ca, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .once('end', () => {
          const status = answer.statusCode;
          const text = Buffer.concat(chunks).toString();
          const response = status === 200 ? (JSON.parse(text) as { response: unknown }).response : text;
          resolve({ status, retryAfter: answer.headers['retry-after'], response });
        });
    });
    call.once('error', reject).end(creationReview(namespace, uid));
  });
}
