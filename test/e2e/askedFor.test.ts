import { expect } from 'chai';
import { cluster, optedIn } from './cluster.ts';
import { plainPod } from './pods.ts';
import { startWebhook, type Webhook } from './webhook.ts';

describe('a control that is filled only where it is asked for by name', () => {
  let webhook: Webhook;

  before(async () => {
    webhook = await startWebhook(cluster());
  });

  after(() => webhook.close());

  it('may be hostUsers', async () => {
    const { spec } = await createdWith('+hostUsers');
    expect(spec?.hostUsers).to.equal(false);
  });

  it('may be appArmorProfile', async () => {
    const { spec } = await createdWith('+appArmorProfile');
    expect(spec?.securityContext?.appArmorProfile).to.deep.equal({ type: 'RuntimeDefault' });
  });

  it('may be supplementalGroupsPolicy', async () => {
    const { spec } = await createdWith('+supplementalGroupsPolicy');
    expect(spec?.securityContext?.supplementalGroupsPolicy).to.equal('Strict');
  });

  it('may be all of them at once', async () => {
    const { metadata } = await createdWith('+hostUsers,+appArmorProfile,+supplementalGroupsPolicy');
    expect(metadata?.annotations?.['pod-hardener.io/filled']).to.equal(
      'app/allowPrivilegeEscalation,app/capabilities,app/runAsNonRoot,appArmorProfile,hostUsers,seccompProfile,supplementalGroupsPolicy',
    );
  });
});

/** The pod that is stored in a namespace that asks for the controls and enforces `restricted`. */
async function createdWith(controls: string) {
  const labels = { ...optedIn, 'pod-security.kubernetes.io/enforce': 'restricted' };
  const namespace = await cluster().createNamespace('asked', {
    labels,
    annotations: { 'pod-hardener.io/controls': controls },
  });
  const { message, pod } = await cluster().createPod(namespace, plainPod('app'));
  expect(message).to.equal('');
  return pod;
}
