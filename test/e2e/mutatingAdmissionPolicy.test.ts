import type { V1Pod, V1PodSpec } from '@kubernetes/client-node';
import { expect } from 'chai';
import { cluster, enforced, expectSuccess, optedIn, toPodAnswer } from './cluster.ts';
import { filledByPolicy as chosen, readPolicy } from './fillPolicy.ts';
import { container, plainPod, rayHead, rayHeadWithAutoscaler, rayWorker } from './pods.ts';
import { injected, startInjector } from './sidecarInjector.ts';
import { until } from './until.ts';
import { startWebhook, type Webhook } from './webhook.ts';

const hardened = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true };
const seccompProfile = { type: 'RuntimeDefault' };
const unset = 'unset';

/** What is filled alike, in the pod and in its first container. */
const alike: Readonly<Record<string, V1Pod>> = {
  'a pod without a word on security': plainPod('app'),
  "a Ray cluster's head": rayHead(),
  "a Ray cluster's head with its autoscaler": rayHeadWithAutoscaler(),
  "a Ray cluster's worker with its init container": rayWorker(),
  'a pod with a sidecar that starts first': plainPod('app', {
    initContainers: [container('proxy', { restartPolicy: 'Always' })],
  }),
  'a pod whose author set it all for every container': plainPod('app', {
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile },
  }),
  'a pod whose containers have profiles of their own': withContext({ seccompProfile }),
  'a privileged container': withContext({ privileged: true }),
  'a container that adds CAP_SYS_ADMIN': withContext({ capabilities: { add: ['CAP_SYS_ADMIN'] } }),
  'a container that adds ALL': withContext({ capabilities: { add: ['ALL'] } }),
  'a container that drops something': withContext({ capabilities: { add: ['CHOWN'], drop: ['NET_RAW'] } }),
  'a container that drops `all` in small letters': withContext({ capabilities: { drop: ['all'] } }),
  'a container that runs as root': withContext({ runAsUser: 0 }),
  'a pod that runs as root': plainPod('app', { securityContext: { runAsUser: 0 } }),
  'a container that may run as root': withContext({ runAsNonRoot: false }),
  'a pod that chose no seccomp': plainPod('app', { securityContext: { seccompProfile: { type: 'Unconfined' } } }),
};

interface Difference {
  readonly pod: V1Pod;
  readonly policy: Outcome;
  readonly podHardener: Outcome;
}

/** What the pod and its first container have in the end. */
interface Outcome {
  readonly podLevel: V1PodSpec['securityContext'] | typeof unset;
  readonly containerLevel: object | typeof unset;
}

const nothing: Outcome = { podLevel: unset, containerLevel: unset };
const onlyNonRoot: Outcome = { podLevel: unset, containerLevel: { runAsNonRoot: true } };
const everything: Outcome = { podLevel: { seccompProfile }, containerLevel: hardened };
const noSeccomp: Outcome = { podLevel: unset, containerLevel: hardened };

const differences: Readonly<Record<string, Difference>> = {
  'fills nothing in a pod that says it is for Windows': {
    pod: plainPod('app', { os: { name: 'windows' } }),
    policy: nothing,
    podHardener: onlyNonRoot,
  },
  'takes a pod for one of Linux that only its node selector sends to Windows': {
    pod: plainPod('app', { nodeSelector: { 'kubernetes.io/os': 'windows' } }),
    policy: everything,
    podHardener: onlyNonRoot,
  },
  'gives up a pod with an old seccomp annotation as a whole': {
    pod: plainPod('app', {}, { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' }),
    policy: nothing,
    podHardener: noSeccomp,
  },
  'does not see the old seccomp annotation of a container': {
    pod: plainPod('app', {}, { 'container.seccomp.security.alpha.kubernetes.io/app': 'unconfined' }),
    policy: everything,
    podHardener: noSeccomp,
  },
};

describe('examples/mutating-admission-policy.yaml', () => {
  let webhook: Webhook | undefined;

  before(async function () {
    const { body } = await cluster().api.request('GET', '/apis/admissionregistration.k8s.io/v1');
    const served = (body.resources as { name: string }[]).map(({ name }) => name);
    // Before Kubernetes 1.36 there is no such kind in this version.
    if (!served.includes('mutatingadmissionpolicies')) this.skip();
    webhook = await startWebhook(cluster());
    for (const { path, object } of await readPolicy()) {
      expectSuccess(await cluster().api.request('POST', path, object));
    }
    const probe = await cluster().createNamespace('probe', { labels: chosen });
    await until('the API server fills pods', async () => {
      const { pod } = await cluster().createPod(probe, plainPod('probe'), { dryRun: true });
      return pod.spec?.securityContext?.seccompProfile !== undefined;
    });
  });

  after(async () => {
    for (const { path, object } of await readPolicy()) {
      await cluster().api.request('DELETE', `${path}/${object.metadata.name}`);
    }
    await webhook?.close();
  });

  for (const [title, pod] of Object.entries(alike)) {
    it(`fills in ${title} what pod-hardener fills`, async () => {
      expect(securityOf(await create(pod, chosen))).to.deep.equal(securityOf(await create(pod, optedIn)));
    });
  }

  it('lets the pods of a Ray cluster into a namespace that enforces `restricted`', async () => {
    for (const pod of [rayHead(), rayHeadWithAutoscaler(), rayWorker()]) {
      const { spec } = await create(pod, { ...chosen, ...enforced });
      expect(spec?.containers[0]?.securityContext).to.deep.equal(hardened);
    }
  });

  it('fills nothing in a namespace that does not ask for it', async () => {
    expect(outcomeOf(await create(plainPod('app'), {}))).to.deep.equal(nothing);
  });

  it('fills a sidecar that a webhook injects', async () => {
    const value = container('sidecar');
    const injector = await startInjector(cluster(), (pod) =>
      pod.spec?.containers.length === 1 ? [{ op: 'add', path: '/spec/containers/-', value }] : [],
    );
    try {
      const { spec } = await create(plainPod('app'), { ...chosen, ...injected });
      expect(spec?.containers.map(({ securityContext }) => securityContext)).to.deep.equal([hardened, hardened]);
    } finally {
      await injector.close();
    }
  });

  it('leaves pod-hardener nothing to fill, and nothing to tell, in a namespace with both labels', async () => {
    const both = await create(plainPod('app'), { ...chosen, ...optedIn });
    expect(outcomeOf(both)).to.deep.equal(everything);
    expect(both.metadata?.annotations).to.equal(undefined);
  });

  for (const [title, { pod, policy, podHardener }] of Object.entries(differences)) {
    it(`${title}, unlike pod-hardener`, async () => {
      expect(outcomeOf(await create(pod, chosen)), 'the policy').to.deep.equal(policy);
      expect(outcomeOf(await create(pod, optedIn)), 'pod-hardener').to.deep.equal(podHardener);
    });
  }

  it('fills no ephemeral container, unlike pod-hardener', async () => {
    expect(await debug(chosen)).to.equal(undefined);
    expect(await debug(optedIn)).to.deep.equal(hardened);
  });

  it('tells neither the pod nor the audit log what it filled and left, unlike pod-hardener', async () => {
    const pod = withContext({ runAsUser: 0 });
    const keys = async (labels: Record<string, string>) => {
      const namespace = await cluster().createNamespace('team', { labels });
      const { pod: created, auditId } = await cluster().createPod(namespace, pod);
      const { annotations = {} } = await cluster().auditEvent(auditId);
      const others = /^(authorization\.k8s|pod-security\.kubernetes)\.io\//;
      const audit = Object.keys(annotations).filter((key) => !others.test(key));
      return { pod: Object.keys(created.metadata?.annotations ?? {}), audit };
    };
    expect(await keys(chosen)).to.deep.equal({ pod: [], audit: [] });
    const ours = await keys(optedIn);
    expect(ours.pod).to.deep.equal(['pod-hardener.io/filled']);
    expect(ours.audit).to.include.members(['pods.pod-hardener.io/filled', 'pods.pod-hardener.io/left']);
  });

  it('warns nobody about what keeps a pod from `restricted`, unlike pod-hardener', async () => {
    const warnings = async (labels: Record<string, string>) => {
      const namespace = await cluster().createNamespace('team', { labels });
      return (await cluster().createPod(namespace, plainPod('app', { hostPID: true }))).warnings;
    };
    expect(await warnings(chosen)).to.deep.equal([]);
    expect(await warnings(optedIn)).to.deep.equal([
      'pod-hardener: short of restricted: host namespaces (hostPID=true)',
    ]);
  });
});

/** Creates the pod in a new namespace with the labels, and answers with what is stored. */
async function create(pod: V1Pod, labels: Record<string, string>): Promise<V1Pod> {
  const namespace = await cluster().createNamespace('team', { labels });
  const { message, pod: created } = await cluster().createPod(namespace, pod);
  expect(message).to.equal('');
  return cluster().getPod(namespace, created.metadata?.name);
}

/** Every securityContext of the pod. An empty one says as much as none. */
function securityOf({ spec }: V1Pod) {
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  return [spec?.securityContext, ...containers.map(({ securityContext }) => securityContext)].map(orUnset);
}

function outcomeOf({ spec }: V1Pod): Outcome {
  return {
    podLevel: orUnset(spec?.securityContext),
    containerLevel: orUnset(spec?.containers[0]?.securityContext),
  };
}

function orUnset<T extends object>(context: T | undefined): T | typeof unset {
  return context === undefined || Object.keys(context).length === 0 ? unset : context;
}

function withContext(securityContext: NonNullable<V1PodSpec['containers'][0]['securityContext']>): V1Pod {
  return plainPod('app', { containers: [container('app', { securityContext })] });
}

/** The securityContext of an ephemeral container that is added to a pod. */
async function debug(labels: Record<string, string>) {
  const namespace = await cluster().createNamespace('team', { labels });
  expect((await cluster().createPod(namespace, plainPod('app'))).message).to.equal('');
  const path = `/api/v1/namespaces/${namespace}/pods/app/ephemeralcontainers`;
  const body = { spec: { ephemeralContainers: [{ name: 'debugger', image: 'registry.example/debug:1' }] } };
  const options = { contentType: 'application/strategic-merge-patch+json' };
  const { pod, message } = toPodAnswer(await cluster().api.request('PATCH', path, body, options));
  expect(message).to.equal('');
  return pod.spec?.ephemeralContainers?.[0]?.securityContext;
}
