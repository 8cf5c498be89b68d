import { type Cluster, cluster, type PodAnswer } from './cluster.ts';
import { plainPod } from './pods.ts';

export interface SteadyLoad {
  /** The answers so far. */
  readonly answers: readonly PodAnswer[];
  /** Lets the requests that are running come to their end. Answers with all answers; a second call changes nothing. */
  stop(): Promise<readonly PodAnswer[]>;
}

/** Creates pods in dry runs, so many at a time and one after the other, until it is stopped. */
export function startSteadyLoad(
  namespace: string,
  concurrency: number,
  { createPod }: Pick<Cluster, 'createPod'> = cluster(),
): SteadyLoad {
  const answers: PodAnswer[] = [];
  let stopped = false;
  const client = async () => {
    while (!stopped) answers.push(await createPod(namespace, plainPod('app'), { dryRun: true }));
  };
  const clients = Array.from({ length: concurrency }, client);
  return {
    answers,
    async stop() {
      stopped = true;
      await Promise.all(clients);
      return answers;
    },
  };
}

/** What went wrong, in words: refusals, and pods that were let through as they were. Empty if all were hardened. */
export function faultsIn(answers: readonly PodAnswer[]): string[] {
  const faults = answers.map(({ status, message, pod }) => {
    if (status !== 201) return `${status} ${message}`;
    return pod.spec?.containers[0]?.securityContext?.runAsNonRoot === true ? '' : 'not hardened';
  });
  return [...new Set(faults)].filter(Boolean);
}
