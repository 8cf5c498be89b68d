import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import { container } from './pods.ts';

export interface Workload {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template: V1PodTemplateSpec; readonly [key: string]: unknown };
}

const labels = { app: 'demo' };
const selector = { matchLabels: labels };

/** One workload of each kind that makes pods of a template, with the path of its resource. */
export const workloads: readonly { readonly path: string; readonly workload: Workload }[] = [
  {
    path: 'deployments',
    workload: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        selector,
        template: {
          metadata: { labels },
          spec: {
            initContainers: [container('migrate'), container('proxy', { restartPolicy: 'Always' })],
            containers: [container('web', { ports: [{ containerPort: 8080 }] })],
          },
        },
      },
    },
  },
  {
    path: 'statefulsets',
    workload: {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'database' },
      spec: {
        selector,
        serviceName: 'database',
        volumeClaimTemplates: [],
        template: {
          metadata: { labels },
          spec: {
            securityContext: { fsGroup: 999 },
            containers: [container('database', { securityContext: { runAsUser: 999 } })],
            volumes: [{ name: 'files', persistentVolumeClaim: { claimName: 'files' } }],
          },
        },
      },
    },
  },
  {
    path: 'daemonsets',
    workload: {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'agent' },
      spec: {
        selector,
        template: {
          metadata: { labels },
          spec: {
            containers: [container('agent', { securityContext: { capabilities: { drop: ['NET_RAW'] } } })],
            tolerations: [{ operator: 'Exists' }],
          },
        },
      },
    },
  },
  {
    path: 'jobs',
    workload: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'import' },
      spec: {
        template: {
          metadata: { labels },
          spec: { restartPolicy: 'Never', containers: [container('import', { command: ['import', '--all'] })] },
        },
      },
    },
  },
];
