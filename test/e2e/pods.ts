import type { V1Container, V1Pod, V1PodSpec, V1PodTemplateSpec } from '@kubernetes/client-node';

/** The manifest of a pod with one container that says nothing about security. */
export function plainPod(name: string, spec: Partial<V1PodSpec> = {}, annotations?: Record<string, string>): V1Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...(annotations && { annotations }) },
    spec: { containers: [container('app')], ...spec },
  };
}

export function container(name: string, more: Partial<V1Container> = {}): V1Container {
  return { name, image: 'registry.example/app:1', ...more };
}

/** What a controller makes of its template: a pod with a generated name. */
export function podOfTemplate(owner: string, { metadata, spec }: V1PodTemplateSpec): V1Pod {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, generateName: `${owner}-` }, ...(spec && { spec }) };
}

/** The head of a Ray cluster, as the KubeRay operator makes it. */
export function rayHead(): V1Pod {
  return rayPod('head', { containers: [rayHeadContainer()], volumes: rayVolumes });
}

/** The head of a Ray cluster that scales itself: the operator adds a container with an empty securityContext. */
export function rayHeadWithAutoscaler(): V1Pod {
  return rayPod('head', { containers: [rayHeadContainer(), autoscalerContainer()], volumes: rayVolumes });
}

/** A worker of a Ray cluster: it waits in an init container until the head answers. */
export function rayWorker(): V1Pod {
  return rayPod('worker', {
    initContainers: [
      {
        name: 'wait-gcs-ready',
        image: rayImage,
        command: ['/bin/bash', '-c', '--'],
        args: ['until ray health-check --address demo-head-svc:6379; do sleep 5; done'],
        env: [{ name: 'RAY_IP', value: 'demo-head-svc' }],
        resources: { limits: { cpu: '200m', memory: '256Mi' }, requests: { cpu: '200m', memory: '256Mi' } },
      },
    ],
    containers: [
      {
        name: 'ray-worker',
        image: rayImage,
        command: ['/bin/bash', '-c', '--'],
        args: ['ulimit -n 65536; ray start --address=demo-head-svc:6379 --block --num-cpus=1'],
        ports: [{ name: 'metrics', containerPort: 8080 }],
        env: [...rayEnv, { name: 'RAY_ADDRESS', value: 'demo-head-svc:6379' }],
        livenessProbe: rayProbe(120),
        readinessProbe: rayProbe(10),
        volumeMounts: [{ name: 'shared-mem', mountPath: '/dev/shm' }],
      },
    ],
    volumes: [{ name: 'shared-mem', emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } }],
  });
}

const rayImage = 'rayproject/ray:2.52.0';

const rayVolumes = [
  { name: 'shared-mem', emptyDir: { medium: 'Memory', sizeLimit: '5Gi' } },
  { name: 'ray-logs', emptyDir: {} },
];

const rayEnv = [
  { name: 'RAY_CLUSTER_NAME', valueFrom: { fieldRef: { fieldPath: "metadata.labels['ray.io/cluster']" } } },
  { name: 'RAY_CLUSTER_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
  { name: 'RAY_CLOUD_INSTANCE_ID', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  { name: 'RAY_PORT', value: '6379' },
];

function rayPod(type: 'head' | 'worker', spec: V1PodSpec): V1Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `demo-${type}-x7k2p`,
      labels: {
        'app.kubernetes.io/created-by': 'kuberay-operator',
        'ray.io/cluster': 'demo',
        'ray.io/is-ray-node': 'yes',
        'ray.io/node-type': type,
      },
      annotations: { 'ray.io/ft-enabled': 'false' },
      ownerReferences: [
        {
          apiVersion: 'ray.io/v1',
          kind: 'RayCluster',
          name: 'demo',
          uid: '6f4e2a90-3f0c-4b1e-9d0a-2f6f0c1f7a11',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec,
  };
}

function rayHeadContainer(): V1Container {
  return {
    name: 'ray-head',
    image: rayImage,
    command: ['/bin/bash', '-c', '--'],
    args: ['ulimit -n 65536; ray start --head --block --dashboard-host=0.0.0.0 --num-cpus=0'],
    ports: [
      { name: 'gcs', containerPort: 6379 },
      { name: 'dashboard', containerPort: 8265 },
      { name: 'client', containerPort: 10001 },
    ],
    env: [...rayEnv, { name: 'RAY_ADDRESS', value: '127.0.0.1:6379' }],
    resources: { limits: { cpu: '1', memory: '5Gi' }, requests: { cpu: '1', memory: '2Gi' } },
    livenessProbe: rayProbe(120),
    readinessProbe: rayProbe(10),
    volumeMounts: [
      { name: 'shared-mem', mountPath: '/dev/shm' },
      { name: 'ray-logs', mountPath: '/tmp/ray' },
    ],
  };
}

function autoscalerContainer(): V1Container {
  return {
    name: 'autoscaler',
    image: rayImage,
    command: ['/bin/bash', '-c', '--'],
    args: ['ray kuberay-autoscaler --cluster-name $(RAY_CLUSTER_NAME) --cluster-namespace $(RAY_CLUSTER_NAMESPACE)'],
    env: rayEnv.slice(0, 2),
    resources: { limits: { cpu: '500m', memory: '512Mi' }, requests: { cpu: '500m', memory: '512Mi' } },
    volumeMounts: [{ name: 'ray-logs', mountPath: '/tmp/ray' }],
    securityContext: {},
  };
}

function rayProbe(failureThreshold: number) {
  const command = ['bash', '-c', 'wget -q -O- http://localhost:52365/api/local_raylet_healthz | grep success'];
  return { exec: { command }, initialDelaySeconds: 30, periodSeconds: 5, timeoutSeconds: 2, failureThreshold };
}
