import { bytesOf, reviewOf } from '../requests.ts';

type Json = Record<string, unknown>;

/** The uid of every review that is made here. */
export const uid = '705ab4f5-6393-11e8-b7cc-42010a800002';

/** The head of a RayCluster as its operator creates it: nobody said anything about security. */
export const rayHead: Json = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    generateName: 'ray-head-',
    namespace: 'team',
    labels: { 'ray.io/cluster': 'ray', 'ray.io/node-type': 'head' },
    annotations: { 'ray.io/ft-enabled': 'false' },
  },
  spec: {
    serviceAccountName: 'ray',
    containers: [
      {
        name: 'ray-head',
        image: 'docker.io/rayproject/ray:2.52.0',
        env: [{ name: 'REDIS_PASSWORD', value: 'a-secret-of-the-author' }],
        ports: [{ name: 'dashboard', containerPort: 8265, protocol: 'TCP' }],
        resources: { limits: { cpu: '2', memory: '4Gi' } },
      },
      { name: 'autoscaler', image: 'docker.io/rayproject/ray:2.52.0', securityContext: { runAsUser: 1000 } },
    ],
    volumes: [{ name: 'shm', emptyDir: { medium: 'Memory' } }],
  },
};

/** The patch that a namespace of the profile `restricted` makes of it. */
export const rayHeadPatch: readonly Json[] = [
  { op: 'add', path: '/spec/securityContext', value: { seccompProfile: { type: 'RuntimeDefault' } } },
  {
    op: 'add',
    path: '/spec/containers/0/securityContext',
    value: { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  },
  { op: 'add', path: '/spec/containers/1/securityContext/runAsNonRoot', value: true },
  { op: 'add', path: '/spec/containers/1/securityContext/allowPrivilegeEscalation', value: false },
  { op: 'add', path: '/spec/containers/1/securityContext/capabilities', value: { drop: ['ALL'] } },
  {
    op: 'add',
    path: '/metadata/annotations/pod-hardener.io~1filled',
    value:
      'autoscaler/allowPrivilegeEscalation,autoscaler/capabilities,autoscaler/runAsNonRoot,' +
      'ray-head/allowPrivilegeEscalation,ray-head/capabilities,ray-head/runAsNonRoot,seccompProfile',
  },
];

/** A pod to which nothing is missing. */
export const completePod: Json = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'complete' },
  spec: {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'app',
        image: 'registry.example/app:1',
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
};

/** The review of the creation of a pod, by default of the head of a RayCluster. */
export function creation(pod: unknown = rayHead, request: Json = {}): Buffer {
  return bytesOf(reviewOf(pod, { uid, ...request }));
}

/** The review of a debugger being added to a running pod, which is one ephemeral container already. */
export function debugging(request: Json = {}): Buffer {
  const running = (ephemeralContainers: readonly Json[]) => ({
    ...completePod,
    spec: { ...(completePod.spec as Json), ephemeralContainers },
  });
  const first = { name: 'first', image: 'busybox' };
  return bytesOf(
    reviewOf(running([first, { name: 'debugger', image: 'busybox' }]), {
      uid,
      operation: 'UPDATE',
      subResource: 'ephemeralcontainers',
      oldObject: running([first]),
      ...request,
    }),
  );
}

/** The head of a RayCluster, with an environment variable of so many bytes. */
export function padded(bytes: number): Json {
  const spec = rayHead.spec as Json & { readonly containers: readonly Json[] };
  const [first, ...others] = spec.containers;
  const env = [{ name: 'PADDING', value: 'x'.repeat(bytes) }];
  return { ...rayHead, spec: { ...spec, containers: [{ ...first, env }, ...others] } };
}
