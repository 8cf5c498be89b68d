import type { V1EphemeralContainer, V1Pod } from '@kubernetes/client-node';
import { expect } from 'chai';
import type { ApiAnswer, RequestOptions } from './apiClient.ts';
import { cluster, enforced, expectSuccess, optedIn, toPodAnswer } from './cluster.ts';
import { users } from './controlPlane.ts';
import { container, plainPod, rayWorker } from './pods.ts';
import { until } from './until.ts';
import { startWebhook, type Webhook } from './webhook.ts';

const hardened = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true };
const serverSideApply = { contentType: 'application/apply-patch+yaml' };
const strategicMergePatch = { contentType: 'application/strategic-merge-patch+json' };

describe('a pod', () => {
  let webhook: Webhook;

  before(async () => {
    webhook = await startWebhook(cluster());
  });

  after(() => webhook.close());

  it('is hardened in a dry run, and not stored', async () => {
    const namespace = await createNamespace();
    const { status, pod } = await cluster().createPod(namespace, plainPod('app'), { dryRun: true });
    expect(status).to.equal(201);
    expect(pod.spec?.containers[0]?.securityContext).to.deep.equal(hardened);
    expect((await cluster().api.request('GET', `/api/v1/namespaces/${namespace}/pods/app`)).status).to.equal(404);
  });

  it('is hardened when its name is still to be generated', async () => {
    const namespace = await createNamespace();
    const { metadata: _, ...rest } = plainPod('app');
    const { message, pod } = await cluster().createPod(namespace, { ...rest, metadata: { generateName: 'app-' } });
    expect(message).to.equal('');
    expect(pod.metadata?.name).to.match(/^app-[a-z0-9]{5}$/);
    expect(pod.spec?.containers[0]?.securityContext).to.deep.equal(hardened);
  });

  it('is hardened when it has 2.9 MB', async () => {
    const namespace = await createNamespace();
    const env = Array.from({ length: 29 }, (_, i) => ({ name: `PART_${i}`, value: 'x'.repeat(100_000) }));
    const large = plainPod('large', { containers: [container('app', { env })] });
    expect(JSON.stringify(large).length).to.be.within(2_900_000, 2_910_000);
    const { message, pod } = await cluster().createPod(namespace, large, { dryRun: true });
    expect(message).to.equal('');
    expect(pod.spec?.containers[0]?.securityContext).to.deep.equal(hardened);
  });

  it('is hardened when it is applied by the server, and may be applied again', async () => {
    const namespace = await createNamespace();
    const path = `/api/v1/namespaces/${namespace}/pods/app?fieldManager=team`;
    const first = await cluster().api.request('PATCH', path, plainPod('app'), serverSideApply);
    expect(first.body.message).to.equal(undefined);
    expect(first.status).to.equal(201);
    const again = await cluster().api.request('PATCH', path, plainPod('app'), serverSideApply);
    expect(again.body.message).to.equal(undefined);
    expect(again.status).to.equal(200);
    expect(toPodAnswer(again).pod.spec?.containers[0]?.securityContext).to.deep.equal(hardened);
  });

  it('is hardened when its author wrote `null`', async () => {
    const namespace = await createNamespace();
    const nothing = { securityContext: null };
    const pod = {
      metadata: { name: 'app', annotations: null },
      spec: { ...nothing, initContainers: null, containers: [{ ...container('app'), ...nothing }] },
    };
    const answer = toPodAnswer(await cluster().api.request('POST', `/api/v1/namespaces/${namespace}/pods`, pod));
    expect(answer.message).to.equal('');
    expect(answer.pod.spec?.containers[0]?.securityContext).to.deep.equal(hardened);
  });

  it('keeps numbers that JavaScript cannot tell apart', async () => {
    const namespace = await createNamespace();
    const pod = plainPod('app', { tolerations: [{ key: 'k', effect: 'NoExecute', tolerationSeconds: 12345 }] });
    const text = JSON.stringify(pod).replace('12345', '9007199254740993');
    const answer = await cluster().api.request('POST', `/api/v1/namespaces/${namespace}/pods`, text);
    expect(answer.body.message).to.equal(undefined);
    expect(answer.text).to.include('"tolerationSeconds":9007199254740993');
  });

  it('keeps the insecure values that its author wrote, and its author is warned', async () => {
    const namespace = await cluster().createNamespace('lax', { labels: optedIn });
    const securityContext = {
      allowPrivilegeEscalation: true,
      capabilities: { add: ['NET_ADMIN'] },
      runAsNonRoot: false,
      seccompProfile: { type: 'Unconfined' },
    };
    const { status, pod, warnings } = await cluster().createPod(
      namespace,
      plainPod('insecure', { containers: [container('app', { securityContext })] }),
    );
    expect(status).to.equal(201);
    expect(pod.spec?.containers[0]?.securityContext).to.deep.equal({
      ...securityContext,
      capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] },
    });
    expect(pod.spec?.securityContext).to.deep.equal({});
    for (const field of ['allowPrivilegeEscalation', 'runAsNonRoot', 'seccompProfile']) {
      expect(warnings.join('\n')).to.include(field);
    }
    for (const warning of warnings) expect(warning).to.have.length.at.most(120);
  });

  describe('with an annotation of the days before seccomp had a field', () => {
    const podKey = 'seccomp.security.alpha.kubernetes.io/pod';
    const containerKey = 'container.seccomp.security.alpha.kubernetes.io/app';

    it('keeps `unconfined` for the pod, which no field may contradict', async () => {
      const { spec } = await createAnnotated({ [podKey]: 'unconfined' });
      expect(spec?.securityContext).to.deep.equal({});
      expect(spec?.containers[0]?.securityContext).to.deep.equal(hardened);
    });

    it('keeps a profile of its node', async () => {
      const { spec } = await createAnnotated({ [podKey]: 'localhost/profiles/app.json' });
      expect(spec?.securityContext).to.deep.equal({});
    });

    it('keeps `unconfined` for a container', async () => {
      const { spec } = await createAnnotated({ [containerKey]: 'unconfined' });
      expect(spec?.containers[0]?.securityContext).to.deep.equal(hardened);
    });

    it('is given the field that says the same as `runtime/default`', async () => {
      const { spec } = await createAnnotated({ [podKey]: 'runtime/default' });
      expect(spec?.securityContext).to.deep.equal({ seccompProfile: { type: 'RuntimeDefault' } });
    });
  });

  it('for Windows is given the one field that Windows knows', async () => {
    const pod = plainPod('windows', { os: { name: 'windows' } });
    const bare = await cluster().createNamespace('bare', { labels: enforced });
    expect((await cluster().createPod(bare, pod)).status).to.equal(403);
    const namespace = await createNamespace();
    const { message } = await cluster().createPod(namespace, pod);
    expect(message).to.equal('');
    const { spec } = await cluster().getPod(namespace, 'windows');
    expect(spec?.securityContext).to.deep.equal({});
    expect(spec?.containers[0]?.securityContext).to.deep.equal({ runAsNonRoot: true });
  });

  it('that mirrors a static one is left as its kubelet shows it', async () => {
    const namespace = await cluster().createNamespace('static', { labels: optedIn });
    const mirror = plainPod('static-node1', { nodeName: 'node1' }, { 'kubernetes.io/config.mirror': 'a1b2c3' });
    const { message, auditId, pod } = await cluster().createPod(namespace, mirror, { token: users.node.token });
    expect(message).to.equal('');
    expect(pod.spec?.containers[0]).not.to.have.property('securityContext');
    expect(pod.metadata?.annotations).to.deep.equal({ 'kubernetes.io/config.mirror': 'a1b2c3' });
    const { annotations = {} } = await cluster().auditEvent(auditId);
    expect(Object.keys(annotations).filter((key) => key.startsWith('pods.pod-hardener.io/'))).to.deep.equal([]);
    expect(annotations['mutation.webhook.admission.k8s.io/round_0_index_0']).to.include('"mutated":false');
  });

  describe('with an ephemeral container', () => {
    it('is created hardened, and so is the container that is added to debug it', async () => {
      const namespace = await createNamespace();
      await cluster().createPod(namespace, rayWorker());
      const name = rayWorker().metadata?.name ?? '';
      const before = await cluster().getPod(namespace, name);
      expectSuccess(await addEphemeral(namespace, name, ['debugger']));
      const after = await cluster().getPod(namespace, name);
      expect(after.spec?.ephemeralContainers?.map(({ securityContext }) => securityContext)).to.deep.equal([hardened]);
      expect({ ...after.spec, ephemeralContainers: [] }).to.deep.equal({ ...before.spec, ephemeralContainers: [] });
      expect(after.metadata?.annotations).to.deep.equal(before.metadata?.annotations);
    });

    it('keeps those that it already had as they are', async () => {
      const namespace = await cluster().createNamespace('late');
      await cluster().createPod(namespace, plainPod('app'));
      expectSuccess(await addEphemeral(namespace, 'app', ['first']));
      await cluster().changeNamespace(namespace, { labels: optedIn });
      await until('the API server asks about the namespace', async () => {
        const { pod } = await cluster().createPod(namespace, plainPod('probe'), { dryRun: true });
        return pod.spec?.containers[0]?.securityContext !== undefined;
      });
      expectSuccess(await addEphemeral(namespace, 'app', ['second']));
      const { spec } = await cluster().getPod(namespace, 'app');
      const added = (name: string) => spec?.ephemeralContainers?.find((each) => each.name === name);
      expect(added('first')).to.be.an('object').that.does.not.have.property('securityContext');
      // Nothing at pod level can be filled any more, so seccomp is, here and now, a matter of the container.
      const seccompProfile = { type: 'RuntimeDefault' };
      expect(added('second')?.securityContext).to.deep.equal({ ...hardened, seccompProfile });
      expect(spec?.securityContext).to.deep.equal({});
    });

    it('may be sent whole by a client that puts instead of patching', async () => {
      const namespace = await createNamespace();
      await cluster().createPod(namespace, plainPod('app'));
      const pod = await cluster().getPod(namespace, 'app');
      const path = `/api/v1/namespaces/${namespace}/pods/app/ephemeralcontainers`;
      const body = { ...pod, spec: { ...pod.spec, ephemeralContainers: [ephemeral('debugger')] } };
      const answer = await cluster().api.request('PUT', path, body);
      expectSuccess(answer);
      expect(toPodAnswer(answer).pod.spec?.ephemeralContainers?.[0]?.securityContext).to.deep.equal(hardened);
    });
  });
});

/** Its pods must come out hardened, or they are refused. */
function createNamespace(): Promise<string> {
  return cluster().createNamespace('team', { labels: { ...optedIn, ...enforced } });
}

async function createAnnotated(annotations: Record<string, string>): Promise<V1Pod> {
  const namespace = await cluster().createNamespace('old', { labels: optedIn });
  const { message, pod } = await cluster().createPod(namespace, plainPod('app', {}, annotations));
  expect(message).to.equal('');
  return pod;
}

function ephemeral(name: string): V1EphemeralContainer {
  return { name, image: 'registry.example/debug:1', stdin: true, tty: true };
}

/** As `kubectl debug` does it. */
function addEphemeral(
  namespace: string,
  pod: string,
  names: string[],
  options: RequestOptions = {},
): Promise<ApiAnswer> {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/ephemeralcontainers`;
  const body = { spec: { ephemeralContainers: names.map(ephemeral) } };
  return cluster().api.request('PATCH', path, body, { ...strategicMergePatch, ...options });
}
