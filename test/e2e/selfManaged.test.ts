import { X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { cluster, expectSuccess, mergePatch, optedIn } from './cluster.ts';
import { type Installation, install, register, secretPath, secrets, startInstalled } from './installation.ts';
import { plainPod } from './pods.ts';
import { faultsIn, startSteadyLoad } from './steadyLoad.ts';
import { until } from './until.ts';
import { configurations } from './webhook.ts';

type Data = Readonly<Record<string, string>>;

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

  it('is made, and trusted by the API server, within five seconds of the start', async () => {
    cluster().note(`self-managed: ready ${(installation.readyAfterMs / 1000).toFixed(1)} s after the start`);
    expect(installation.readyAfterMs).to.be.below(5_000);
    const { pod, message } = await cluster().createPod(namespace, plainPod('app'));
    expect(message).to.equal('');
    expect(pod.spec?.containers[0]?.securityContext?.runAsNonRoot).to.equal(true);
  });
});
