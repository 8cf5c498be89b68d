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

  it('may be readOnlyRootFilesystem, with a volume beside those that the API server mounts', async () => {
    const { metadata, spec } = await createdWith('+readOnlyRootFilesystem');
    expect(spec?.containers[0]?.securityContext?.readOnlyRootFilesystem).to.equal(true);
    expect(spec?.volumes).to.deep.include({ name: 'pod-hardener-1', emptyDir: { sizeLimit: '256Mi' } });
    expect(spec?.containers[0]?.volumeMounts).to.deep.include({ name: 'pod-hardener-1', mountPath: '/tmp' });
    expect(metadata?.annotations).to.include({
      'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes': 'pod-hardener-1',
    });
  });

  it('may be all of them at once', async () => {
    const { metadata } = await createdWith(
      '+hostUsers,+appArmorProfile,+supplementalGroupsPolicy,+readOnlyRootFilesystem',
    );
    expect(metadata?.annotations?.['pod-hardener.io/filled']).to.equal(
      'app/allowPrivilegeEscalation,app/capabilities,app/readOnlyRootFilesystem,app/runAsNonRoot,appArmorProfile,hostUsers,seccompProfile,supplementalGroupsPolicy',
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
