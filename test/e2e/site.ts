import { mkdtempSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { V1Deployment, V1MutatingWebhookConfiguration, V1Pod } from '@kubernetes/client-node';
import { issueCertificates } from '../../src/certificates/issue.ts';
import type { ApiAnswer } from './apiClient.ts';
import { expectSuccess, mergePatch } from './cluster.ts';
import { type ControlPlane, startControlPlane } from './controlPlane.ts';
import { customResourceDefinitions } from './customResources.ts';
import { plainPod } from './pods.ts';
import { serviceAccountToken } from './rights.ts';
import { createKubectl, type Tool } from './tools.ts';
import { until } from './until.ts';

export const manifests = fileURLToPath(new URL('../../manifests', import.meta.url));
export const installYaml = join(manifests, 'install.yaml');
export const ownNamespace = 'pod-hardener-system';
const secretPath = `/api/v1/namespaces/${ownNamespace}/secrets/pod-hardener-tls`;
const configurationPath = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/pod-hardener';

type Data = Readonly<Record<string, string>>;
type Labels = Readonly<Record<string, string>>;

/** A cluster of its own that pod-hardener's manifests are applied to. Nothing runs in it but the API server. */
export interface Site extends ControlPlane {
  readonly kubectl: Tool;
  /** The path of a kustomization of the overlay with the components, outside of the repository as a user's would be. */
  kustomization(overlay: string, ...components: readonly string[]): Promise<string>;
  /** Answers with what kubectl says, line by line. */
  apply(flags: readonly string[], ...target: readonly string[]): Promise<readonly string[]>;
  /** Takes away what was applied last, in the order that is documented. */
  uninstall(): Promise<void>;
  /** Ends a namespace, which a controller would do. */
  finishNamespace(name: string): Promise<void>;
  /** Creates a pod of the Deployment that is installed, as its controller would. */
  createOwnPod(): Promise<ApiAnswer>;
  /** Creates a plain pod in the namespace, which is made if it is not there, and has the labels then. */
  createPodIn(namespace: string, labels?: Labels): Promise<ApiAnswer>;
  label(namespace: string, labels: Labels): Promise<void>;
  /** Writes a certificate and a CA bundle as a replica would, with the rights that it has. */
  writeAsReplica(data: Data, caBundle: string): Promise<void>;
  /** What is left of that, and how long the API server waits for the webhook. */
  kept(): Promise<{ readonly [what: string]: unknown }>;
}

/** Starts it, with the kinds that cert-manager and the Prometheus operator bring. */
export async function openSite(): Promise<Site> {
  const assets = process.env.KUBEBUILDER_ASSETS;
  if (assets === undefined) throw new Error('run these tests by `npm run e2e`');
  const controlPlane = await startControlPlane(assets);
  const { api, folder } = controlPlane;
  const kubectl = await createKubectl(controlPlane);
  await kubectl(['apply', '-f', '-'], customResourceDefinitions);
  await kubectl(['wait', '--for=condition=Established', 'crd', '--all']);
  let applied: readonly string[] = [];

  const finishNamespace = (name: string) =>
    until(`the namespace ${name} is gone`, async () => {
      const path = `/api/v1/namespaces/${name}`;
      const { status, body } = await api.request('GET', path);
      if (status === 404) return true;
      await api.request('DELETE', `${path}/pods?gracePeriodSeconds=0`);
      await api.request('PUT', `${path}/finalize`, { ...body, spec: { finalizers: [] } });
      return false;
    }).then(() => undefined);

  const label = async (namespace: string, labels: Labels) =>
    expectSuccess(await api.request('PATCH', `/api/v1/namespaces/${namespace}`, { metadata: { labels } }, mergePatch));

  return {
    ...controlPlane,
    kubectl,
    finishNamespace,
    label,
    async kustomization(overlay, ...components) {
      const made = mkdtempSync(join(folder, 'kustomization-'));
      const from = (path: string) => relative(made, join(manifests, path));
      const resources = [from(`overlays/${overlay}`)];
      const lists = { resources, components: components.map((name) => from(`components/${name}`)) };
      await writeFile(join(made, 'kustomization.yaml'), JSON.stringify(lists));
      return made;
    },
    async apply(flags, ...target) {
      applied = target;
      return linesOf(await kubectl(['apply', '--validate=strict', ...flags, ...target]));
    },
    async uninstall() {
      if (applied.length === 0) return;
      await kubectl(['delete', 'mutatingwebhookconfiguration', 'pod-hardener', '--ignore-not-found']);
      await kubectl(['delete', ...applied, '--ignore-not-found', '--wait=false']);
      await kubectl(['delete', 'namespace', ownNamespace, '--ignore-not-found', '--wait=false']);
      await finishNamespace(ownNamespace);
      applied = [];
    },
    async createOwnPod() {
      const text = await kubectl(['get', 'deployment', 'pod-hardener', `--namespace=${ownNamespace}`, '--output=json']);
      const { template } = (JSON.parse(text) as V1Deployment).spec as { readonly template: V1Pod };
      const pod = { ...template, metadata: { ...template.metadata, generateName: 'pod-hardener-' } };
      return api.request('POST', `/api/v1/namespaces/${ownNamespace}/pods`, pod);
    },
    async createPodIn(namespace, labels = {}) {
      await api.request('POST', '/api/v1/namespaces', { metadata: { name: namespace, labels } });
      const account = { metadata: { name: 'default' } };
      await api.request('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, account);
      await label(namespace, labels);
      const pod = { ...plainPod('app'), metadata: { generateName: 'app-' } };
      return api.request('POST', `/api/v1/namespaces/${namespace}/pods`, pod);
    },
    async writeAsReplica(data, caBundle) {
      const token = await serviceAccountToken(api);
      expectSuccess(await api.request('PATCH', secretPath, { data }, { ...mergePatch, token }));
      const bundle = [{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: caBundle }];
      const contentType = 'application/json-patch+json';
      expectSuccess(await api.request('PATCH', configurationPath, bundle, { contentType, token }));
    },
    async kept() {
      const { data } = (await api.request('GET', secretPath)).body;
      const { webhooks } = (await api.request('GET', configurationPath))
        .body as unknown as V1MutatingWebhookConfiguration;
      const { clientConfig, timeoutSeconds } = webhooks?.[0] ?? {};
      return { data, caBundle: clientConfig?.caBundle, timeoutSeconds };
    },
  };
}

/** The lines of a text that say something. */
export function linesOf(text: string): readonly string[] {
  return text.split('\n').filter(Boolean);
}

/** A CA bundle as it stands in a webhook configuration. Any will do: the API server only looks whether it is one. */
export async function anyCaBundle(): Promise<string> {
  const { caCert } = await issueCertificates({ hosts: ['pod-hardener'], now: new Date(), days: 1 });
  return Buffer.from(caCert).toString('base64');
}
