import type { V1Container, V1Pod, V1PodSpec } from '@kubernetes/client-node';
import { expect } from 'chai';
import { cluster, optedIn } from './cluster.ts';
import { container, plainPod } from './pods.ts';
import { startWebhook, type Webhook } from './webhook.ts';

type SecurityContext = NonNullable<V1Container['securityContext']>;

interface Case {
  readonly title: string;
  readonly pod: V1Pod;
  readonly podLevel: V1PodSpec['securityContext'];
  /** What the first container has in the end; undefined if that is nothing. */
  readonly containerLevel: SecurityContext | undefined;
}

const seccompProfile = { type: 'RuntimeDefault' };
const drop = ['ALL'];

const cases: readonly Case[] = [
  {
    title: 'a privileged container, which cannot be kept from escalating',
    pod: withContext({ privileged: true }),
    podLevel: { seccompProfile },
    containerLevel: { privileged: true },
  },
  {
    title: 'a container with CAP_SYS_ADMIN, which cannot be kept from escalating either',
    pod: withContext({ capabilities: { add: ['CAP_SYS_ADMIN'] } }),
    podLevel: { seccompProfile },
    containerLevel: { capabilities: { add: ['CAP_SYS_ADMIN'], drop }, runAsNonRoot: true },
  },
  {
    title: 'a container with SYS_ADMIN, which can',
    pod: withContext({ capabilities: { add: ['SYS_ADMIN'] } }),
    podLevel: { seccompProfile },
    containerLevel: { allowPrivilegeEscalation: false, capabilities: { add: ['SYS_ADMIN'], drop }, runAsNonRoot: true },
  },
  {
    title: 'a container that drops `all` in small letters, which Pod Security does not understand',
    pod: withContext({ capabilities: { drop: ['all'] } }),
    podLevel: { seccompProfile },
    containerLevel: { allowPrivilegeEscalation: false, capabilities: { drop: ['all', 'ALL'] }, runAsNonRoot: true },
  },
  {
    title: 'a container that adds ALL',
    pod: withContext({ capabilities: { add: ['ALL'] } }),
    podLevel: { seccompProfile },
    containerLevel: { allowPrivilegeEscalation: false, capabilities: { add: ['ALL'] }, runAsNonRoot: true },
  },
  {
    title: 'a container that its author runs as root',
    pod: withContext({ runAsUser: 0 }),
    podLevel: { seccompProfile },
    containerLevel: { allowPrivilegeEscalation: false, runAsUser: 0 },
  },
  {
    title: 'a pod in a user namespace of its own',
    pod: plainPod('app', { hostUsers: false }),
    podLevel: { seccompProfile },
    containerLevel: { allowPrivilegeEscalation: false, capabilities: { drop }, runAsNonRoot: true },
  },
  {
    title: "a pod in its node's network",
    pod: plainPod('app', { hostNetwork: true }),
    podLevel: { seccompProfile },
    containerLevel: { allowPrivilegeEscalation: false, capabilities: { drop }, runAsNonRoot: true },
  },
  {
    title: 'a pod whose seccomp profile is a file of its node',
    pod: plainPod('app', { securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'app.json' } } }),
    podLevel: { seccompProfile: { type: 'Localhost', localhostProfile: 'app.json' } },
    containerLevel: { allowPrivilegeEscalation: false, capabilities: { drop }, runAsNonRoot: true },
  },
  {
    title: 'a container with an empty list of capabilities to drop',
    pod: withContext({ capabilities: { drop: [] } }),
    podLevel: { seccompProfile },
    containerLevel: { allowPrivilegeEscalation: false, capabilities: { drop }, runAsNonRoot: true },
  },
  {
    title: 'a container that has a profile of its own in a pod that has none',
    pod: withContext({ seccompProfile }),
    podLevel: {},
    containerLevel: { allowPrivilegeEscalation: false, capabilities: { drop }, runAsNonRoot: true, seccompProfile },
  },
  {
    title: 'a pod that says for all of its containers that they do not run as root',
    pod: plainPod('app', { securityContext: { runAsNonRoot: true } }),
    podLevel: { runAsNonRoot: true, seccompProfile },
    containerLevel: { allowPrivilegeEscalation: false, capabilities: { drop } },
  },
  {
    title: 'a container that does not run as root in a pod that does',
    pod: plainPod('app', {
      securityContext: { runAsUser: 0 },
      containers: [container('app', { securityContext: { runAsUser: 1000 } })],
    }),
    podLevel: { runAsUser: 0, seccompProfile },
    containerLevel: { allowPrivilegeEscalation: false, capabilities: { drop }, runAsNonRoot: true, runAsUser: 1000 },
  },
  {
    title: 'a Windows pod that says so by a node selector',
    pod: plainPod('app', { nodeSelector: { 'kubernetes.io/os': 'windows' } }),
    podLevel: {},
    containerLevel: { runAsNonRoot: true },
  },
  {
    title: 'a Windows pod that says so by an option of its container',
    pod: withContext({ windowsOptions: { runAsUserName: 'ContainerUser' } }),
    podLevel: {},
    containerLevel: { runAsNonRoot: true, windowsOptions: { runAsUserName: 'ContainerUser' } },
  },
  {
    title: 'a Windows pod whose container is an administrator',
    pod: plainPod('app', {
      os: { name: 'windows' },
      securityContext: { windowsOptions: { runAsUserName: 'ContainerAdministrator' } },
    }),
    podLevel: { windowsOptions: { runAsUserName: 'ContainerAdministrator' } },
    containerLevel: undefined,
  },
  {
    title: 'a Windows pod that is a process of its host',
    pod: plainPod('app', {
      os: { name: 'windows' },
      hostNetwork: true,
      securityContext: { windowsOptions: { hostProcess: true, runAsUserName: 'NT AUTHORITY\\SYSTEM' } },
    }),
    podLevel: { windowsOptions: { hostProcess: true, runAsUserName: 'NT AUTHORITY\\SYSTEM' } },
    containerLevel: undefined,
  },
];

describe('the API server accepts, and stores as it should be,', () => {
  let webhook: Webhook;
  let namespace: string;

  before(async () => {
    webhook = await startWebhook(cluster());
    namespace = await cluster().createNamespace('odd', { labels: optedIn });
  });

  after(() => webhook.close());

  for (const { title, pod, podLevel, containerLevel } of cases) {
    it(title, async () => {
      const answer = await cluster().createPod(namespace, pod, { dryRun: true });
      expect(answer.message).to.equal('');
      expect(answer.pod.spec?.securityContext).to.deep.equal(podLevel);
      expect(answer.pod.spec?.containers[0]?.securityContext).to.deep.equal(containerLevel);
    });
  }
});

function withContext(securityContext: SecurityContext): V1Pod {
  return plainPod('app', { containers: [container('app', { securityContext })] });
}
