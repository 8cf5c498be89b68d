import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { V1MutatingWebhookConfiguration } from '@kubernetes/client-node';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import type { ApiAnswer } from './apiClient.ts';
import { cluster, expectSuccess, mergePatch, optedIn } from './cluster.ts';
import { plainPod } from './pods.ts';
import { parseSeries } from './prometheus.ts';
import { manifests } from './site.ts';
import { createKubectl, type Tool } from './tools.ts';
import { until } from './until.ts';
import { configurations, startWebhook, type Webhook } from './webhook.ts';

type Json = Readonly<Record<string, unknown>>;

const typo = 'pod-hardener.io/profile: "restrictd" is unknown; did you mean "restricted"? Using restricted';

describe('advice at the API server', () => {
  let webhook: Webhook;
  let kubectl: Tool;

  before(async () => {
    kubectl = await createKubectl(cluster());
    webhook = await startWebhook(cluster());
    await register(webhook);
    await defineRayClusters();
    const probe = await cluster().createNamespace('probe');
    await until('the API server asks for advice', async () => (await label(probe, typing)).warnings.length > 0);
  });

  after(async () => {
    await cluster().api.request('DELETE', `${definitions}/rayclusters.ray.io`);
    await webhook.close();
  });

  /** How many requests for advice there were, by what came of them. */
  async function counted(kind: string): Promise<readonly number[]> {
    const series = await webhook.series('pod_hardener_advice_requests_total');
    const name = (outcome: string) => `pod_hardener_advice_requests_total{kind="${kind}",outcome="${outcome}"}`;
    return ['advised', 'silent', 'failed'].map((outcome) => series[name(outcome)] ?? Number.NaN);
  }

  /** What has been counted by the work. */
  async function countedBy(kind: string, work: () => Promise<unknown>): Promise<readonly number[]> {
    const before = await counted(kind);
    await work();
    return (await counted(kind)).map((count, index) => count - (before[index] ?? 0));
  }

  /** How often the API server went on without an answer about a workload. */
  async function givenUp(): Promise<number> {
    const { text } = await cluster().api.request('GET', '/metrics');
    const name = 'apiserver_admission_webhook_fail_open_count';
    return parseSeries(text, name)[`${name}{name="workloads.pod-hardener.io",type="admit"}`] ?? 0;
  }

  /** kubectl's answer, without what it says of the server or of itself. */
  async function warningsOf(...args: readonly [readonly string[], string?]): Promise<readonly string[]> {
    const said = await kubectl(...args);
    return said.split('\n').flatMap((line) => /^Warning: (.*)$/.exec(line)?.[1] ?? []);
  }

  describe('about a namespace', () => {
    it('is printed by kubectl label, and the label is set all the same', async () => {
      const team = await cluster().createNamespace('team');
      expect(await warningsOf(['label', 'namespace', team, 'pod-hardener.io/profile=restrictd'])).to.include(typo);
      const { body } = await cluster().api.request('GET', `/api/v1/namespaces/${team}`);
      expect(labelsOf(body)).to.include({ 'pod-hardener.io/profile': 'restrictd' });
    });

    it('is printed by kubectl annotate and kubectl apply', async () => {
      const team = await cluster().createNamespace('team', { labels: { ...optedIn, ...enforcing } });
      expect(await warningsOf(['annotate', 'namespace', team, 'pod-hardener.io/mode=audit'])).to.deep.equal([
        'pod-hardener.io/mode: "audit" fills nothing, and enforce=restricted refuses pods that leave it out',
      ]);
      const manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${team}-2`, labels: typing } };
      expect(await warningsOf(['apply', '-f', '-'], JSON.stringify(manifest))).to.include(typo);
    });

    it('is silent where all is well', async () => {
      const team = await cluster().createNamespace('team', { labels: enforcing });
      const said = await countedBy('namespaces', async () => {
        expect((await label(team, optedIn)).warnings).to.deep.equal([]);
      });
      expect(said).to.deep.equal([0, 1, 0]);
    });

    it('is not repeated when other things change', async () => {
      const team = await cluster().createNamespace('team', { labels: typing });
      expect((await label(team, { tier: 'gold' })).warnings).to.deep.equal([]);
    });

    it('is not asked for where there is no key of ours, and for status and finalizers never', async () => {
      const plain = await cluster().createNamespace('plain');
      const team = await cluster().createNamespace('team', { labels: typing });
      const asked = await countedBy('namespaces', async () => {
        await label(plain, { tier: 'gold' });
        const path = `/api/v1/namespaces/${team}`;
        const { body } = await cluster().api.request('GET', path);
        expectSuccess(await cluster().api.request('PUT', `${path}/status`, body));
        expectSuccess(await cluster().api.request('PUT', `${path}/finalize`, { ...body, spec: { finalizers: [] } }));
      });
      expect(asked).to.deep.equal([0, 0, 0]);
    });

    it('comes when the last key goes and the level stays', async () => {
      const team = await cluster().createNamespace('team', { labels: { ...optedIn, ...enforcing } });
      expect((await label(team, { 'pod-hardener.io/profile': null })).warnings).to.deep.equal([
        'pod-hardener.io/profile: without it nothing is filled, and enforce=restricted refuses what pods leave out',
      ]);
    });
  });

  describe('about a workload', () => {
    const root = { securityContext: { runAsUser: 0 } };

    it('is printed once by kubectl for many objects, and changes none of them', async () => {
      const team = await cluster().createNamespace('team', { labels: optedIn });
      const list = { apiVersion: 'v1', kind: 'List', items: ['a', 'b', 'c'].map((name) => deployment(name, root)) };
      const args = ['apply', `--namespace=${team}`, '-f', '-'];
      const said = [
        'pod-hardener: container "app" runs as root and is left without: runAsNonRoot, capabilities',
        'pod-hardener: short of restricted: runAsUser=0 (container "app" must not set runAsUser=0)',
        'pod-hardener: all else is filled: seccompProfile, allowPrivilegeEscalation',
      ];
      const counts = await countedBy('workloads', async () => {
        expect(await warningsOf(args, JSON.stringify(list))).to.deep.equal(said);
      });
      expect(counts, 'what kubectl was told').to.deep.equal([3, 0, 0]);
      const { body } = await cluster().api.request('GET', `/apis/apps/v1/namespaces/${team}/deployments/a`);
      const { template } = body.spec as { readonly template: { readonly spec: Json } };
      expect(template.spec.securityContext).to.deep.equal({});
      expect(template.spec.containers)
        .to.have.nested.property('[0].securityContext')
        .that.deep.equals({ runAsUser: 0 });
    });

    it('is silent where everything will be filled', async () => {
      const team = await cluster().createNamespace('team', { labels: optedIn });
      const said = await countedBy('workloads', async () => {
        expect((await create(team, 'deployments', deployment('web'))).warnings).to.deep.equal([]);
      });
      expect(said).to.deep.equal([0, 1, 0]);
    });

    it('says in the mode warn what is not filled, and what to add', async () => {
      const annotations = { 'pod-hardener.io/mode': 'warn' };
      const team = await cluster().createNamespace('team', { labels: optedIn, annotations });
      expect((await create(team, 'deployments', deployment('web'))).warnings).to.deep.equal([
        'pod-hardener: not filled in the pod (mode warn): seccompProfile',
        'pod-hardener: not filled in "app" (mode warn): runAsNonRoot, allowPrivilegeEscalation, capabilities',
        "pod-hardener: add to the pod's spec: securityContext: {seccompProfile: {type: RuntimeDefault}}",
        'pod-hardener: add securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}',
      ]);
    });

    it('names the templates of a custom resource, and leaves it as it is', async () => {
      const team = await cluster().createNamespace('team', { labels: optedIn });
      const spec = { headGroupSpec: { template: templateOf() }, workerGroupSpecs: [{ template: templateOf(root) }] };
      const path = `/apis/ray.io/v1/namespaces/${team}/rayclusters`;
      const ray = { apiVersion: 'ray.io/v1', kind: 'RayCluster', metadata: { name: 'ray' }, spec };
      const { warnings, body } = await cluster().api.request('POST', path, ray);
      expect(warnings[0]).to.equal(
        'pod-hardener: workerGroupSpecs[0]: container "app" runs as root and is left without: runAsNonRoot, capabilities',
      );
      expect(body.spec).to.deep.equal(spec);
      const grown = await cluster().api.request('PATCH', `${path}/ray`, { spec: { more: 1 } }, mergePatch);
      expect(grown.warnings).to.deep.equal([]);
    });

    it('comes again when the template changes, and is not asked for when only metadata, status or scale do', async () => {
      const team = await cluster().createNamespace('team', { labels: optedIn });
      await create(team, 'deployments', deployment('web', root));
      const path = `/apis/apps/v1/namespaces/${team}/deployments/web`;
      const patch = (body: Json, at = path) => cluster().api.request('PATCH', at, body, mergePatch);
      const asked = await countedBy('workloads', async () => {
        expectSuccess(await patch({ metadata: { annotations: { noted: 'yes' } } }));
        expectSuccess(await patch({ status: { replicas: 1 } }, `${path}/status`));
        expectSuccess(await patch({ spec: { replicas: 2 } }, `${path}/scale`));
      });
      expect(asked).to.deep.equal([0, 0, 0]);
      expect((await patch({ spec: { paused: true } })).warnings).to.deep.equal([]);
      const image = { spec: { template: { spec: { containers: [{ name: 'app', image: 'other', ...root }] } } } };
      expect((await patch(image)).warnings).to.have.length(3);
    });

    it('is not asked for about what a controller has made, nor in a namespace that is not opted in', async () => {
      const team = await cluster().createNamespace('team', { labels: optedIn });
      const plain = await cluster().createNamespace('plain');
      const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'u', controller: true };
      const owned = deployment('web-1', root, { ownerReferences: [owner] });
      const asked = await countedBy('workloads', async () => {
        expectSuccess(await create(team, 'replicasets', { ...owned, kind: 'ReplicaSet' }));
        expectSuccess(await create(plain, 'deployments', deployment('web', root)));
      });
      expect(asked).to.deep.equal([0, 0, 0]);
    });

    it('is given for every kind of the API that holds a template', async () => {
      const team = await cluster().createNamespace('team', { labels: optedIn });
      const spec = { selector: { matchLabels: { app: 'web' } }, template: templateOf(root) };
      const jobTemplate = templateOf({ ...root }, { restartPolicy: 'Never' });
      const objects: Readonly<Record<string, Json>> = {
        'apis/apps/v1/DaemonSet': { spec },
        'apis/apps/v1/StatefulSet': { spec: { ...spec, serviceName: 'web' } },
        'apis/apps/v1/ReplicaSet': { spec },
        'apis/batch/v1/Job': { spec: { template: jobTemplate } },
        'apis/batch/v1/CronJob': { spec: { schedule: '* * * * *', jobTemplate: { spec: { template: jobTemplate } } } },
        'api/v1/ReplicationController': { spec: { selector: { app: 'web' }, template: templateOf(root) } },
        'api/v1/PodTemplate': { template: templateOf(root) },
      };
      for (const [path, object] of Object.entries(objects)) {
        const [kind = '', ...rest] = path.split('/').reverse();
        const collection = `/${rest.reverse().join('/')}/namespaces/${team}/${kind.toLowerCase()}s`;
        const answer = await cluster().api.request('POST', collection, { kind, metadata: { name: 'web' }, ...object });
        expectSuccess(answer);
        expect(answer.warnings[0], kind).to.match(/^pod-hardener: container "app" runs as root/);
      }
    });
  });

  describe('about anything', () => {
    it('is not given on what is too large to be looked at, which passes at once', async () => {
      const team = await cluster().createNamespace('team', { labels: optedIn });
      const padded = (bytes: number) => deployment('web', { env: [{ name: 'PADDING', value: 'x'.repeat(bytes) }] });
      expectSuccess(await create(team, 'deployments', padded(1_300_000)));
      const path = `/apis/apps/v1/namespaces/${team}/deployments/web?dryRun=All`;
      const before = await givenUp();
      const said = await countedBy('workloads', async () => {
        const { status, warnings } = await cluster().api.request('PUT', path, padded(2_950_000));
        expect([status, warnings]).to.deep.equal([200, []]);
      });
      expect(said).to.deep.equal([0, 0, 1]);
      expect(webhook.process.output()).to.include('"reason":"there is too much to do"');
      expect(await givenUp(), 'an answer that the API server understood').to.equal(before);
    });

    it('has pods filled as without it', async () => {
      const team = await cluster().createNamespace('team', { labels: optedIn });
      const { pod, warnings } = await cluster().createPod(team, plainPod('app'));
      expect(warnings).to.deep.equal([]);
      expect(pod.spec?.containers[0]?.securityContext).to.include({ runAsNonRoot: true });
    });

    it('is waited for no longer than a second while pod-hardener hangs, and refuses nothing', async () => {
      const team = await cluster().createNamespace('team', { labels: optedIn });
      const before = await givenUp();
      const { pid } = webhook.process;
      if (pid === undefined) throw new Error('the webhook has no process');
      process.kill(pid, 'SIGSTOP');
      try {
        for (const work of [() => label(team, typing), () => create(team, 'deployments', deployment('web'))]) {
          const begun = performance.now();
          const answer = await work();
          expectSuccess(answer);
          expect(answer.warnings).to.deep.equal([]);
          expect(performance.now() - begun).to.be.within(900, 3_000);
        }
        expect(await givenUp(), 'what is counted when nobody answers').to.equal(before + 1);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
    });

    it('is not missed when pod-hardener is away', async () => {
      const team = await cluster().createNamespace('team', { labels: optedIn });
      await webhook.process.stop('SIGKILL');
      for (const answer of [await label(team, typing), await create(team, 'deployments', deployment('web'))]) {
        expectSuccess(answer);
        expect(answer.warnings).to.deep.equal([]);
      }
    });
  });

  /** Puts the webhooks of both components in the place of the one, at the address of the program. */
  async function register({ url, ca }: Webhook): Promise<void> {
    const folder = join(cluster().folder, 'advice');
    const from = (path: string) => relative(folder, join(manifests, path));
    await mkdir(folder);
    const components = ['namespace-advice', 'workload-advice'].map((name) => from(`components/${name}`));
    await writeFile(
      join(folder, 'kustomization.yaml'),
      JSON.stringify({ resources: [from('overlays/default')], components }),
    );
    const objects = parseAllDocuments(await kubectl(['kustomize', folder])).map(
      (one) => one.toJS() as { kind: string },
    );
    const { metadata, webhooks = [] } = objects.find(
      ({ kind }) => kind === 'MutatingWebhookConfiguration',
    ) as V1MutatingWebhookConfiguration;
    const caBundle = Buffer.from(ca).toString('base64');
    const at = (path = '') => ({ url: url.replace('/mutate', path), caBundle });
    const here = webhooks.map((one) => ({ ...one, clientConfig: at(one.clientConfig.service?.path) }));
    await cluster().api.request('DELETE', `${configurations}/pod-hardener`);
    await cluster().apply(configurations, { metadata: { name: metadata?.name ?? '' }, ...{ webhooks: here } });
  }
});

const typing = { 'pod-hardener.io/profile': 'restrictd' };
const enforcing = { 'pod-security.kubernetes.io/enforce': 'restricted' };
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

function label(namespace: string, labels: Readonly<Record<string, string | null>>): Promise<ApiAnswer> {
  return cluster().api.request('PATCH', `/api/v1/namespaces/${namespace}`, { metadata: { labels } }, mergePatch);
}

function labelsOf({ metadata }: ApiAnswer['body']): Json {
  return (metadata as { readonly labels: Json }).labels;
}

function create(namespace: string, resource: string, object: object): Promise<ApiAnswer> {
  return cluster().api.request('POST', `/apis/apps/v1/namespaces/${namespace}/${resource}`, object);
}

function templateOf(container: Json = {}, spec: Json = {}) {
  const containers = [{ name: 'app', image: 'registry.example/app:1', ...container }];
  return { metadata: { labels: { app: 'web' } }, spec: { ...spec, containers } };
}

function deployment(name: string, container: Json = {}, metadata: Json = {}) {
  const spec = { selector: { matchLabels: { app: 'web' } }, template: templateOf(container) };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, ...metadata }, spec };
}

/** The kind as far as it matters: whatever stands in its spec is kept. */
async function defineRayClusters(): Promise<void> {
  const spec = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const version = {
    ...{ name: 'v1', served: true, storage: true },
    schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
  };
  const names = { plural: 'rayclusters', singular: 'raycluster', kind: 'RayCluster' };
  await cluster().apply(definitions, {
    metadata: { name: 'rayclusters.ray.io' },
    ...{ spec: { group: 'ray.io', scope: 'Namespaced', names, versions: [version] } },
  });
  const probe = '/apis/ray.io/v1/namespaces/default/rayclusters';
  await until('the kind is there', async () => (await cluster().api.request('GET', probe)).status === 200);
}
