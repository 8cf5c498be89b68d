import { mkdtempSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import { expect } from 'chai';
import { issueCertificates } from '../../src/certificates/issue.ts';
import { expectSuccess, mergePatch } from './cluster.ts';
import { type ControlPlane, startControlPlane } from './controlPlane.ts';
import { customResourceDefinitions } from './customResources.ts';
import { plainPod } from './pods.ts';
import { rightsIn, serviceAccountToken } from './rights.ts';
import { createKubectl, type Tool } from './tools.ts';
import { until } from './until.ts';

const manifests = fileURLToPath(new URL('../../manifests', import.meta.url));
const installYaml = join(manifests, 'install.yaml');
const namespace = 'pod-hardener-system';
/** Any certificate will do: the API server only looks whether it is one. */
const caBundle = Buffer.from((await issueCertificates({ hosts: ['a'], now: new Date(), days: 1 })).caCert).toString(
  'base64',
);
const secretPath = `/api/v1/namespaces/${namespace}/secrets/pod-hardener-tls`;
const configurationPath = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/pod-hardener';

/** One thing that is applied: by itself, or an overlay with components. */
interface Installation {
  readonly overlay: string;
  readonly components?: readonly string[];
}

const installations: readonly Installation[] = [
  { overlay: 'default' },
  { overlay: 'ha' },
  { overlay: 'dev' },
  ...[
    'annotation-opt-in',
    'cert-manager',
    'fail-closed',
    'mutual-tls',
    'network-policy',
    'opt-in-guard',
    'prometheus',
  ].map((component) => ({ overlay: 'default', components: [component] })),
  {
    overlay: 'ha',
    components: [
      ...['cert-manager', 'fail-closed', 'annotation-opt-in', 'mutual-tls'],
      ...['network-policy', 'opt-in-guard', 'prometheus'],
    ],
  },
];

describe('an installation', () => {
  let controlPlane: ControlPlane;
  let kubectl: Tool;

  before(async function () {
    this.timeout(900_000);
    const assets = process.env.KUBEBUILDER_ASSETS;
    if (assets === undefined) throw new Error('run these tests by `npm run e2e`');
    controlPlane = await startControlPlane(assets);
    kubectl = await createKubectl(controlPlane);
    await kubectl(['apply', '-f', '-'], customResourceDefinitions);
    await kubectl(['wait', '--for=condition=Established', 'crd', '--all']);
  });

  after(() => controlPlane?.stop());

  afterEach(uninstall);

  let installed: readonly string[] = [];

  async function apply(how: readonly string[], ...target: readonly string[]): Promise<readonly string[]> {
    installed = target;
    return lines(await kubectl(['apply', '--validate=strict', ...how, ...target]));
  }

  async function uninstall(): Promise<void> {
    await kubectl(['delete', 'mutatingwebhookconfiguration', 'pod-hardener', '--ignore-not-found']);
    await kubectl(['delete', ...installed, '--ignore-not-found', '--wait=false']);
    await finishNamespace();
  }

  /** No controller runs that would. */
  async function finishNamespace(): Promise<void> {
    const path = `/api/v1/namespaces/${namespace}`;
    await until('the namespace is gone', async () => {
      const { status, body } = await controlPlane.api.request('GET', path);
      if (status === 404) return true;
      await controlPlane.api.request('PUT', `${path}/finalize`, { ...body, spec: { finalizers: [] } });
      return false;
    });
  }

  /** The path of a kustomization of the overlay with the components, outside of the repository as a user's would be. */
  async function kustomization({ overlay, components = [] }: Installation): Promise<string> {
    const folder = mkdtempSync(join(controlPlane.folder, 'kustomization-'));
    const from = (path: string) => relative(folder, join(manifests, path));
    const lists = {
      resources: [from(`overlays/${overlay}`)],
      components: components.map((component) => from(`components/${component}`)),
    };
    await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(lists));
    return folder;
  }

  /** What changes when one of the objects changes. */
  async function versions(...target: readonly string[]): Promise<readonly string[]> {
    const path = '{range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{"\\n"}{end}';
    return lines(await kubectl(['get', ...target, `--output=jsonpath=${path}`])).toSorted();
  }

  for (const installation of installations) {
    const name = [`overlay ${installation.overlay}`, ...(installation.components ?? [])].join(' with ');
    it(`of the ${name} is taken by the API server without a warning, and a second time changes nothing`, async () => {
      const folder = await kustomization(installation);
      const said = await apply([], '-k', folder);
      expect(said.filter((line) => !line.endsWith(' created'))).to.deep.equal([]);
      expect(await versions('-k', folder)).to.have.length(said.length);
      for (const how of [[], ['--server-side']]) {
        await apply(how, '-k', folder);
        const before = await versions('-k', folder);
        await apply(how, '-k', folder);
        expect(await versions('-k', folder)).to.deep.equal(before);
      }
    });
  }

  it('by install.yaml is the same as by the overlay `default`', async () => {
    await apply([], '-f', installYaml);
    const before = await versions('-f', installYaml);
    await apply([], '-k', join(manifests, 'overlays/default'));
    expect(await versions('-k', join(manifests, 'overlays/default'))).to.deep.equal(before);
  });

  for (const how of ['client', 'server'] as const) {
    it(`keeps certificate and CA bundle in an upgrade by ${how}-side apply`, async () => {
      const flags = how === 'server' ? ['--server-side'] : [];
      await apply(flags, '-f', installYaml);
      // By the account of the replicas, so its rights suffice for it.
      const token = await serviceAccountToken(controlPlane.api);
      const change = { ...mergePatch, token };
      const data = { 'tls.crt': 'bGVhZg==', 'tls.key': 'a2V5' };
      const written = await controlPlane.api.request('PATCH', secretPath, { data }, change);
      const bundle = [{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: caBundle }];
      const json = { contentType: 'application/json-patch+json', token };
      const injected = await controlPlane.api.request('PATCH', configurationPath, bundle, json);
      expect([written.status, injected.status]).to.deep.equal([200, 200]);

      const next = join(controlPlane.folder, 'next.yaml');
      const text = await readFile(installYaml, 'utf8');
      await writeFile(next, text.replaceAll(':0.1.0', ':0.2.0').replace('timeoutSeconds: 3\n', 'timeoutSeconds: 2\n'));
      const said = await apply(flags, '-f', next);
      expect(said.join()).not.to.include('arning');

      const secret = await controlPlane.api.request('GET', secretPath);
      expect(secret.body.data).to.deep.equal(data);
      const [webhook] = (await controlPlane.api.request('GET', configurationPath)).body.webhooks as readonly {
        readonly timeoutSeconds: number;
        readonly clientConfig: { readonly caBundle?: string };
      }[];
      expect([webhook?.timeoutSeconds, webhook?.clientConfig.caBundle]).to.deep.equal([2, caBundle]);
    });
  }

  it('gives its ServiceAccount the rights it needs, by name, and no others', async () => {
    await apply([], '-f', installYaml);
    const token = await serviceAccountToken(controlPlane.api);
    const everywhere = [
      {
        verbs: ['get', 'list', 'watch', 'patch'],
        resource: 'mutatingwebhookconfigurations.admissionregistration.k8s.io',
        names: ['pod-hardener'],
      },
      { verbs: ['get', 'list', 'watch'], resource: 'namespaces' },
    ];
    const atHome = [
      ...everywhere,
      { verbs: ['get', 'list', 'watch', 'update', 'patch'], resource: 'secrets', names: ['pod-hardener-tls'] },
    ];
    expect(await rightsIn(controlPlane.api, token, 'kube-system')).to.deep.equal(everywhere);
    expect(await rightsIn(controlPlane.api, token, namespace)).to.deep.equal(atHome);
    // A right by name lets its bearer list and watch that one object, and not the others beside it.
    const list = `/api/v1/namespaces/${namespace}/secrets`;
    const one = await controlPlane.api.request(
      'GET',
      `${list}?fieldSelector=metadata.name%3Dpod-hardener-tls`,
      undefined,
      { token },
    );
    const all = await controlPlane.api.request('GET', list, undefined, { token });
    expect([one.status, all.status]).to.deep.equal([200, 403]);
  });

  it('with cert-manager gives its ServiceAccount nothing but the sight of namespaces', async () => {
    await apply([], '-k', await kustomization({ overlay: 'default', components: ['cert-manager'] }));
    const token = await serviceAccountToken(controlPlane.api);
    const rights = await rightsIn(controlPlane.api, token, namespace);
    expect(rights).to.deep.equal([{ verbs: ['get', 'list', 'watch'], resource: 'namespaces' }]);
  });

  for (const components of [[], ['cert-manager', 'mutual-tls']]) {
    it(`has pods that its own namespace admits at once, ${components.join(' and ') || 'without components'}`, async () => {
      await apply([], '-k', await kustomization({ overlay: 'default', components }));
      const { status, warnings, body } = await createOwnPod();
      expect([status, warnings, body.message]).to.deep.equal([201, [], undefined]);
    });
  }

  it('by default lets pods be created while no replica runs', async () => {
    await apply([], '-f', installYaml);
    expect(await createPodIn('open', { 'pod-hardener.io/profile': 'restricted' })).to.equal(201);
  });

  it('that fails closed refuses pods of opted-in namespaces only, and lets itself and the cluster start', async () => {
    await apply([], '-k', await kustomization({ overlay: 'default', components: ['fail-closed'] }));
    const optedIn = { 'pod-hardener.io/profile': 'restricted' };
    await until('the webhook is in force', async () => (await createPodIn('closed', optedIn)) === 500);
    expect(await createPodIn('free')).to.equal(201);
    expect(await createPodIn('kube-system', optedIn)).to.equal(201);
    // Somebody may opt our own namespace in by mistake.
    await label(namespace, optedIn);
    expect((await createOwnPod()).status).to.equal(201);
    const node = { kind: 'Node', metadata: { name: 'node1' } };
    const lease = { metadata: { name: 'node1', namespace: 'kube-node-lease' } };
    const joined = await controlPlane.api.request('POST', '/api/v1/nodes', node);
    const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
    const leased = await controlPlane.api.request('POST', leases, lease);
    expect([joined.status, leased.status]).to.deep.equal([201, 201]);
    // The emergency exit.
    await kubectl(['delete', 'mutatingwebhookconfiguration', 'pod-hardener']);
    await until('the webhook is forgotten', async () => (await createPodIn('closed', optedIn)) === 201);
  });

  it('with annotations asks about namespaces without a label', async () => {
    const components = ['annotation-opt-in', 'fail-closed'];
    await apply([], '-k', await kustomization({ overlay: 'default', components }));
    await until('the webhook is in force', async () => (await createPodIn('unlabelled')) === 500);
    expect((await createOwnPod()).status).to.equal(201);
  });

  it('is gone without a rest when the webhook configuration and then its manifests are deleted', async () => {
    await apply([], '-f', installYaml);
    await uninstall();
    const left = await kubectl(['get', '-f', installYaml, '--ignore-not-found', '--output=name']);
    expect(lines(left)).to.deep.equal([]);
  });

  /** A pod of the Deployment that is installed, as its controller would create it. */
  async function createOwnPod() {
    const text = await kubectl(['get', 'deployment', 'pod-hardener', `--namespace=${namespace}`, '--output=json']);
    const { template } = (JSON.parse(text) as V1Deployment).spec as { readonly template: V1Pod };
    const pod = { ...template, metadata: { ...template.metadata, generateName: 'pod-hardener-' } };
    return controlPlane.api.request('POST', `/api/v1/namespaces/${namespace}/pods`, pod);
  }

  /** The status with which a plain pod is answered in the namespace, which is made with the labels if it is not there. */
  async function createPodIn(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const { api } = controlPlane;
    await api.request('POST', '/api/v1/namespaces', { metadata: { name, labels } });
    await api.request('POST', `/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: 'default' } });
    await label(name, labels);
    const { metadata: _, ...pod } = plainPod('app');
    const path = `/api/v1/namespaces/${name}/pods`;
    return (await api.request('POST', path, { ...pod, metadata: { generateName: 'app-' } })).status;
  }

  async function label(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
    expectSuccess(
      await controlPlane.api.request('PATCH', `/api/v1/namespaces/${name}`, { metadata: { labels } }, mergePatch),
    );
  }
});

function lines(text: string): readonly string[] {
  return text.split('\n').filter(Boolean);
}
