import type { Json } from '../pods.ts';

export const digestA = `sha256:${'a'.repeat(64)}`;
export const digestB = `sha256:${'b'.repeat(64)}`;

/** What may differ between the pods of these tests; the rest is as a kubelet writes it. */
export interface PodOptions {
  readonly metadata?: Json;
  readonly spec?: Json;
  readonly container?: Json;
  readonly status?: Json;
}

/** A pod with the container `app` of nginx, as the API server has it some seconds after its start. */
export function runningPod({ metadata, spec, container, status }: PodOptions = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web-1',
      namespace: 'team',
      uid: 'uid-1',
      resourceVersion: '7',
      generation: 1,
      creationTimestamp: '2026-01-01T10:00:00Z',
      ...metadata,
    },
    spec: { containers: [{ name: 'app', image: 'nginx:1.27', ...container }], ...spec },
    status: {
      containerStatuses: [
        {
          name: 'app',
          image: 'docker.io/library/nginx:1.27',
          imageID: `docker.io/library/nginx@${digestA}`,
          state: { running: { startedAt: '2026-01-01T10:00:05Z' } },
          user: { linux: { uid: 1000, gid: 1000, supplementalGroups: [1000] } },
          ...status,
        },
      ],
    },
  };
}

export const refusals = {
  root: 'container has runAsNonRoot and image will run as root (pod: "web-1_team(uid-1)", container: app)',
  named:
    'container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root ' +
    '(pod: "web-1_team(uid-1)", container: app)',
  policy: `container's runAsUser breaks non-root policy (pod: "web-1_team(uid-1)", container: app)`,
} as const;

/** The same pod, as the API server has it when the kubelet refuses to create its container. */
export function refusedPod(message: string, options: PodOptions = {}) {
  return runningPod({
    ...options,
    container: { securityContext: { runAsNonRoot: true }, ...options.container },
    status: {
      image: 'nginx:1.27',
      imageID: '',
      user: undefined,
      state: { waiting: { reason: 'CreateContainerConfigError', message } },
      ...options.status,
    },
  });
}

/** The same pod, after its container ended two seconds after its start. */
export function endedPod(terminated: Json, options: PodOptions = {}) {
  const times = { startedAt: '2026-01-01T10:00:05Z', finishedAt: '2026-01-01T10:00:07Z' };
  return runningPod({
    ...options,
    status: { state: { terminated: { exitCode: 1, reason: 'Error', ...times, ...terminated } }, ...options.status },
  });
}
