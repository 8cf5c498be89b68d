import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { users } from '../../../test/e2e/controlPlane.ts';
import { readPolicy } from '../../../test/e2e/fillPolicy.ts';
import { freePort } from '../../../test/e2e/freePort.ts';
import { type GoModule, goModuleVersion, goProgram, goSource } from '../../goPrograms.ts';
import type { Engine } from './engine.ts';
import { applyAll, applyAsSoonAsTaken, type KubernetesObject } from './objects.ts';

const module: GoModule = {
  name: 'kyverno',
  packages: { kyverno: 'github.com/kyverno/kyverno/cmd/kyverno' },
  versionOf: 'github.com/kyverno/kyverno',
  linkerFlags: () => [],
  instead: 'leave out `--with kyverno`',
};
const namespace = 'kyverno';
const name = 'kyverno-admission-controller';

/** Kyverno's admission controller, with what its chart gives it by default. */
export const kyverno: Engine = {
  name: 'kyverno',
  title: `Kyverno ${await goModuleVersion(module)}`,
  async start(cluster, { labels, say }) {
    const program = await goProgram(module, 'kyverno', process.env, say);
    await applyAll(cluster, [...(await readDefinitions()), ...installation]);
    const port = await freePort();
    const account = (controller: string) => `system:serviceaccount:${namespace}:kyverno-${controller}-controller`;
    const server = cluster.processes.start(
      program,
      [
        ...['--kubeconfig', await cluster.kubeconfig(users.admin.token), '--serverIP', `127.0.0.1:${port}`],
        ...['--webhookServerHost', '127.0.0.1', '--webhookServerPort', `${port}`],
        ...['--cleanupServerHost', '127.0.0.1', '--cleanupServerPort', `${await freePort()}`],
        ...['--metricsHost', '127.0.0.1', '--metricsPort', `${await freePort()}`],
        ...['--controllerRuntimeMetricsAddress', `127.0.0.1:${await freePort()}`],
        ...['--caSecretName', 'kyverno-ca', '--tlsSecretName', 'kyverno-tls'],
        ...['--backgroundServiceAccountName', account('background')],
        ...['--reportsServiceAccountName', account('reports')],
        ...['--omitEvents', 'PolicyApplied,PolicySkipped', '--loggingFormat', 'text', '-v', '2'],
      ],
      {
        env: {
          ...process.env,
          KYVERNO_NAMESPACE: namespace,
          KYVERNO_POD_NAME: 'kyverno',
          KYVERNO_DEPLOYMENT: name,
          KYVERNO_SERVICEACCOUNT_NAME: name,
          KYVERNO_ROLE_NAME: 'kyverno:admission-controller',
          KYVERNO_SVC: 'kyverno-svc',
          INIT_CONFIG: 'kyverno',
          METRICS_CONFIG: 'kyverno-metrics',
        },
      },
    );
    await applyAsSoonAsTaken(cluster, server, [await policyFor(labels)]);
    return { process: server };
  },
};

async function readDefinitions(): Promise<readonly KubernetesObject[]> {
  const folder = await goSource(module, 'config/crds', process.env);
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.yaml'));
  return Promise.all(files.map(async (file) => parse(await readFile(join(folder, file), 'utf8'))));
}

/** What it looks for in the cluster that it is installed in. */
const installation: readonly KubernetesObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kyverno', namespace },
    data: {
      enableDefaultRegistryMutation: 'true',
      defaultRegistry: 'docker.io',
      excludeGroups: 'system:nodes',
      resourceFilters: '[Event,*,*] [*/*,kube-system,*] [Node,*,*] [Binding,*,*] [Pod/binding,*,*] [*/*,kyverno,*]',
    },
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kyverno-metrics', namespace } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name, image: name }] } },
    },
  },
];

interface PolicyObject {
  readonly spec: { readonly matchConstraints: object };
}

/** The MutatingAdmissionPolicy of examples/, which a policy of Kyverno can take over word by word. */
async function policyFor(labels: Readonly<Record<string, string>>): Promise<KubernetesObject> {
  const [policy] = (await readPolicy()).map(({ object }) => object as KubernetesObject & PolicyObject);
  if (policy === undefined) throw new Error('examples/mutating-admission-policy.yaml has no policy');
  const { matchConstraints, ...spec } = policy.spec;
  return {
    apiVersion: 'policies.kyverno.io/v1',
    kind: 'MutatingPolicy',
    metadata: { name: 'fill-restricted' },
    spec: {
      ...spec,
      // A pod that it fails at shall not be taken for one that it let through.
      failurePolicy: 'Fail',
      matchConstraints: { ...matchConstraints, namespaceSelector: { matchLabels: labels } },
    },
  };
}
