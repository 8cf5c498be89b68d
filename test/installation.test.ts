import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type {
  V1ClusterRole,
  V1Container,
  V1Deployment,
  V1MutatingWebhook,
  V1MutatingWebhookConfiguration,
  V1Namespace,
  V1PodDisruptionBudget,
  V1Role,
  V1Secret,
  V1Service,
} from '@kubernetes/client-node';
import { expect } from 'chai';
import { parse, parseAllDocuments } from 'yaml';
import { adviceKinds } from '../src/admission/advice.ts';
import { variableOf } from '../src/commands/environment.ts';
import { type CheckOptions, check } from '../src/commands/runCheck.ts';
import { serveCommand } from '../src/commands/serve.ts';
import { parseServeOptions } from '../src/commands/serveOptions.ts';
import { fakeTerminal } from './commands/terminal.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

const objects = parseAllDocuments(read('manifests/install.yaml')).map((one) => one.toJS() as KubernetesObject);

function the<T>(kind: string, name = 'pod-hardener'): T {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`manifests/install.yaml has no ${kind} ${name}`);
  return found as T;
}

const webhookConfiguration = () => the<V1MutatingWebhookConfiguration>('MutatingWebhookConfiguration');

function podTemplate() {
  const spec = the<V1Deployment>('Deployment').spec?.template.spec;
  const [container] = spec?.containers ?? [];
  if (spec === undefined || container === undefined) throw new Error('the Deployment has no container');
  return { spec, container };
}

/** What a default of `pod-hardener serve` is, as text. */
function defaultOf(option: string): string {
  return String(serveCommand().options.find(({ long }) => long === `--${option}`)?.defaultValue);
}

describe('manifests/install.yaml', () => {
  it('has these objects, the webhook configuration last, so that it is asked for when all else is there', () => {
    const names = objects.map(({ kind, metadata: { namespace, name } }) => `${kind} ${namespace ?? '-'} ${name}`);
    expect(names).to.deep.equal([
      'Namespace - pod-hardener-system',
      'ServiceAccount pod-hardener-system pod-hardener',
      'Role pod-hardener-system pod-hardener',
      'ClusterRole - pod-hardener',
      'RoleBinding pod-hardener-system pod-hardener',
      'ClusterRoleBinding - pod-hardener',
      'Secret pod-hardener-system pod-hardener-tls',
      'Service pod-hardener-system pod-hardener',
      'Service pod-hardener-system pod-hardener-metrics',
      'Deployment pod-hardener-system pod-hardener',
      'PodDisruptionBudget pod-hardener-system pod-hardener',
      'MutatingWebhookConfiguration - pod-hardener',
    ]);
  });

  it('has its own namespace enforce restricted', () => {
    const labels = the<V1Namespace>('Namespace', 'pod-hardener-system').metadata?.labels ?? {};
    const standards = Object.entries(labels).filter(([key]) => key.startsWith('pod-security.kubernetes.io/'));
    expect(Object.fromEntries(standards)).to.deep.equal({
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/enforce-version': 'latest',
      'pod-security.kubernetes.io/audit': 'restricted',
      'pod-security.kubernetes.io/audit-version': 'latest',
      'pod-security.kubernetes.io/warn': 'restricted',
      'pod-security.kubernetes.io/warn-version': 'latest',
    });
  });

  it('asks about new pods and ephemeral containers of opted-in namespaces, and about nothing else', () => {
    const { webhooks } = webhookConfiguration();
    const rule = { apiGroups: [''], apiVersions: ['v1'], scope: 'Namespaced' };
    expect(webhooks).to.deep.equal([
      {
        name: 'pods.pod-hardener.io',
        admissionReviewVersions: ['v1'],
        // No caBundle: applying the file again would put it in the place of the one that the program has written.
        clientConfig: {
          service: { namespace: 'pod-hardener-system', name: 'pod-hardener', port: 443, path: '/mutate' },
        },
        rules: [
          { ...rule, operations: ['CREATE'], resources: ['pods'] },
          { ...rule, operations: ['UPDATE'], resources: ['pods/ephemeralcontainers'] },
        ],
        matchPolicy: 'Equivalent',
        namespaceSelector: {
          matchExpressions: [
            { key: 'pod-hardener.io/profile', operator: 'Exists' },
            {
              key: 'kubernetes.io/metadata.name',
              operator: 'NotIn',
              values: ['kube-system', 'kube-node-lease', 'kube-public', 'pod-hardener-system'],
            },
          ],
        },
        failurePolicy: 'Ignore',
        timeoutSeconds: 3,
        reinvocationPolicy: 'IfNeeded',
        sideEffects: 'None',
      },
    ]);
  });

  it('gives rights by name, but for the sight of namespaces', () => {
    const rules = [the<V1ClusterRole>('ClusterRole'), the<V1Role>('Role')].map((role) => role.rules);
    expect(rules).to.deep.equal([
      [
        { apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'list', 'watch'] },
        {
          apiGroups: ['admissionregistration.k8s.io'],
          resources: ['mutatingwebhookconfigurations'],
          resourceNames: ['pod-hardener'],
          verbs: ['get', 'list', 'watch', 'patch'],
        },
      ],
      [
        {
          apiGroups: [''],
          resources: ['secrets'],
          resourceNames: ['pod-hardener-tls'],
          verbs: ['get', 'list', 'watch', 'patch'],
        },
      ],
    ]);
  });

  it('mentions no data of the Secret, and no type that demands any: applying it again must not empty it', () => {
    const secret = the<V1Secret>('Secret', 'pod-hardener-tls');
    expect(Object.keys(secret)).to.have.members(['apiVersion', 'kind', 'metadata', 'type']);
    expect(secret.type).to.equal('Opaque');
    expect(secret.metadata?.labels?.['app.kubernetes.io/managed-by']).to.equal('pod-hardener');
  });

  it('has pods in which pod-hardener finds nothing to fill, and the standards nothing to object to', async () => {
    const target = join(root, 'manifests/install.yaml');
    const { terminal, written } = fakeTerminal();
    const options: CheckOptions = {
      ...{ targets: [target], recursive: false, fill: true, output: 'json', color: 'auto', profile: 'hardened' },
    };
    expect(await check(options, terminal)).to.equal(0);
    const [result] = JSON.parse(written.out).results;
    expect(result.before).to.deep.equal({ level: 'restricted', allowed: true, message: '' });
    expect(result.changes).to.deep.equal([]);
  });

  it('runs the image as a user without rights, on a file system that it cannot write', () => {
    const { spec, container } = podTemplate();
    expect(spec.securityContext).to.include({ runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532 });
    expect(container.securityContext).to.deep.equal({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('asks for no variables of Services, which the program would read as options', () => {
    expect(podTemplate().spec.enableServiceLinks).to.equal(false);
  });

  it('has an image of this version', () => {
    const { version } = JSON.parse(read('package.json')) as { readonly version: string };
    expect(podTemplate().container.image).to.equal(`ghcr.io/pod-hardener/pod-hardener:${version}`);
    const chart = parse(read('manifests/chart/Chart.yaml')) as {
      readonly version: string;
      readonly appVersion: string;
    };
    expect([chart.version, chart.appVersion]).to.deep.equal([version, version]);
  });

  it('listens, probes and forwards where the program answers', () => {
    const { container } = podTemplate();
    const ports = Object.fromEntries((container.ports ?? []).map((port) => [port.name, String(port.containerPort)]));
    expect(ports).to.deep.equal({ https: defaultOf('port'), metrics: defaultOf('metrics-port') });
    const probes = (['startupProbe', 'livenessProbe', 'readinessProbe'] as const).map(
      (probe) => container[probe]?.httpGet,
    );
    expect(probes).to.deep.equal([
      { path: '/healthz', port: 'metrics' },
      { path: '/healthz', port: 'metrics' },
      { path: '/readyz', port: 'metrics' },
    ]);
    const forwards = ['pod-hardener', 'pod-hardener-metrics'].map((name) =>
      the<V1Service>('Service', name).spec?.ports?.map(({ port, targetPort }) => [port, targetPort]),
    );
    expect(forwards).to.deep.equal([[[443, 'https']], [[8080, 'metrics']]]);
  });

  it('takes its pods for its own everywhere', () => {
    const labels = the<V1Deployment>('Deployment').spec?.template.metadata?.labels ?? {};
    const { spec: podSpec } = podTemplate();
    const selectors = [
      the<V1Deployment>('Deployment').spec?.selector.matchLabels,
      the<V1PodDisruptionBudget>('PodDisruptionBudget').spec?.selector?.matchLabels,
      ...['pod-hardener', 'pod-hardener-metrics'].map((name) => the<V1Service>('Service', name).spec?.selector),
      ...(podSpec.topologySpreadConstraints ?? []).map(({ labelSelector }) => labelSelector?.matchLabels),
    ];
    expect(selectors).to.have.length(6);
    for (const selector of selectors) expect(labels).to.include(selector ?? { none: '' });
  });

  it('is updated and drained without ever having less than one replica', () => {
    const { replicas, strategy } = the<V1Deployment>('Deployment').spec ?? {};
    const budget = the<V1PodDisruptionBudget>('PodDisruptionBudget').spec;
    expect([replicas, strategy?.rollingUpdate]).to.deep.equal([2, { maxUnavailable: 0, maxSurge: 1 }]);
    expect([budget?.minAvailable, budget?.unhealthyPodEvictionPolicy]).to.deep.equal([1, 'AlwaysAllow']);
  });

  it('gives a pod that ends the time to be forgotten and to finish, and some more', () => {
    const options = parseServeOptions({ ...serveCommand().opts(), tlsCertFile: 'a', tlsKeyFile: 'b' });
    if ('problems' in options) throw new Error(options.problems.join());
    // Running requests get five seconds.
    const needed = options.shutdownDelayMs / 1000 + 5;
    expect(podTemplate().spec.terminationGracePeriodSeconds).to.be.at.least(needed + 5);
  });

  it('lets a replica that is busy for three seconds live', () => {
    const { livenessProbe } = podTemplate().container;
    expect(livenessProbe?.timeoutSeconds).to.be.greaterThan(3);
    expect(livenessProbe?.failureThreshold).to.be.greaterThan(1);
  });

  it('limits memory well above the heap that the image allows Node, and no processor time', () => {
    const { resources } = podTemplate().container as Required<V1Container>;
    const heap = Number(/--max-old-space-size=(\d+)/.exec(read('Dockerfile'))?.[1]);
    const limit = Number(/^(\d+)Mi$/.exec(resources.limits?.memory ?? '')?.[1]);
    expect(limit).to.be.at.least(2 * heap);
    expect(Object.keys(resources.limits ?? {})).to.deep.equal(['memory']);
  });
});

describe('manifests/components/namespace-advice and workload-advice', () => {
  const webhooks = ['namespace-advice', 'workload-advice'].map((component) => {
    const { patches } = parse(read(`manifests/components/${component}/kustomization.yaml`)) as Component;
    const [operation] = parse(patches[0].patch) as [{ readonly path: string; readonly value: V1MutatingWebhook }];
    expect(operation.path, 'behind the webhook of pods, which others know to be the first').to.equal('/webhooks/-');
    return operation.value;
  });

  interface Component {
    readonly patches: readonly [{ readonly patch: string }];
  }

  it('ask the paths that the program has', () => {
    const paths = webhooks.map(({ clientConfig }) => clientConfig.service?.path);
    expect(paths).to.deep.equal(adviceKinds.map((kind) => `/${kind}`));
    expect(webhooks.map(({ name }) => name)).to.deep.equal(adviceKinds.map((kind) => `${kind}.pod-hardener.io`));
  });

  it('keep nobody waiting, and nothing from being created', () => {
    for (const { failurePolicy, timeoutSeconds, sideEffects, reinvocationPolicy } of webhooks) {
      expect([failurePolicy, timeoutSeconds, sideEffects, reinvocationPolicy]).to.deep.equal([
        'Ignore',
        1,
        'None',
        'Never',
      ]);
    }
  });

  it('name every kind, and no subresource', () => {
    const rules = webhooks.flatMap(({ rules = [] }) => rules);
    expect(rules.flatMap(({ resources = [] }) => resources)).to.have.length.above(10);
    for (const { resources = [], apiGroups = [], operations } of rules) {
      expect([...resources, ...apiGroups].join()).not.to.match(/[*/]/);
      expect(operations).to.deep.equal(['CREATE', 'UPDATE']);
    }
  });
});

describe('the variables that manifests and documentation set', () => {
  it('are options of pod-hardener serve: a misspelt one would be ignored', () => {
    const known = serveCommand().options.map(({ long }) => variableOf(long ?? ''));
    const files = readdirSync(join(root, 'manifests'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    const texts = [...files, join(root, 'docs/install.md')].map((file) => readFileSync(file, 'utf8'));
    const named = new Set(texts.flatMap((text) => text.match(/\bPODHARDENER_[A-Z_]+/g) ?? []));
    expect(named.size).to.be.greaterThan(5);
    expect([...named].filter((name) => !known.includes(name))).to.deep.equal([]);
  });
});

describe('manifests/chart', () => {
  const chart = 'manifests/chart';
  const values = parse(read(`${chart}/values.yaml`)) as Readonly<Record<string, unknown>>;
  const schema = JSON.parse(read(`${chart}/values.schema.json`)) as Schema;

  interface Schema {
    readonly properties?: Readonly<Record<string, Schema>>;
  }

  it('has a schema with each of its values, and no others', () => {
    const { global: _, ...properties } = schema.properties ?? {};
    expect(keysOf(values, { properties })).to.deep.equal([]);
  });

  /** The paths that stand in only one of the two, as far down as the schema goes. */
  function keysOf(value: unknown, { properties }: Schema, path = ''): readonly string[] {
    if (properties === undefined || typeof value !== 'object' || value === null) return [];
    const given = value as Readonly<Record<string, unknown>>;
    // Empty by default, so that the schema alone says what may stand in it.
    if (path !== '' && Object.keys(given).length === 0) return [];
    const optional = ['resources.claims'];
    return [...new Set([...Object.keys(given), ...Object.keys(properties)])].flatMap((key) => {
      const here = path === '' ? key : `${path}.${key}`;
      if (optional.includes(here)) return [];
      const part = properties[key];
      return part !== undefined && key in given ? keysOf(given[key], part, here) : [here];
    });
  }

  it('uses each of its values', () => {
    const folder = join(root, chart, 'templates');
    const templates = readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('\n');
    const unused = Object.keys(values).filter((key) => !new RegExp(`\\.Values\\.${key}\\b`).test(templates));
    expect(unused).to.deep.equal([]);
  });

  it('has a README with the values as they are', () => {
    expect(read(`${chart}/README.md`)).to.include(`\`\`\`yaml\n${read(`${chart}/values.yaml`)}\`\`\`\n`);
  });
});
