import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1Deployment, V1MutatingWebhookConfiguration, V1Role } from '@kubernetes/client-node';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { rightsIn, serviceAccountToken } from './rights.ts';
import { anyCaBundle, manifests, openSite, ownNamespace, type Site } from './site.ts';
import { createHelm, type Tool } from './tools.ts';

interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

const chart = join(manifests, 'chart');
const configurationPage = () => readFileSync(join(manifests, '../docs/configuration.md'), 'utf8');
const inNamespace = ['--namespace', ownNamespace];

/** Values of the chart, and the component that is the same. */
const twins = {
  'tls.mode=certManager': 'cert-manager',
  'webhook.failurePolicy=Fail': 'fail-closed',
  'optIn=annotation': 'annotation-opt-in',
  'mutualTLS.clientCAConfigMap=pod-hardener-client-ca': 'mutual-tls',
  'configuration.defaults.mode=fill': 'configuration',
  'networkPolicy.enabled=true': 'network-policy',
  'serviceMonitor.enabled=true,prometheusRule.enabled=true': 'prometheus',
  'grafana.enabled=true': 'grafana',
  'optInGuard.enabled=true': 'opt-in-guard',
  'evidence.enabled=true': 'evidence',
  'namespaceAdvice.enabled=true': 'namespace-advice',
  'workloadAdvice.enabled=true': 'workload-advice',
} as const;

const everything = Object.keys(twins).flatMap((value) => ['--set', value]);

describe('the Helm chart', () => {
  let site: Site;
  let helm: Tool;

  before(async function () {
    this.timeout(900_000);
    site = await openSite();
    helm = await createHelm(site);
  });

  after(() => site?.stop());

  for (const [value, component] of [['replicaCount=2'], ...Object.entries(twins)]) {
    it(`makes with ${value} what kustomize makes with ${component ?? 'no component'}`, async () => {
      const templated = await helm(['template', 'pod-hardener', chart, ...inNamespace, '--set', value ?? '']);
      const folder = await site.kustomization('default', ...(component === undefined ? [] : [component]));
      const kustomized = await site.kubectl(['kustomize', folder]);
      // Helm leaves the namespace to those who install.
      const { 'Namespace pod-hardener-system': _, ...expected } = objectsOf(kustomized);
      expect(objectsOf(templated)).to.deep.equal(expected);
    });
  }

  it('is given the same configuration file as a folder of settings gives kustomize', async () => {
    const text = 'apiVersion: pod-hardener.io/v1alpha1\nkind: Configuration\ndefaults:\n  run-as-user: 1000000\n';
    const folder = await site.kustomization('default', 'configuration');
    const [, example = ''] = /`settings\/kustomization.yaml`:\n\n```yaml\n(.*?)```/s.exec(configurationPage()) ?? [];
    await mkdir(join(folder, 'settings'));
    await writeFile(join(folder, 'settings', 'kustomization.yaml'), example);
    await writeFile(join(folder, 'settings', 'config.yaml'), text);
    const lists = JSON.parse(await readFile(join(folder, 'kustomization.yaml'), 'utf8'));
    const components = [...lists.components, 'settings'];
    await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify({ ...lists, components }));
    const kustomized = objectsOf(await site.kubectl(['kustomize', folder]))['ConfigMap pod-hardener-config'];
    const values = ['--set', 'configuration.defaults.run-as-user=1000000'];
    const templated = objectsOf(await helm(['template', 'pod-hardener', chart, ...inNamespace, ...values]));
    expect(kustomized).to.deep.include({ data: { 'config.yaml': text } });
    expect(templated['ConfigMap pod-hardener-config']).to.deep.equal(kustomized);
  });

  it('by another name in another namespace tells the program so, and spares that namespace', async () => {
    const objects = objectsOf(await helm(['template', 'filler', chart, '--namespace', 'elsewhere']));
    const deployment = objects['Deployment filler-pod-hardener'] as V1Deployment;
    expect(deployment.spec?.template.spec?.containers[0]?.env).to.deep.equal([
      { name: 'PODHARDENER_WEBHOOK_NAME', value: 'filler-pod-hardener' },
      { name: 'PODHARDENER_SERVICE_NAME', value: 'filler-pod-hardener' },
      { name: 'PODHARDENER_SECRET_NAME', value: 'filler-pod-hardener-tls' },
    ]);
    const configuration = objects['MutatingWebhookConfiguration filler-pod-hardener'] as V1MutatingWebhookConfiguration;
    const [webhook] = configuration.webhooks ?? [];
    expect(webhook?.clientConfig.service).to.include({ namespace: 'elsewhere', name: 'filler-pod-hardener' });
    const spared = webhook?.namespaceSelector?.matchExpressions?.find(({ operator }) => operator === 'NotIn')?.values;
    expect(spared).to.deep.equal(['kube-system', 'kube-node-lease', 'kube-public', 'elsewhere']);
    const names = ['ClusterRole', 'Role'].map((kind) => {
      const { rules } = objects[`${kind} filler-pod-hardener`] as V1Role;
      return rules?.flatMap(({ resourceNames = [] }) => resourceNames);
    });
    expect(names).to.deep.equal([['filler-pod-hardener'], ['filler-pod-hardener-tls']]);
  });

  it('asks for advice about the kinds that it is told, where it asks about pods, with the CA bundle that it is told', async () => {
    const values = {
      'workloadAdvice.enabled=true,namespaceAdvice.enabled=true,optIn=annotation': '--set',
      'workloadAdvice.resources=[{"apiGroups":["a.example"],"apiVersions":["v2"],"resources":["things"]}]':
        '--set-json',
      'tls.mode=existingSecret,tls.secretName=mine,tls.caBundle=Y2E=': '--set',
    };
    const args = Object.entries(values).flatMap(([value, flag]) => [flag, value]);
    const objects = objectsOf(await helm(['template', 'pod-hardener', chart, ...inNamespace, ...args]));
    const configuration = objects['MutatingWebhookConfiguration pod-hardener'] as V1MutatingWebhookConfiguration;
    const [pods, namespaces, workloads] = configuration.webhooks ?? [];
    expect(workloads?.rules).to.deep.equal([
      {
        ...{ operations: ['CREATE', 'UPDATE'], apiGroups: ['a.example'], apiVersions: ['v2'] },
        ...{ resources: ['things'], scope: 'Namespaced' },
      },
    ]);
    expect(workloads?.namespaceSelector).to.deep.equal(pods?.namespaceSelector);
    const bundles = [pods, namespaces, workloads].map((webhook) => webhook?.clientConfig.caBundle);
    expect(bundles).to.deep.equal(['Y2E=', 'Y2E=', 'Y2E=']);
  });

  const wrong = {
    'optIn=labels': "at '/optIn': value must be one of 'label', 'annotation'",
    'configuration.profile.name=web': "additional properties 'profile' not allowed",
    'replicas=3': "additional properties 'replicas' not allowed",
    'webhook.timeoutSeconds=30': "at '/webhook/timeoutSeconds': maximum: got 30, want 5",
    'terminationGracePeriodSeconds=10': "at '/terminationGracePeriodSeconds': minimum: got 10, want 20",
    'tls.mode=existingSecret': "at '/tls/secretName': minLength: got 0, want 1",
    'workloadAdvice.resources[0].resources={*}': "'*' does not match pattern",
    'webhook.excludedNamespaces={kube-public}': "value must be 'kube-system'",
  };
  for (const [value, complaint] of Object.entries(wrong)) {
    it(`refuses ${value} with a reason`, async () => {
      const said = await helm(['template', 'pod-hardener', chart, '--set', value]).catch(
        (error: Error) => error.message,
      );
      expect(said).to.include(complaint);
    });
  }

  it('is applied by kubectl with everything switched on, without a warning', async () => {
    const templated = await helm(['template', 'pod-hardener', chart, ...inNamespace, ...everything]);
    await site.kubectl(['create', 'namespace', ownNamespace]);
    const file = join(site.folder, 'templated.yaml');
    await writeFile(file, templated);
    const said = await site.apply([], '-f', file);
    expect(said.filter((line) => !line.endsWith(' created'))).to.deep.equal([]);
    await site.uninstall();
  });

  describe('once it is installed', () => {
    const release = ['pod-hardener', chart, ...inNamespace];

    beforeEach(() => helm(['install', ...release, '--create-namespace']));

    afterEach(async () => {
      await helm(['uninstall', 'pod-hardener', ...inNamespace, '--ignore-not-found']);
      await site.kubectl(['delete', 'namespace', ownNamespace, '--wait=false']);
      await site.finishNamespace(ownNamespace);
    });

    it('has pods that pass restricted', async () => {
      await site.label(ownNamespace, { 'pod-security.kubernetes.io/enforce': 'restricted' });
      const { status, warnings } = await site.createOwnPod();
      expect([status, warnings]).to.deep.equal([201, []]);
    });

    it('gives its ServiceAccount the rights that install.yaml gives', async () => {
      const token = await serviceAccountToken(site.api);
      const rights = await rightsIn(site.api, token, ownNamespace);
      expect(rights.map(({ resource, names }) => [resource, names])).to.deep.equal([
        ['mutatingwebhookconfigurations.admissionregistration.k8s.io', ['pod-hardener']],
        ['namespaces', undefined],
        ['secrets', ['pod-hardener-tls']],
      ]);
    });

    it('keeps certificate and CA bundle in an upgrade', async () => {
      const data = { 'tls.crt': 'bGVhZg==', 'tls.key': 'a2V5' };
      const caBundle = await anyCaBundle();
      await site.writeAsReplica(data, caBundle);
      await helm(['upgrade', ...release, '--set', 'webhook.timeoutSeconds=2']);
      expect(await site.kept()).to.deep.equal({ data, caBundle, timeoutSeconds: 2 });
    });

    it('is gone without a rest after helm uninstall, the webhook configuration first', async () => {
      const made = objectsOf(await helm(['get', 'manifest', 'pod-hardener', ...inNamespace]));
      const said = await helm(['uninstall', 'pod-hardener', ...inNamespace, '--debug']);
      const deleted = [...said.matchAll(/starting delete resource.* name=(\S+) kind=(\S+)/g)];
      expect(deleted.map(([, name, kind]) => `${kind} ${name}`)).to.have.members(Object.keys(made));
      expect(deleted[0]?.[2]).to.equal('MutatingWebhookConfiguration');
      const left = await site.kubectl(['get', 'all,secret,serviceaccount,role,pdb', ...inNamespace, '--output=name']);
      expect(left).to.equal('');
    });
  });
});

/** The objects of a text by kind and name, without the labels that differ between Helm and kustomize. */
function objectsOf(text: string): Readonly<Record<string, unknown>> {
  const objects = parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject | null);
  return Object.fromEntries(
    objects
      .filter((object) => object !== null)
      .map((object) => [`${object.kind} ${object.metadata.name}`, plain(object)]),
  );
}

const toolLabels = ['app.kubernetes.io/version', 'app.kubernetes.io/managed-by', 'helm.sh/chart'];

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, part) => (toolLabels.includes(key) ? undefined : part)));
}
