import { join } from 'node:path';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { mergePatch, optedIn } from './cluster.ts';
import {
  anyCaBundle,
  configurationPath,
  linesOf,
  manifests,
  openSite,
  ownNamespace,
  type Site,
  secretPath,
} from './installation.ts';
import { rightsIn, serviceAccountToken } from './rights.ts';
import { createHelm, type Tool } from './tools.ts';

interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

const chart = join(manifests, 'chart');
const inNamespace = ['--namespace', ownNamespace];

/** Values of the chart, and the component that is the same. */
const twins = {
  'tls.mode=certManager': 'cert-manager',
  'webhook.failurePolicy=Fail': 'fail-closed',
  'optIn=annotation': 'annotation-opt-in',
  'mutualTLS.clientCAConfigMap=pod-hardener-client-ca': 'mutual-tls',
  'networkPolicy.enabled=true': 'network-policy',
  'serviceMonitor.enabled=true': 'prometheus',
  'optInGuard.enabled=true': 'opt-in-guard',
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

  it('is written as Helm wants it', async () => {
    expect(await helm(['lint', '--strict', chart])).to.include('0 chart(s) failed');
  });

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
