import type { V1Pod } from '@kubernetes/client-node';
import { until } from '../e2e/until.ts';
import { nodeCluster } from './nodeCluster.ts';

/** Waits until all containers of the pod run. Throws with the state of those that do not. */
export async function untilRunning(namespace: string, name: string): Promise<V1Pod> {
  let pod: V1Pod | undefined;
  const isRunning = async () => {
    pod = await nodeCluster().getPod(namespace, name);
    const states = pod.status?.containerStatuses ?? [];
    return states.length > 0 && states.every(({ state }) => state?.running !== undefined) && pod;
  };
  return until(`${name} runs`, isRunning, 120).catch((error: Error) => {
    throw new Error(`${error.message}: ${JSON.stringify(pod?.status?.containerStatuses ?? pod?.status)}`);
  });
}

/** What the kernel says of a process: the fields of its `/proc/PID/status`. */
export function parseStatus(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n').filter(Boolean);
  return Object.fromEntries(lines.map((line) => line.split(/:\s*/, 2)).map(([key = '', value = '']) => [key, value]));
}
