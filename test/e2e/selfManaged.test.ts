import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { expect } from 'chai';
import { issueLeaf } from '../../src/certificates/issue.ts';
import { cluster, expectSuccess, mergePatch, optedIn } from './cluster.ts';
import { type Installation, install, register, secretPath, secrets, startInstalled } from './installation.ts';
import { plainPod } from './pods.ts';
import { faultsIn, startSteadyLoad } from './steadyLoad.ts';
import { until } from './until.ts';
import { configurations } from './webhook.ts';

const names = ['pod-hardener.pod-hardener-system.svc', 'pod-hardener', 'pod-hardener.pod-hardener-system'];
const hosts = [...names, 'pod-hardener.pod-hardener-system.svc.cluster.local'];
const dayMs = 86_400_000;

describe('the certificate that pod-hardener manages itself', () => {
  let installation: Installation;
  let port: number;
  let namespace: string;

  before(async () => {
    port = await install({ type: 'Opaque' });
    await register(port);
    installation = await startInstalled(port);
    namespace = await cluster().createNamespace('team', { labels: optedIn });
  });

  after(async () => {
    await cluster().api.request('DELETE', `${configurations}/pod-hardener`);
    await installation?.process.stop();
  });

  it('is made, and trusted by the API server, within five seconds of the start', async () => {
    cluster().note(`self-managed: ready ${(installation.readyAfterMs / 1000).toFixed(1)} s after the start`);
    expect(installation.readyAfterMs).to.be.below(5_000);
    const { pod, message } = await cluster().createPod(namespace, plainPod('first'));
    expect(message).to.equal('');
    expect(pod.spec?.containers[0]?.securityContext?.runAsNonRoot).to.equal(true);
  });

  it('is for every name of the Service, and for 90 days', async () => {
    const { 'tls.crt': cert = '' } = await secretData();
    const { subjectAltName, validTo } = new X509Certificate(cert);
    expect(subjectAltName?.split(', ').sort()).to.deep.equal(hosts.map((name) => `DNS:${name}`).sort());
    expect(Date.parse(validTo)).to.be.within(Date.now() + 89.9 * dayMs, Date.now() + 90 * dayMs);
  });

  it('is renewed when it is due, while pods are created, and none is refused', async () => {
    const { 'ca.crt': ca = '', 'ca.key': caKey = '' } = await secretData();
    const sixtyOneDaysAgo = new Date(Date.now() - 61 * dayMs);
    const old = await issueLeaf({ cert: ca, key: caKey }, { hosts, now: sixtyOneDaysAgo, days: 90 });
    const faults = await faultsDuring(async () => {
      await writeSecret({ 'tls.crt': old.cert, 'tls.key': old.key });
      const written = Date.now();
      await until('another is served', async () => {
        const { 'tls.crt': cert = '' } = await secretData();
        return cert !== old.cert && (await servedFingerprint()) === new X509Certificate(cert).fingerprint256;
      });
      cluster().note(`self-managed: a certificate that is due was renewed and served after ${Date.now() - written} ms`);
      expect(Date.now() - written).to.be.below(5_000);
    });
    expect(faults).to.deep.equal([]);
    expect(await secretData()).to.include({ 'ca.crt': ca, 'ca.key': caKey });
  });

  it('stays as it is when the Secret is overwritten by something else, which is put right', async () => {
    const faults = await faultsDuring(async () => {
      await writeSecret({ 'tls.crt': 'not a certificate', 'tls.key': '' });
      await until('it is a certificate again', async () => {
        const { 'tls.crt': cert = '' } = await secretData();
        return cert.includes('BEGIN') && (await servedFingerprint()) === new X509Certificate(cert).fingerprint256;
      });
    });
    expect(faults).to.deep.equal([]);
    const reloads = await installation.series('pod_hardener_certificate_reloads_total');
    expect(reloads['pod_hardener_certificate_reloads_total{result="failure"}']).to.be.greaterThan(0);
  });

  it('is trusted again within two seconds after the CA bundle was wiped', async () => {
    const bundle = await caBundle();
    await cluster().api.request('PATCH', `${configurations}/pod-hardener`, wiping, jsonPatch);
    const wiped = Date.now();
    await until('the CA bundle is back', async () => (await caBundle()) === bundle);
    expect(Date.now() - wiped).to.be.below(2_000);
    cluster().note(`self-managed: a wiped CA bundle was back after ${Date.now() - wiped} ms`);
    await until('the API server has heard of it', async () => {
      const { status } = await cluster().createPod(namespace, plainPod('app'), { dryRun: true });
      return status === 201;
    });
    await until('it is ready', async () => (await installation.readiness()).status === 200);
  });

  it('goes on when the Secret was deleted, and another follows without a pod being refused', async () => {
    const before = await secretData();
    const faults = await faultsDuring(async () => {
      expectSuccess(await cluster().api.request('DELETE', secretPath));
      await until('it says what to do', () =>
        installation.process.output().includes('apply the manifest, which holds an empty one'),
      );
      expect((await installation.readiness()).status).to.equal(200);
      expectSuccess(await cluster().api.request('POST', secrets, emptySecret));
      const data = await until('there is another', async () => {
        const found = await secretData();
        return found['tls.crt'] !== undefined && found;
      });
      expect(data['ca.key']).not.to.equal(before['ca.key']);
      await until('the API server trusts both', async () => (await caBundle()) === data['ca.crt']);
      expect(data['ca.crt']?.endsWith(before['ca.crt'] ?? '-')).to.equal(true);
      expect(await servedFingerprint()).to.equal(new X509Certificate(before['tls.crt'] ?? '').fingerprint256);
      const { fingerprint256 } = new X509Certificate(data['tls.crt'] ?? '');
      await until('it is served', async () => (await servedFingerprint()) === fingerprint256, 45);
    });
    expect(faults).to.deep.equal([]);
  });

  it('is made anew in a Secret of type kubernetes.io/tls that holds empty values', async () => {
    await installation.process.stop();
    port = await install({ type: 'kubernetes.io/tls', data: { 'tls.crt': '', 'tls.key': '' } });
    await register(port);
    installation = await startInstalled(port);
    expect((await cluster().createPod(namespace, plainPod('app'), { dryRun: true })).message).to.equal('');
  });

  /** What happens to pods while `change` does something; pods are created before, meanwhile and afterwards. */
  async function faultsDuring(change: () => Promise<void>): Promise<readonly string[]> {
    const load = startSteadyLoad(namespace, 3);
    try {
      await until('the load is running', () => load.answers.length > 20);
      await change();
      const soFar = load.answers.length;
      await until('the load has gone on', () => load.answers.length > soFar + 50);
    } finally {
      await load.stop();
    }
    return faultsIn(load.answers);
  }

  function servedFingerprint(): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate().fingerprint256);
        socket.destroy();
      });
      socket.once('error', reject);
    });
  }
});

const jsonPatch = { contentType: 'application/json-patch+json' };
const wiping = [{ op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: '' }];
const emptySecret = { metadata: { name: 'pod-hardener-tls' }, type: 'Opaque' };

/** The texts in the Secret; none when it does not exist. */
async function secretData(): Promise<Readonly<Record<string, string>>> {
  const { body } = await cluster().api.request('GET', secretPath);
  const data = (body.data ?? {}) as Record<string, string>;
  return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]));
}

async function writeSecret(texts: Readonly<Record<string, string>>): Promise<void> {
  const encoded = Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
  expectSuccess(await cluster().api.request('PATCH', secretPath, { data: Object.fromEntries(encoded) }, mergePatch));
}

async function caBundle(): Promise<string> {
  const { body } = await cluster().api.request('GET', `${configurations}/pod-hardener`);
  const [webhook] = body.webhooks as { clientConfig: { caBundle?: string } }[];
  return Buffer.from(webhook?.clientConfig.caBundle ?? '', 'base64').toString();
}
