import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { users } from '../../../test/e2e/controlPlane.ts';
import { freePort } from '../../../test/e2e/freePort.ts';
import { writeCertificate } from '../../../test/e2e/webhook.ts';
import { type GoModule, goModuleVersion, goProgram, goSource } from '../../goPrograms.ts';
import type { Engine } from './engine.ts';
import { applyAll, applyAsSoonAsTaken, type KubernetesObject } from './objects.ts';

const module: GoModule = {
  name: 'gatekeeper',
  packages: { gatekeeper: 'github.com/open-policy-agent/gatekeeper/v3' },
  versionOf: 'github.com/open-policy-agent/gatekeeper/v3',
  linkerFlags: () => [],
  instead: 'leave out `--with gatekeeper`',
};
const namespace = 'gatekeeper-system';
const mutations = 'mutations.gatekeeper.sh/v1';

/** Gatekeeper, with the arguments that its own manifest gives to what answers the API server. */
export const gatekeeper: Engine = {
  name: 'gatekeeper',
  title: `Gatekeeper ${await goModuleVersion(module)}`,
  async start(cluster, { labels, say }) {
    const program = await goProgram(module, 'gatekeeper', process.env, say);
    const manifest = await readFile(await goSource(module, 'deploy/gatekeeper.yaml', process.env), 'utf8');
    const objects = parseAllDocuments(manifest).map((document) => document.toJS() as KubernetesObject);
    await applyAll(cluster, [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      ...objects.filter(({ kind }) => kind === 'CustomResourceDefinition'),
    ]);
    const port = await freePort();
    const folder = await mkdtemp(join(cluster.folder, 'gatekeeper-'));
    const ca = await writeCertificate({ cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') });
    const server = cluster.processes.start(
      program,
      [
        ...['--kubeconfig', await cluster.kubeconfig(users.admin.token), '--debug-use-fake-pod'],
        ...['--host', '127.0.0.1', '--port', `${port}`, '--cert-dir', folder, '--disable-cert-rotation'],
        ...['--health-addr', `127.0.0.1:${await freePort()}`, '--prometheus-port', `${await freePort()}`],
        ...['--operation', 'webhook', '--operation', 'mutation-webhook', `--exempt-namespace=${namespace}`],
        ...['--logtostderr', '--disable-opa-builtin={http.send}'],
      ],
      { env: { ...process.env, POD_NAME: 'gatekeeper', POD_NAMESPACE: namespace } },
    );
    await applyAsSoonAsTaken(cluster, server, rulesFor(labels));
    return { process: server, client: { url: `https://127.0.0.1:${port}/v1/mutate`, ca } };
  },
};

/** Its rules for what the profile `restricted` fills: an object for each field and each list of containers. */
function rulesFor(labels: Readonly<Record<string, string>>): readonly KubernetesObject[] {
  const rule = (kind: string, name: string, location: string, parameters: object): KubernetesObject => ({
    apiVersion: mutations,
    kind,
    metadata: { name },
    spec: {
      applyTo: [{ groups: [''], versions: ['v1'], kinds: ['Pod'] }],
      match: { scope: 'Namespaced', namespaceSelector: { matchLabels: labels } },
      location,
      parameters,
    },
  });
  const assign = (name: string, location: string, value: unknown) =>
    rule('Assign', name, location, {
      assign: { value },
      pathTests: [{ subPath: location, condition: 'MustNotExist' }],
    });
  const perContainer = ['containers', 'initContainers'].flatMap((list) => {
    const name = (field: string) => `${list}-${field}`.toLowerCase();
    const at = (field: string) => `spec.${list}[name:*].securityContext.${field}`;
    return [
      assign(name('runAsNonRoot'), at('runAsNonRoot'), true),
      assign(name('allowPrivilegeEscalation'), at('allowPrivilegeEscalation'), false),
      rule('ModifySet', name('drop'), at('capabilities.drop'), { operation: 'merge', values: { fromList: ['ALL'] } }),
    ];
  });
  return [assign('seccomp-profile', 'spec.securityContext.seccompProfile.type', 'RuntimeDefault'), ...perContainer];
}
