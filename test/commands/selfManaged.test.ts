import { expect } from 'chai';
import type { CertificateSource } from '../../src/commands/certificateSource.ts';
import { startSelfManaged } from '../../src/commands/selfManaged.ts';
import type { ServeOptions } from '../../src/commands/serveOptions.ts';
import type { ServingCertificate } from '../../src/commands/servingCertificate.ts';
import { writeKubeconfig } from '../kubernetes/fakeApiServer.ts';
import { type FakeObject, type FakeObjects, startFakeObjects } from '../kubernetes/fakeObjects.ts';
import { until } from '../kubernetes/poll.ts';

const secrets = '/api/v1/namespaces/ours/secrets';
const secret = `${secrets}/our-secret`;
const configuration = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/our-webhook';

/** A webhook that calls this Service. */
function webhook(name: string, namespace: string, service: string) {
  return { name, clientConfig: { service: { namespace, name: service } } };
}

describe('a self-managed certificate', () => {
  let api: FakeObjects;
  let kubeconfig: Awaited<ReturnType<typeof writeKubeconfig>>;
  let sources: CertificateSource[];

  beforeEach(async () => {
    api = await startFakeObjects();
    kubeconfig = await writeKubeconfig({ server: api.url });
    sources = [];
    api.put(configuration, {
      metadata: { name: 'our-webhook' },
      webhooks: [
        webhook('theirs.example', 'ours', 'their-service'),
        webhook('pods.ours.example', 'ours', 'our-service'),
        webhook('elsewhere.example', 'theirs', 'our-service'),
        { name: 'url.example', clientConfig: { url: 'https://our-service.ours.svc/' } },
        webhook('more.ours.example', 'ours', 'our-service'),
      ],
    });
  });

  afterEach(async () => {
    for (const { stop } of sources) stop();
    await api.close();
    await kubeconfig.remove();
  });

  async function start(): Promise<{ source: CertificateSource; served: ServingCertificate[]; refused: string[] }> {
    const [served, refused]: [ServingCertificate[], string[]] = [[], []];
    const options = {
      kubeconfig: kubeconfig.file,
      webhookName: 'our-webhook',
      serviceName: 'our-service',
      secretName: 'our-secret',
      namespace: 'ours',
    } as ServeOptions;
    const user = {
      serve: (certificate: ServingCertificate) => void served.push(certificate),
      onRefused: (reason: string) => void refused.push(reason),
    };
    const source = await startSelfManaged(options, user, () => {});
    sources.push(source);
    return { source, served, refused };
  }

  function dataIn(path: string): Readonly<Record<string, string>> {
    const { data = {} } = api.get(path) as FakeObject & { data?: Record<string, string> };
    return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]));
  }

  /** What each webhook of the configuration trusts. */
  function trusted(): readonly (string | undefined)[] {
    const { webhooks = [] } = api.get(configuration) as FakeObject & {
      webhooks?: { clientConfig: { caBundle?: string } }[];
    };
    return webhooks.map(({ clientConfig: { caBundle } }) => caBundle && Buffer.from(caBundle, 'base64').toString());
  }

  const writes = () => api.seen.filter(({ method }) => method !== 'GET');

  it('is one for five replicas that start together, and each says that it is ready', async () => {
    const five = await Promise.all([1, 2, 3, 4, 5].map(start));
    await until('all are ready', () => five.every(({ source }) => source.notReady().length === 0));
    const { 'tls.crt': cert, 'ca.crt': ca } = dataIn(secret);
    expect(five.map(({ served }) => served.map((one) => one.cert))).to.deep.equal(Array(5).fill([cert]));
    expect(trusted()).to.deep.equal([undefined, ca, undefined, undefined, ca]);
    expect(api.get(secret)).to.include({ type: 'Opaque' });
    expect(api.get(secret)?.metadata.resourceVersion, 'written once').to.equal('102');
    expect(five.map(({ source }) => source.isTrusted())).to.deep.equal([true, true, true, true, true]);
    expect(five[0]?.source.caNotAfter()).to.be.closeTo(Date.now() + 3_650 * 86_400_000, 60_000);
  });

  it('is made in the empty Secret of a manifest, without a right to create one', async () => {
    api.put(secret, { metadata: { name: 'our-secret', labels: { 'app.kubernetes.io/name': 'x' } }, type: 'Opaque' });
    api.refuse = (method, path) => (method === 'POST' && path === secrets ? 403 : undefined);
    const { source } = await start();
    await until('it is ready', () => source.notReady().length === 0);
    expect(dataIn(secret)).to.have.all.keys('tls.crt', 'tls.key', 'ca.crt', 'ca.key');
    expect(api.get(secret)?.metadata.labels).to.deep.equal({
      'app.kubernetes.io/name': 'x',
      'app.kubernetes.io/managed-by': 'pod-hardener',
    });
  });

  for (const [what, isRefused, sentence] of [
    [
      'creating a Secret that does not exist',
      (method: string) => method === 'POST',
      'there is no certificate yet: Secret ours/our-secret does not exist and the API server does not allow creating it: apply the manifest, which holds an empty one',
    ],
    [
      'reading the Secret',
      (_: string, path: string) => path.startsWith(secrets),
      "the certificate's Secret has not been read yet: the API server does not allow reading Secret ours/our-secret: apply the Role in the manifest",
    ],
    [
      'reading the webhook configuration',
      (method: string, path: string) => method === 'GET' && path.includes('mutatingwebhookconfigurations'),
      'there is no certificate yet: the API server does not allow reading MutatingWebhookConfiguration our-webhook: apply the ClusterRole in the manifest',
    ],
    [
      'writing the webhook configuration',
      (method: string, path: string) => method === 'PATCH' && path === configuration,
      'the API server does not trust the certificate yet: the API server does not allow writing MutatingWebhookConfiguration our-webhook: apply the ClusterRole in the manifest',
    ],
  ] as const) {
    it(`says why it is not ready when the API server refuses ${what}, until it does not`, async () => {
      api.refuse = (method, path) => (isRefused(method, path) ? 403 : undefined);
      const { source } = await start();
      await until('it says why', () => source.notReady()[0] === sentence);
      expect(source.notReady()).to.have.lengthOf(1);
      api.refuse = () => undefined;
      await until('it is ready', () => source.notReady().length === 0, 18_000);
    });
  }

  it('waits for an API server that cannot be reached, and goes on serving when it cannot be reached later', async () => {
    api.reset = () => true;
    const { source, served } = await start();
    const sentence = /^the certificate's Secret has not been read yet: the connection to the API server failed/;
    await until('it says why', () => sentence.test(source.notReady()[0] ?? ''));
    api.reset = () => false;
    await until('it is ready', () => source.notReady().length === 0, 18_000);
    await api.close();
    expect(source.notReady()).to.deep.equal([]);
    expect(served).to.have.lengthOf(1);
  });

  it('does not send a write again of which it cannot know whether it was done', async () => {
    let resets = 0;
    api.reset = (method) => method === 'POST' && resets++ === 0;
    const { source } = await start();
    await until('it is ready', () => source.notReady().length === 0);
    const between = api.seen.slice(
      api.seen.findIndex(({ method }) => method === 'POST'),
      api.seen.findLastIndex(({ method }) => method === 'POST'),
    );
    expect(between.map(({ method, path }) => `${method} ${path}`)).to.include(`GET ${secret}`);
    expect(writes().map(({ method }) => method)).to.deep.equal(['POST', 'POST', 'PATCH']);
  });

  it('asks for its two objects by their names only, and for nothing else', async () => {
    const { source } = await start();
    await until('it is ready', () => source.notReady().length === 0);
    const [collection = ''] = configuration.split('/our-webhook');
    const calls = new Set(api.seen.map(({ method, path, query }) => `${method} ${path} ${selectorIn(query)}`));
    expect([...calls].sort()).to.deep.equal(
      [
        `GET ${collection} metadata.name=our-webhook`,
        `GET ${configuration} `,
        `GET ${secrets} metadata.name=our-secret`,
        `GET ${secret} `,
        `PATCH ${configuration} `,
        `POST ${secrets} `,
      ].sort(),
    );
  });

  function selectorIn(query: string): string {
    return new URLSearchParams(query).get('fieldSelector') ?? '';
  }

  it('is left alone with a configuration that is being deleted', async () => {
    const object = api.get(configuration) as FakeObject;
    api.put(configuration, { ...object, metadata: { ...object.metadata, deletionTimestamp: '2031-01-01T00:00:00Z' } });
    const { source } = await start();
    await until('it is ready', () => source.notReady().length === 0);
    expect(writes().map(({ method }) => method)).to.deep.equal(['POST']);
  });

  it('is served anew within two seconds when the Secret changes', async () => {
    const { source, served } = await start();
    await until('it is ready', () => source.notReady().length === 0);
    const object = api.get(secret) as FakeObject & { data: Record<string, string> };
    api.put(secret, { ...object, data: { ...object.data, 'tls.crt': '' } });
    await until('another is served', () => served.length === 2, 2_500);
    expect(served[1]?.cert).to.equal(dataIn(secret)['tls.crt']);
  });
});
