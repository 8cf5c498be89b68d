import { expect } from 'chai';
import { cluster, enforced, optedIn } from './cluster.ts';
import { container, plainPod } from './pods.ts';
import { startWebhook, type Webhook } from './webhook.ts';

const key = 'pod-hardener.io/filled';
const note = 'app/allowPrivilegeEscalation,app/capabilities,app/runAsNonRoot,seccompProfile';
/** All annotations of an object together, keys and values, may have so many bytes. */
const limit = 256 * 1024;

describe('the annotation that says what was filled', () => {
  let webhook: Webhook;

  before(async () => {
    webhook = await startWebhook(cluster());
  });

  after(() => webhook.close());

  it('joins those of the author', async () => {
    expect(await annotationsOf({ 'example.com/owner': 'team' })).to.deep.equal({
      'example.com/owner': 'team',
      [key]: note,
    });
  });

  it('is left out where the author has used up the room for annotations', async () => {
    const big = 'example.com/big';
    const annotations = { [big]: 'x'.repeat(limit - big.length) };
    expect(await annotationsOf(annotations)).to.deep.equal(annotations);
  });

  it('does not repeat what an author claims in it', async () => {
    expect(
      await annotationsOf({ [key]: 'app/seLinuxOptions,nobody/runAsNonRoot,<script>,seccompProfile' }),
    ).to.deep.equal({
      [key]: note,
    });
  });

  it('is cut short for a pod with more containers than it has room for', async () => {
    const containers = Array.from({ length: 100 }, (_, i) => container(`container-number-${i}`));
    const namespace = await cluster().createNamespace('team', { labels: optedIn });
    const { message, pod } = await cluster().createPod(namespace, plainPod('many', { containers }));
    expect(message).to.equal('');
    const text = pod.metadata?.annotations?.[key] ?? '';
    expect(text).to.match(/,…\+\d+$/);
    expect(Buffer.byteLength(text)).to.be.at.most(4096);
  });
});

describe('`serve --no-provenance`', () => {
  let webhook: Webhook;

  before(async () => {
    webhook = await startWebhook(cluster(), { args: ['--no-provenance'] });
  });

  after(() => webhook.close());

  it('writes no annotation', async () => {
    expect(await annotationsOf({})).to.equal(undefined);
  });
});

/** The annotations of a pod that was given these, in a namespace where only hardened pods can be. */
async function annotationsOf(annotations: Record<string, string>): Promise<Record<string, string> | undefined> {
  const namespace = await cluster().createNamespace('team', { labels: { ...optedIn, ...enforced } });
  const { message, pod } = await cluster().createPod(namespace, plainPod('app', {}, annotations));
  expect(message).to.equal('');
  return pod.metadata?.annotations;
}
