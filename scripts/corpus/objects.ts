type Json = Record<string, unknown>;

const app: Json = {
  name: 'app',
  image: 'registry.example.com/shop/app:1.4.2',
  args: ['--listen=:8080', '--verbose'],
  env: [{ name: 'MODE', value: 'on' }],
};

const sidecar: Json = { name: 'sidecar', image: 'example.com/proxy:2', ports: [{ containerPort: 8080, name: 'http' }] };
const dropped: Json = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true };

const labels: Json = { 'app.kubernetes.io/name': 'shop', tier: 'yes' };

const metadataOf = (name: string): Json => ({ name, labels, annotations: { 'example.com/note': 'a: b # c' } });

const deploymentOf = (name: string, spec: Json): Json => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: metadataOf(name),
  spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
});

const podOf = (name: string, spec: Json): Json => ({ apiVersion: 'v1', kind: 'Pod', metadata: metadataOf(name), spec });

/** What is written in each style: documents made of what matters to hardening, for objects of that name. */
export const subjects: Readonly<Record<string, (name: string) => readonly Json[]>> = {
  pod: (name) => [podOf(name, { containers: [{ name: 'app', image: 'example.com/app' }] })],
  deployment: (name) => [
    deploymentOf(name, {
      serviceAccountName: 'shop',
      initContainers: [{ name: 'setup', image: 'example.com/setup', command: ['sh', '-c', 'echo "$HOME"; sleep 1'] }],
      containers: [app, sidecar],
      volumes: [{ name: 'cache', emptyDir: {} }],
    }),
  ],
  partly: (name) => [
    podOf(name, {
      hostNetwork: false,
      securityContext: { fsGroup: 2000, supplementalGroups: [3000, 4000] },
      containers: [
        { ...app, securityContext: { capabilities: { add: ['NET_BIND_SERVICE'], drop: ['NET_RAW', 'CHOWN'] } } },
        { ...sidecar, securityContext: { readOnlyRootFilesystem: true, runAsUser: 1000 } },
      ],
    }),
  ],
  complete: (name) => [
    podOf(name, {
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{ ...app, securityContext: dropped }],
    }),
  ],
  privileged: (name) => [
    podOf(name, {
      containers: [
        { ...app, securityContext: { privileged: true } },
        { ...sidecar, securityContext: { runAsUser: 0 } },
      ],
    }),
  ],
  empty: (name) => [
    podOf(name, {
      securityContext: {},
      containers: [
        { ...app, securityContext: null },
        { ...sidecar, securityContext: {} },
      ],
    }),
  ],
  cronjob: (name) => [
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name },
      spec: {
        schedule: '*/5 * * * *',
        jobTemplate: {
          spec: {
            backoffLimit: 0,
            template: { spec: { restartPolicy: 'Never', containers: [{ name: 'job', image: 'example.com/job' }] } },
          },
        },
      },
    },
  ],
  ray: (name) => [
    {
      apiVersion: 'ray.io/v1',
      kind: 'RayCluster',
      metadata: { name },
      spec: {
        rayVersion: '2.52.0',
        headGroupSpec: {
          rayStartParams: {},
          template: { spec: { containers: [{ name: 'head', image: 'rayproject/ray:2.52.0' }] } },
        },
        workerGroupSpecs: [
          {
            groupName: 'small',
            replicas: 1,
            rayStartParams: { 'num-cpus': '1' },
            template: { spec: { containers: [{ name: 'worker', image: 'rayproject/ray:2.52.0' }] } },
          },
        ],
      },
    },
  ],
  list: (name) => [
    {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        podOf(`${name}-0`, { containers: [sidecar] }),
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `${name}-1` }, data: { key: 'value' } },
      ],
    },
  ],
  several: (name) => [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `${name}-0` },
      spec: { ports: [{ port: 80, targetPort: 'http' }] },
    },
    podOf(`${name}-1`, { containers: [sidecar] }),
    deploymentOf(`${name}-2`, { containers: [{ name: 'web', image: 'example.com/web' }] }),
  ],
};
