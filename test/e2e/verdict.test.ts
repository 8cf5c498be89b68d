import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { issueAuthority } from '../../src/certificates/issue.ts';
import { clientPair } from '../certificates/keyPairs.ts';
import { cluster, expectSuccess, mergePatch } from './cluster.ts';
import { type EvidenceReplica, startEvidenceReplica } from './evidenceReplica.ts';
import { openSite, type Site } from './site.ts';
import { runningAs } from './team.ts';
import { until } from './until.ts';

const collection = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

describe('the verdict on a namespace', () => {
  let site: Site;
  let folder: string;
  let replica: EvidenceReplica | undefined;

  before(async function () {
    this.timeout(300_000);
    folder = await mkdtemp(join(tmpdir(), 'pod-hardener-'));
    site = await openSite({ apiServer: { 'admission-control-config-file': await clientConfiguration() } });
    await site.apply([], '-k', await site.kustomization('default', 'cert-manager', 'evidence'));
    // Whoever answers here is started by the tests.
    expectSuccess(await site.api.request('DELETE', `${collection}/pod-hardener`));
  });

  after(async () => {
    await site?.stop();
    await rm(folder, { recursive: true });
  });

  afterEach(async () => {
    await site.api.request('DELETE', `${collection}/verdict`);
    await replica?.process.stop();
  });

  /** Has the API server show a certificate of its own to whatever asks for one. Answers with the path of the file. */
  async function clientConfiguration(): Promise<string> {
    const authority = await issueAuthority(new Date(), 1);
    const { cert, key } = await clientPair(authority, 'kube-apiserver');
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const user = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
    const kubeConfigFile = join(folder, 'webhooks.yaml');
    await writeFile(join(folder, 'client-ca.crt'), authority.cert);
    await writeFile(kubeConfigFile, stringify({ apiVersion: 'v1', kind: 'Config', users: [{ name: '*', user }] }), {
      mode: 0o600,
    });
    const file = join(folder, 'admission.yaml');
    const apiVersion = 'apiserver.config.k8s.io/v1';
    const configuration = { apiVersion, kind: 'WebhookAdmissionConfiguration', kubeConfigFile };
    const plugins = [{ name: 'MutatingAdmissionWebhook', configuration }];
    await writeFile(file, stringify({ apiVersion, kind: 'AdmissionConfiguration', plugins }));
    return file;
  }

  /** A namespace with 12 pods: 8 of web, 3 that pass as they are, and one that runs as root. */
  async function createTeam(name: string): Promise<void> {
    expectSuccess(await site.api.request('POST', '/api/v1/namespaces', { metadata: { name } }));
    const account = { metadata: { name: 'default' } };
    expectSuccess(await site.api.request('POST', `/api/v1/namespaces/${name}/serviceaccounts`, account));
    const path = `/api/v1/namespaces/${name}/pods`;
    const strict = {
      ...{ runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      seccompProfile: { type: 'RuntimeDefault' },
    };
    const create = async (pod: string, owner: string, uid: number, securityContext = {}) => {
      const controller = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${owner}-5d9c`, uid: owner };
      const metadata = {
        name: pod,
        labels: { 'pod-template-hash': '5d9c' },
        ownerReferences: [{ ...controller, controller: true }],
      };
      const containers = [{ name: 'app', image: `registry.example/${owner}:1`, securityContext }];
      expectSuccess(await site.api.request('POST', path, { metadata, spec: { containers } }));
      const status = runningAs(uid);
      expectSuccess(await site.api.request('PATCH', `${path}/${pod}/status`, { status }, mergePatch));
    };
    for (let index = 0; index < 8; index++) await create(`api-${index}`, 'api', 1000);
    for (let index = 0; index < 3; index++) await create(`good-${index}`, 'good', 1000, strict);
    await create('web-0', 'web', 0);
  }

  /** Starts the program, and has the API server ask it about namespaces. */
  async function start(...args: readonly string[]): Promise<void> {
    replica = await startEvidenceReplica(site, ['--evidence', ...args]);
    const { url, ca, series } = replica;
    const webhook = {
      name: 'namespaces.pod-hardener.io',
      clientConfig: { url: `${url}/namespaces`, caBundle: Buffer.from(ca).toString('base64') },
      rules: [{ operations: ['UPDATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['namespaces'] }],
      ...{ admissionReviewVersions: ['v1'], sideEffects: 'None', failurePolicy: 'Fail', timeoutSeconds: 5 },
    };
    expectSuccess(await site.api.request('POST', collection, { metadata: { name: 'verdict' }, webhooks: [webhook] }));
    await until('the pods are known', async () => {
      const synced = 'pod_hardener_evidence_watch_synced';
      return (await series(synced))[synced] === 1;
    });
  }

  /** What kubectl prints when it labels the namespace, until there is something. */
  async function labelled(name: string): Promise<string> {
    return until('the API server asks', async () => {
      await site.kubectl(['label', 'namespace', name, 'pod-hardener.io/profile-']);
      const began = performance.now();
      const said = await site.kubectl(['label', 'namespace', name, 'pod-hardener.io/profile=restricted']);
      const took = Math.round(performance.now() - began);
      if (!said.includes('12 pods')) return undefined;
      cluster().note(`kubectl label printed the verdict on 12 pods after ${took} ms`);
      return said;
    });
  }

  it('is printed by kubectl label, in numbers where the webhook does not know who asks', async () => {
    await createTeam('numbers');
    await start();
    expect(await labelled('numbers')).to.include(
      'Warning: pod-hardener: restricted: 12 pods, 9 would change, 1 runs as uid 0\n',
    );
  });

  it('names the workloads where it does, by mutual TLS', async () => {
    await createTeam('names');
    await start('--client-ca-file', join(folder, 'client-ca.crt'), '--client-names', 'kube-apiserver');
    expect(await labelled('names')).to.include(
      'Warning: pod-hardener: restricted: 12 pods, 9 would change, 1 runs as uid 0 (deploy/web)\n',
    );
  });
});
