import type { V1Pod } from '@kubernetes/client-node';
import { expect } from 'chai';
import { cluster, optedIn } from './cluster.ts';
import { container, plainPod } from './pods.ts';
import { startWebhook, type Webhook } from './webhook.ts';

const prefix = 'pods.pod-hardener.io/';

describe('the audit log', () => {
  let webhook: Webhook;

  before(async () => {
    webhook = await startWebhook(cluster());
  });

  after(() => webhook.close());

  it('says what was filled, and under which policy', async () => {
    expect(await recorded(plainPod('app'))).to.include({
      policy: 'restricted:latest fill',
      filled: 'app/allowPrivilegeEscalation,app/capabilities,app/runAsNonRoot,seccompProfile',
    });
  });

  it('says what was left, and why', async () => {
    const privileged = plainPod('root', {
      containers: [container('root', { securityContext: { privileged: true } }), container('app')],
    });
    expect(await recorded(privileged)).to.include({
      filled: 'app/allowPrivilegeEscalation,app/capabilities,app/runAsNonRoot,seccompProfile',
      left: 'root/allowPrivilegeEscalation=privileged,root/capabilities=privileged,root/runAsNonRoot=privileged',
    });
  });

  it('says the level of the Pod Security Standards before and after', async () => {
    expect(await recorded(plainPod('app'))).to.include({ level: 'baseline -> restricted' });
    expect(await recorded(plainPod('app', { hostPID: true }))).to.include({ level: 'privileged -> privileged' });
  });

  it('says what would be filled in mode `audit`', async () => {
    const annotations = await recorded(plainPod('app'), { 'pod-hardener.io/mode': 'audit' });
    expect(annotations).to.include({
      policy: 'restricted:latest audit',
      'would-fill': 'app/allowPrivilegeEscalation,app/capabilities,app/runAsNonRoot,seccompProfile',
    });
    expect(annotations).not.to.have.property('filled');
  });

  it('takes what is said of a pod with a hundred containers', async () => {
    const containers = Array.from({ length: 100 }, (_, i) => container(`container-number-${i}`));
    const { filled = '' } = await recorded(plainPod('many', { containers }));
    expect(filled).to.match(/^container-number-0\/allowPrivilegeEscalation,.*…\+\d+$/);
    expect(Buffer.byteLength(filled)).to.be.at.most(1024);
  });

  it('names every operation of the patch, and all of them add something', async () => {
    const namespace = await cluster().createNamespace('audited', { labels: optedIn });
    const { auditId } = await cluster().createPod(namespace, plainPod('app'));
    const { annotations } = await cluster().auditEvent(auditId);
    const key = 'patch.webhook.admission.k8s.io/round_0_index_0';
    const { patch } = JSON.parse(annotations?.[key] ?? '{"patch":[]}') as { patch: { op: string; path: string }[] };
    expect(patch).not.to.deep.equal([]);
    expect(patch.filter(({ op }) => op !== 'add')).to.deep.equal([]);
  });
});

/** Our annotations of the event, by their own names. */
async function recorded(pod: V1Pod, policy: Record<string, string> = {}): Promise<Record<string, string>> {
  const namespace = await cluster().createNamespace('audited', { labels: optedIn, annotations: policy });
  const { message, auditId } = await cluster().createPod(namespace, pod);
  expect(message).to.equal('');
  const { annotations = {} } = await cluster().auditEvent(auditId);
  const ours = Object.entries(annotations).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(ours.map(([key, value]) => [key.slice(prefix.length), value]));
}
