import type { Workload } from './observed.ts';

const shortNames: Readonly<Record<string, string>> = {
  Deployment: 'deploy',
  StatefulSet: 'sts',
  DaemonSet: 'ds',
  ReplicaSet: 'rs',
  ReplicationController: 'rc',
  CronJob: 'cj',
};

/** The workload as kubectl takes it: `deploy/web`, `raycluster/demo`. */
export function workloadName({ kind, name }: Workload): string {
  return `${shortNames[kind] ?? kind.toLowerCase()}/${name}`;
}
