import type { V1Pod } from '@kubernetes/client-node';
import { expect } from 'chai';
import { cluster, enforced, optedIn } from './cluster.ts';
import { plainPod } from './pods.ts';
import { type Injector, injected, type Operation, startInjector } from './sidecarInjector.ts';
import { startWebhook, type Webhook } from './webhook.ts';

const round = (number: number, index: number) => `webhook.admission.k8s.io/round_${number}_index_${index}`;
const labels = { ...optedIn, ...enforced, ...injected };

describe('another webhook that changes the pod after pod-hardener', () => {
  let webhook: Webhook;
  let injector: Injector | undefined;

  before(async () => {
    webhook = await startWebhook(cluster());
  });

  afterEach(async () => {
    await injector?.close();
    injector = undefined;
  });

  after(() => webhook.close());

  it('may inject a sidecar, which is hardened too', async () => {
    injector = await startInjector(cluster(), addSidecar);
    const namespace = await cluster().createNamespace('mesh', { labels });
    const { message, auditId } = await cluster().createPod(namespace, plainPod('app'));
    expect(message).to.equal('');
    const { spec, metadata } = await cluster().getPod(namespace, 'app');
    expect(spec?.containers.map(({ name }) => name)).to.deep.equal(['sidecar', 'app']);
    for (const container of spec?.containers ?? []) {
      expect(container.securityContext).to.deep.equal({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        runAsNonRoot: true,
      });
    }
    expect(metadata?.annotations?.['pod-hardener.io/filled']).to.equal(
      'app/allowPrivilegeEscalation,app/capabilities,app/runAsNonRoot,seccompProfile,' +
        'sidecar/allowPrivilegeEscalation,sidecar/capabilities,sidecar/runAsNonRoot',
    );
    const { annotations } = await cluster().auditEvent(auditId);
    expect(JSON.parse(annotations?.[`mutation.${round(1, 0)}`] ?? '{}')).to.deep.equal({
      configuration: 'pod-hardener',
      webhook: 'pods.pod-hardener.io',
      mutated: true,
    });
  });

  it('may change what pod-hardener has no interest in: the second answer has no patch', async () => {
    injector = await startInjector(cluster(), addLabel);
    const namespace = await cluster().createNamespace('mesh', { labels });
    const { message, auditId } = await cluster().createPod(namespace, plainPod('app'));
    expect(message).to.equal('');
    const { annotations = {} } = await cluster().auditEvent(auditId);
    expect(annotations).to.include.keys(`patch.${round(0, 0)}`, `patch.${round(0, 1)}`);
    expect(annotations).not.to.have.property(`patch.${round(1, 0)}`);
    expect(JSON.parse(annotations[`mutation.${round(1, 0)}`] ?? '{}')).to.include({
      webhook: 'pods.pod-hardener.io',
      mutated: false,
    });
  });

  it('may take away what was filled, which is filled again', async () => {
    injector = await startInjector(cluster(), strip);
    const namespace = await cluster().createNamespace('mesh', { labels });
    const { message, auditId } = await cluster().createPod(namespace, plainPod('app'));
    expect(message).to.equal('');
    const { annotations = {} } = await cluster().auditEvent(auditId);
    expect(annotations['pods.pod-hardener.io/filled-again']).to.equal(
      'app/allowPrivilegeEscalation,app/capabilities,app/runAsNonRoot',
    );
  });

  it('may have the last word and take away what was filled: the two do not go round in circles', async () => {
    injector = await startInjector(cluster(), strip, 'IfNeeded');
    const namespace = await cluster().createNamespace('mesh', { labels: { ...optedIn, ...injected } });
    const { message, auditId } = await cluster().createPod(namespace, plainPod('app'));
    expect(message).to.equal('');
    const { spec } = await cluster().getPod(namespace, 'app');
    expect(spec?.containers[0]?.securityContext).to.deep.equal({});
    const { annotations = {} } = await cluster().auditEvent(auditId);
    const asked = Object.keys(annotations).filter((key) => key.startsWith('mutation.webhook.'));
    expect(asked.sort()).to.deep.equal(
      [round(0, 0), round(0, 1), round(1, 0), round(1, 1)].map((one) => `mutation.${one}`),
    );
    expect(annotations['pods.pod-hardener.io/level-again']).to.equal('baseline -> restricted');
  });
});

/** In front of the others, so that the places of the containers move. */
function addSidecar(pod: V1Pod): Operation[] {
  if (pod.spec?.containers.some(({ name }) => name === 'sidecar')) return [];
  return [{ op: 'add', path: '/spec/containers/0', value: { name: 'sidecar', image: 'registry.example/sidecar:1' } }];
}

function addLabel(pod: V1Pod): Operation[] {
  return pod.metadata?.labels === undefined ? [{ op: 'add', path: '/metadata/labels', value: { seen: 'yes' } }] : [];
}

/** Takes away what was filled in the container, and marks the pod. */
function strip(pod: V1Pod): Operation[] {
  const context = pod.spec?.containers[0]?.securityContext ?? {};
  const isFilled = Object.keys(context).length > 0;
  return [
    ...addLabel(pod),
    ...(isFilled ? [{ op: 'add' as const, path: '/spec/containers/0/securityContext', value: {} }] : []),
  ];
}
