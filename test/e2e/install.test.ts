import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1MutatingWebhookConfiguration } from '@kubernetes/client-node';
import { expect } from 'chai';
import { optedIn } from './cluster.ts';
import { users } from './controlPlane.ts';
import { plainPod } from './pods.ts';
import { rightsIn, serviceAccountToken } from './rights.ts';
import {
  anyCaBundle,
  configurationPath,
  installYaml,
  linesOf,
  manifests,
  openSite,
  ownNamespace,
  type Site,
} from './site.ts';
import { until } from './until.ts';

const components = [
  'annotation-opt-in',
  'cert-manager',
  'evidence',
  'fail-closed',
  'grafana',
  'mutual-tls',
  'namespace-advice',
  'network-policy',
  'opt-in-guard',
  'prometheus',
  'workload-advice',
];

describe('an installation', () => {
  let site: Site;

  before(async function () {
    this.timeout(900_000);
    site = await openSite();
  });

  after(() => site?.stop());
  afterEach(() => site.uninstall());

  /** What changes when one of the objects changes. */
  async function versions(...target: readonly string[]): Promise<readonly string[]> {
    const path = '{range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{"\\n"}{end}';
    return linesOf(await site.kubectl(['get', ...target, `--output=jsonpath=${path}`])).toSorted();
  }

  const sets = [['default'], ['ha'], ['dev'], ...components.map((one) => ['default', one]), ['ha', ...components]];
  for (const [overlay = '', ...added] of sets) {
    const name = added.length > 1 ? 'every component' : added[0];
    it(`of the overlay ${overlay} with ${name ?? 'no component'} is taken without a warning, and once for all`, async function () {
      // Each step is a process of its own.
      this.timeout(180_000);
      const folder = await site.kustomization(overlay, ...added);
      const said = await site.apply([], '-k', folder);
      expect(said.filter((line) => !line.endsWith(' created'))).to.deep.equal([]);
      const created = await versions('-k', folder);
      expect(created).to.have.length(said.length);
      await site.apply([], '-k', folder);
      expect(await versions('-k', folder)).to.deep.equal(created);
      // Who manages which field is written down anew the first time.
      await site.apply(['--server-side'], '-k', folder);
      const managed = await versions('-k', folder);
      await site.apply(['--server-side'], '-k', folder);
      expect(await versions('-k', folder)).to.deep.equal(managed);
    });
  }

  it('by install.yaml is the same as by the overlay `default`', async () => {
    await site.apply([], '-f', installYaml);
    const before = await versions('-f', installYaml);
    await site.apply([], '-k', join(manifests, 'overlays/default'));
    expect(await versions('-k', join(manifests, 'overlays/default'))).to.deep.equal(before);
  });

  for (const flags of [[], ['--server-side']]) {
    it(`keeps certificate and CA bundle in an upgrade by kubectl apply ${flags}`, async () => {
      await site.apply(flags, '-f', installYaml);
      const data = { 'tls.crt': 'bGVhZg==', 'tls.key': 'a2V5' };
      const caBundle = await anyCaBundle();
      await site.writeAsReplica(data, caBundle);

      const next = join(site.folder, 'next.yaml');
      const text = await readFile(installYaml, 'utf8');
      await writeFile(next, text.replace('timeoutSeconds: 3\n', 'timeoutSeconds: 2\n'));
      const said = await site.apply(flags, '-f', next);
      expect(said.join()).not.to.include('arning');

      expect(await site.kept()).to.deep.equal({ data, caBundle, timeoutSeconds: 2 });
    });
  }

  const seesNamespaces = { verbs: ['get', 'list', 'watch'], resource: 'namespaces' };

  it('gives its ServiceAccount the rights it needs, by name, and no others', async () => {
    await site.apply([], '-f', installYaml);
    const token = await serviceAccountToken(site.api);
    const everywhere = [
      {
        verbs: ['get', 'list', 'watch', 'patch'],
        resource: 'mutatingwebhookconfigurations.admissionregistration.k8s.io',
        names: ['pod-hardener'],
      },
      seesNamespaces,
    ];
    const atHome = [
      ...everywhere,
      { verbs: ['get', 'list', 'watch', 'patch'], resource: 'secrets', names: ['pod-hardener-tls'] },
    ];
    expect(await rightsIn(site.api, token, 'kube-system')).to.deep.equal(everywhere);
    expect(await rightsIn(site.api, token, ownNamespace)).to.deep.equal(atHome);
  });

  it('gives its ServiceAccount no more rights for advice', async () => {
    await site.apply([], '-k', await site.kustomization('default'));
    const before = await rightsIn(site.api, await serviceAccountToken(site.api), ownNamespace);
    await site.apply([], '-k', await site.kustomization('default', 'namespace-advice', 'workload-advice'));
    const after = await rightsIn(site.api, await serviceAccountToken(site.api), ownNamespace);
    expect(after).to.deep.equal(before);
  });

  it('with annotations gives advice on workloads in namespaces without a label, too', async () => {
    await site.apply([], '-k', await site.kustomization('default', 'annotation-opt-in', 'workload-advice'));
    const { body } = await site.api.request('GET', configurationPath);
    const { webhooks = [] } = body as unknown as V1MutatingWebhookConfiguration;
    const [pods, workloads] = webhooks.map(({ namespaceSelector }) => namespaceSelector);
    expect(webhooks.map(({ name }) => name)).to.deep.equal(['pods.pod-hardener.io', 'workloads.pod-hardener.io']);
    expect(workloads).to.deep.equal(pods);
    expect(workloads?.matchExpressions?.map(({ key }) => key)).to.deep.equal(['kubernetes.io/metadata.name']);
  });

  it('lets its ServiceAccount list its own Secret by name, and not the others beside it', async () => {
    await site.apply([], '-f', installYaml);
    const token = await serviceAccountToken(site.api);
    const list = `/api/v1/namespaces/${ownNamespace}/secrets`;
    const byName = `${list}?fieldSelector=metadata.name%3Dpod-hardener-tls`;
    const one = await site.api.request('GET', byName, undefined, { token });
    const all = await site.api.request('GET', list, undefined, { token });
    expect([one.status, all.status]).to.deep.equal([200, 403]);
  });

  it('with cert-manager gives its ServiceAccount nothing but the sight of namespaces', async () => {
    await site.apply([], '-k', await site.kustomization('default', 'cert-manager'));
    const token = await serviceAccountToken(site.api);
    expect(await rightsIn(site.api, token, ownNamespace)).to.deep.equal([seesNamespaces]);
  });

  it('with evidence gives its ServiceAccount the sight of pods, Events, one ConfigMap and one Lease, and no more', async () => {
    await site.apply([], '-k', await site.kustomization('default', 'cert-manager', 'evidence'));
    const token = await serviceAccountToken(site.api);
    const everywhere = [
      { verbs: ['create'], resource: 'events' },
      seesNamespaces,
      { verbs: ['list', 'watch'], resource: 'pods' },
    ];
    expect(await rightsIn(site.api, token, 'kube-system')).to.deep.equal(everywhere);
    const name = ['pod-hardener-evidence'];
    expect(await rightsIn(site.api, token, ownNamespace)).to.deep.equal([
      { verbs: ['get', 'patch'], resource: 'configmaps', names: name },
      { verbs: ['create'], resource: 'events' },
      { verbs: ['get', 'patch'], resource: 'leases.coordination.k8s.io', names: name },
      seesNamespaces,
      { verbs: ['list', 'watch'], resource: 'pods' },
    ]);
  });

  for (const added of [[], ['cert-manager', 'mutual-tls'], ['evidence']]) {
    it(`has pods that its own namespace admits without a warning, with ${added.join(', ') || 'no'} components`, async () => {
      await site.apply([], '-k', await site.kustomization('default', ...added));
      const { status, warnings, body } = await site.createOwnPod();
      expect([status, warnings, body.message]).to.deep.equal([201, [], undefined]);
    });
  }

  it('lets pods be created while no replica runs', async () => {
    await site.apply([], '-f', installYaml);
    await until('a pod is let through', async () => {
      const { status, auditId } = await site.createPodIn('open', optedIn);
      expect(status).to.equal(201);
      const { annotations = {} } = await site.auditEvent(auditId);
      return annotations['failed-open.mutation.webhook.admission.k8s.io/round_0_index_0'] === 'pods.pod-hardener.io';
    });
  });

  it('that fails closed refuses pods of opted-in namespaces only, and lets itself and the cluster start', async () => {
    await site.apply([], '-k', await site.kustomization('default', 'fail-closed'));
    await until('the webhook is in force', async () => (await site.createPodIn('closed', optedIn)).status === 500);
    expect((await site.createPodIn('free')).status).to.equal(201);
    expect((await site.createPodIn('kube-system', optedIn)).status).to.equal(201);
    const mirror = plainPod('static-node1', { nodeName: 'node1' }, { 'kubernetes.io/config.mirror': 'a1b2c3' });
    const mirrored = await site.api.request('POST', '/api/v1/namespaces/closed/pods', mirror, users.node);
    expect(mirrored.status).to.equal(201);
    // Somebody may opt our own namespace in by mistake.
    await site.label(ownNamespace, optedIn);
    expect((await site.createOwnPod()).status).to.equal(201);
    const joined = await site.api.request('POST', '/api/v1/nodes', { metadata: { name: 'node1' } });
    const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
    const leased = await site.api.request('POST', leases, { metadata: { name: 'node1' } });
    expect([joined.status, leased.status]).to.deep.equal([201, 201]);
    // The emergency exit.
    await site.kubectl(['delete', 'mutatingwebhookconfiguration', 'pod-hardener']);
    await until('the webhook is forgotten', async () => (await site.createPodIn('closed', optedIn)).status === 201);
  });

  it('with annotations asks about namespaces without a label', async () => {
    await site.apply([], '-k', await site.kustomization('default', 'annotation-opt-in', 'fail-closed'));
    await until('the webhook is in force', async () => (await site.createPodIn('unlabelled')).status === 500);
    expect((await site.createOwnPod()).status).to.equal(201);
  });

  it('is gone without a rest when the webhook configuration and then its manifests are deleted', async () => {
    await site.apply([], '-f', installYaml);
    await site.uninstall();
    const left = await site.kubectl(['get', '-f', installYaml, '--ignore-not-found', '--output=name']);
    expect(linesOf(left)).to.deep.equal([]);
  });
});
