import { expect } from 'chai';
import { policyOf } from '../../src/admission/namespacePolicy.ts';
import { type ApiClient, createApiClient } from '../../src/kubernetes/client.ts';
import { createNamespaceSource, type NamespaceSource } from '../../src/kubernetes/namespaces.ts';
import { type FakeApiServer, startFakeApiServer, writeKubeconfig } from '../kubernetes/fakeApiServer.ts';
import { until } from '../kubernetes/poll.ts';
import { patchOf } from './client.ts';
import { creation, rayHead, rayHeadPatch } from './reviews.ts';
import { startWebhook, type Webhook } from './webhook.ts';

/** What an attacker would like to have in a path of the API. */
const names = [
  '../x',
  '../../api/v1/secrets',
  '%2e%2e',
  '%2e%2e%2fsecrets',
  'a%2fb',
  'a/b',
  'a\\b',
  'a?x',
  'a?limit=1',
  'a#b',
  'a b',
  'a\nb',
  'a\r\nHost: b',
  'a\u0000',
  'a\u2028b',
  '.',
  '..',
  'a.b',
  'a;b',
  'a@b',
  'TEAM',
  '-a',
  'a-',
  'é',
  'n'.repeat(64),
  'n'.repeat(300),
  '__proto__',
  '',
  ' ',
  ' team',
  null,
  7,
  {},
  ['team'],
];

describe('a hostile name of a namespace', () => {
  let server: FakeApiServer;
  let kubeconfig: Awaited<ReturnType<typeof writeKubeconfig>>;
  let client: ApiClient;
  let source: NamespaceSource;
  let webhook: Webhook;

  before(async () => {
    server = await startFakeApiServer();
    kubeconfig = await writeKubeconfig({ server: server.url });
    client = await createApiClient({ kubeconfig: kubeconfig.file, log: () => {} });
    source = createNamespaceSource({ client, routedBy: 'label', log: () => {} });
    webhook = await startWebhook({
      async findPolicy(name, deadlineMs) {
        const record = await source.find(name, deadlineMs);
        return record && policyOf(record);
      },
    });
    await until('a watch is open', () => server.watchers() === 1 && source.synced());
  });

  after(async () => {
    await webhook.close();
    source.stop();
    client.close();
    await server.close();
    await kubeconfig.remove();
  });

  const paths = () => [...new Set(server.seen.map(({ url }) => url.pathname))];

  it('is answered 400, and nothing is asked of the API server', async () => {
    for (const namespace of names) {
      const { status, body } = await webhook.post(creation(rayHead, { namespace }));
      const expected = '400 request.namespace is not the name of a namespace\n';
      expect(`${status} ${body}`, JSON.stringify(namespace)).to.equal(expected);
    }
    expect(paths()).to.deep.equal(['/api/v1/namespaces']);
  });

  it('is of no interest where there is nothing to fill, and nothing is asked then either', async () => {
    for (const namespace of names) {
      const answer = await webhook.post(creation(null, { namespace, operation: 'DELETE', oldObject: rayHead }));
      expect(answer.status, JSON.stringify(namespace)).to.equal(200);
      expect(patchOf(answer)).to.equal(undefined);
    }
    expect(paths()).to.deep.equal(['/api/v1/namespaces']);
  });

  it('is not taken from the pod, whose own namespace is not looked at', async () => {
    server.put('team', { labels: { 'pod-hardener.io/profile': 'restricted' } });
    const pod = { ...rayHead, metadata: { generateName: 'ray-head-', namespace: '../x', annotations: {} } };
    expect(patchOf(await webhook.post(creation(pod)))).to.deep.equal(rayHeadPatch);
    expect(paths().filter((path) => path.includes('..'))).to.deep.equal([]);
  });

  it('is the only reason not to ask: a good one that is not known is looked up under its own path', async () => {
    expect((await webhook.post(creation(rayHead, { namespace: 'unknown-1' }))).status).to.equal(200);
    expect(paths()).to.include('/api/v1/namespaces/unknown-1');
  });
});
