import type { V1Pod } from '@kubernetes/client-node';
import { expectSuccess, type PodAnswer } from '../../test/e2e/cluster.ts';
import { container, plainPod, rayHeadWithAutoscaler, rayWorker } from '../../test/e2e/pods.ts';
import type { Errand } from './load.ts';
import type { namespaces, Stage } from './stage.ts';

/** What is done to pods through the API server. */
export function podErrands({ cluster }: Pick<Stage, 'cluster'>): readonly Errand[] {
  const rehearsal = (
    kind: string,
    share: number,
    namespace: keyof typeof namespaces,
    pod: V1Pod,
    faultOf: (answer: PodAnswer) => string | undefined = unlessFilled,
    reviews = 1,
  ): Errand => ({
    kind,
    share,
    reviews,
    run: async () => faultOf(await cluster.createPod(namespace, pod, { dryRun: true })),
  });
  return [
    rehearsal('a small pod', 20, 'team', plainPod('app')),
    rehearsal('a Ray head', 5, 'team', rayHeadWithAutoscaler()),
    rehearsal('a Ray worker', 5, 'team', rayWorker()),
    rehearsal('a large pod', 1, 'team', largePod),
    rehearsal('a pod under enforce', 5, 'enforcing', plainPod('app')),
    rehearsal(
      'a privileged pod under enforce',
      2,
      'enforcing',
      privilegedPod,
      unlessRefused(403, 'violates PodSecurity'),
    ),
    rehearsal('an invalid pod', 2, 'team', invalidPod, unlessRefused(422, 'Duplicate value')),
    rehearsal('a pod in audit mode', 3, 'auditing', plainPod('app'), unlessBare),
    rehearsal('a pod elsewhere', 5, 'plain', plainPod('app'), unlessBare, 0),
    { kind: 'a pod that is stored, then debugged', share: 5, reviews: 2, run: () => storeAndDebug(cluster) },
  ];
}

const largePod = plainPod('large', {
  containers: [container('app', { env: [{ name: 'PADDING', value: 'x'.repeat(500_000) }] })],
});

const privilegedPod = plainPod('app', { containers: [container('app', { securityContext: { privileged: true } })] });

const invalidPod = plainPod('app', { containers: [container('app'), container('app')] });

/** What is wrong with a pod that nobody has looked at. */
export const unfilled = 'came back unfilled';

/** What is wrong with an answer that should be a pod with everything filled. */
export function unlessFilled({ status, message, pod }: PodAnswer): string | undefined {
  if (status !== 201) return `${status} ${message}`;
  const { containers = [], initContainers = [] } = pod.spec ?? {};
  const all = [...initContainers, ...containers];
  const isFilled = all.length > 0 && all.every(({ securityContext }) => securityContext?.runAsNonRoot);
  return isFilled ? undefined : unfilled;
}

function unlessBare({ status, message, pod }: PodAnswer): string | undefined {
  if (status !== 201) return `${status} ${message}`;
  return pod.spec?.containers[0]?.securityContext === undefined ? undefined : 'came back filled';
}

function unlessRefused(expected: number, words: string) {
  return ({ status, message }: PodAnswer): string | undefined =>
    status === expected && message.includes(words) ? undefined : `${status} ${message}`;
}

/** A pod that is really made, given an ephemeral container, and deleted. */
async function storeAndDebug({ createPod, api }: Stage['cluster']): Promise<string | undefined> {
  const { metadata: _, ...pod } = plainPod('app');
  const created = await createPod('team', { ...pod, metadata: { generateName: 'app-' } });
  const fault = unlessFilled(created);
  if (fault !== undefined) return fault;
  const path = `/api/v1/namespaces/team/pods/${created.pod.metadata?.name}`;
  const body = { spec: { ephemeralContainers: [{ name: 'debugger', image: 'registry.example/debug:1' }] } };
  const contentType = 'application/strategic-merge-patch+json';
  const debugged = await api.request('PATCH', `${path}/ephemeralcontainers`, body, { contentType });
  expectSuccess(await api.request('DELETE', `${path}?gracePeriodSeconds=0`));
  if (debugged.status !== 200) return `${debugged.status} ${debugged.body.message}`;
  const [ephemeral] = (debugged.body as V1Pod).spec?.ephemeralContainers ?? [];
  return ephemeral?.securityContext?.runAsNonRoot ? undefined : 'the ephemeral container came back unfilled';
}
