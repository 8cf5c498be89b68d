import type { V1Pod } from '@kubernetes/client-node';
import { expect } from 'chai';
import { cluster, enforced, optedIn } from './cluster.ts';
import { plainPod, podOfTemplate, rayHead, rayHeadWithAutoscaler, rayWorker } from './pods.ts';
import { harden } from './program.ts';
import { essence, withoutNote } from './storedPod.ts';
import { startWebhook, type Webhook } from './webhook.ts';
import { workloads } from './workloads.ts';

const hardened = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true };
const seccomp = { seccompProfile: { type: 'RuntimeDefault' } };

describe('a namespace that enforces `restricted`', () => {
  let webhook: Webhook;

  before(async () => {
    webhook = await startWebhook(cluster());
  });

  after(() => webhook.close());

  const rayPods: readonly { title: string; pod: V1Pod; note: string }[] = [
    { title: "a Ray cluster's head", pod: rayHead(), note: noteOf('ray-head') },
    {
      title: "a Ray cluster's head with its autoscaler",
      pod: rayHeadWithAutoscaler(),
      note: noteOf('autoscaler', 'ray-head'),
    },
    { title: "a Ray cluster's worker", pod: rayWorker(), note: noteOf('ray-worker', 'wait-gcs-ready') },
  ];

  for (const { title, pod, note } of rayPods) {
    it(`refuses ${title} without pod-hardener`, () => expectRefusal(pod));

    it(`stores ${title} hardened with pod-hardener`, async () => {
      const stored = await createHardened(pod);
      expect(stored.spec?.securityContext).to.deep.equal(seccomp);
      for (const container of containersOf(stored)) expect(container.securityContext).to.deep.equal(hardened);
      expect(stored.metadata?.annotations?.['pod-hardener.io/filled']).to.equal(note);
    });

    it(`stores ${title} as \`harden\` writes it`, async () => {
      await expectSame(await createHardened(pod), await harden(pod, cluster().folder));
    });
  }

  for (const { path, workload } of workloads) {
    const { kind, metadata, spec, apiVersion } = workload;
    const pod = podOfTemplate(metadata.name, spec.template);

    it(`refuses the pods of a ${kind} without pod-hardener`, () => expectRefusal(pod));

    it(`stores the pods of a ${kind} as \`harden\` writes its template`, async () => {
      const namespace = await cluster().createNamespace('team', { labels: { ...optedIn, ...enforced } });
      const collection = `/apis/${apiVersion}/namespaces/${namespace}/${path}`;
      const written = await harden(workload, cluster().folder);
      expect((await cluster().api.request('POST', collection, written)).warnings).to.deep.equal([]);
      await expectSame(await createHardened(pod), podOfTemplate(metadata.name, written.spec.template));
    });
  }

  it("keeps what a StatefulSet's author wrote", async () => {
    const { spec } = await createHardened(templatePod('StatefulSet'));
    expect(spec?.securityContext).to.deep.equal({ fsGroup: 999, ...seccomp });
    expect(spec?.containers[0]?.securityContext).to.deep.equal({ ...hardened, runAsUser: 999 });
  });

  it("completes the list of dropped capabilities of a DaemonSet's author", async () => {
    const { spec } = await createHardened(templatePod('DaemonSet'));
    const capabilities = { drop: ['NET_RAW', 'ALL'] };
    expect(spec?.containers[0]?.securityContext).to.deep.equal({ ...hardened, capabilities });
  });

  it('still refuses a privileged pod in the words of Pod Security admission', async () => {
    const namespace = await cluster().createNamespace('team', { labels: { ...optedIn, ...enforced } });
    const pod = plainPod('root', {
      hostPID: true,
      containers: [{ name: 'shell', image: 'registry.example/shell:1', securityContext: { privileged: true } }],
    });
    const { status, message } = await cluster().createPod(namespace, pod);
    expect(status).to.equal(403);
    expect(message).to.match(
      /^pods "root" is forbidden: violates PodSecurity "restricted:latest": host namespaces \(hostPID=true\), privileged \(container "shell" must not set securityContext.privileged=true\)/,
    );
    expect(message).not.to.include('webhook');
  });
});

async function expectRefusal(pod: V1Pod): Promise<void> {
  const namespace = await cluster().createNamespace('bare', { labels: enforced });
  const { status, message } = await cluster().createPod(namespace, pod);
  expect(status).to.equal(403);
  expect(message).to.include('violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false');
}

/** Creates the pod in a new namespace and reads back what was stored. */
async function createHardened(pod: V1Pod): Promise<V1Pod> {
  const namespace = await cluster().createNamespace('team', { labels: { ...optedIn, ...enforced } });
  const { status, message, warnings, pod: created } = await cluster().createPod(namespace, pod);
  expect(message).to.equal('');
  expect(warnings).to.deep.equal([]);
  expect(status).to.equal(201);
  return cluster().getPod(namespace, created.metadata?.name);
}

/** Field by field: the same as if the manifest had been sent to a namespace that pod-hardener has no part in. */
async function expectSame(stored: V1Pod, manifest: V1Pod): Promise<void> {
  const namespace = await cluster().createNamespace('bare', { labels: enforced });
  const { message, pod } = await cluster().createPod(namespace, manifest);
  expect(message).to.equal('');
  const alone = await cluster().getPod(namespace, pod.metadata?.name);
  expect(essence(withoutNote(stored))).to.deep.equal(essence(alone));
}

function containersOf({ spec }: V1Pod) {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
}

function templatePod(kind: string): V1Pod {
  const workload = workloads.find((each) => each.workload.kind === kind)?.workload;
  if (workload === undefined) throw new Error(`no ${kind}`);
  return podOfTemplate(workload.metadata.name, workload.spec.template);
}

function noteOf(...containers: string[]): string {
  const fields = ['allowPrivilegeEscalation', 'capabilities', 'runAsNonRoot'];
  return [...containers.flatMap((container) => fields.map((field) => `${container}/${field}`)), 'seccompProfile']
    .sort()
    .join(',');
}
