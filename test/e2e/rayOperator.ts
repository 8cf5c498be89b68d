import { readFile } from 'node:fs/promises';
import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import { parse } from 'yaml';
import type { KubeRay } from '../../scripts/kubeRay.ts';
import { type ControlPlane, users } from './controlPlane.ts';
import { freePort } from './freePort.ts';
import { untilReady } from './processes.ts';
import type { Tool } from './tools.ts';

export interface RayCluster {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly headGroupSpec: { readonly template: V1PodTemplateSpec };
    readonly workerGroupSpecs: readonly { readonly template: V1PodTemplateSpec }[];
  };
  readonly status?: { readonly state?: string };
}

/** The RayCluster of examples/, for which no namespace is chosen yet. */
export async function readRayCluster(): Promise<RayCluster> {
  const { metadata, ...cluster } = parse(await readFile('examples/raycluster.yaml', 'utf8'));
  const { namespace: _, ...rest } = metadata;
  return { ...cluster, metadata: rest };
}

/** Starts KubeRay's own operator beside the control plane, for RayClusters in all namespaces, and waits until it is ready. */
export async function startRayOperator(
  { operator, definitions }: KubeRay,
  controlPlane: ControlPlane,
  kubectl: Tool,
): Promise<void> {
  await kubectl(['apply', '--server-side', '-f', definitions]);
  const health = `127.0.0.1:${await freePort()}`;
  const args = ['--metrics-addr', `127.0.0.1:${await freePort()}`, '--health-probe-bind-address', health];
  const running = controlPlane.processes.start(operator, [...args, '--enable-leader-election=false'], {
    env: { ...process.env, KUBECONFIG: await controlPlane.kubeconfig(users.admin.token) },
  });
  const isReady = async () => (await fetch(`http://${health}/readyz`)).status === 200;
  await untilReady("KubeRay's operator is ready", running, isReady);
}
