import { createServiceAccount, expectSuccess, optedIn } from '../../test/e2e/cluster.ts';
import { plainPod } from '../../test/e2e/pods.ts';
import { until } from '../../test/e2e/until.ts';
import { unfilled, unlessFilled } from './podErrands.ts';
import { type Repeated, repeat } from './repeat.ts';
import type { Stage } from './stage.ts';
import type { Tally } from './tally.ts';

const kind = 'a pod in a new namespace';

/** What the annotations of namespaces are changed to, one after the other. */
const annotations = [
  { 'pod-hardener.io/controls': '+readOnlyRootFilesystem' },
  { 'pod-hardener.io/run-as-user': '1000', 'pod-hardener.io/run-as-group': '1000' },
  { 'pod-hardener.io/profil': 'restricted' },
] as const;

/**
 * Makes namespaces, changes their policy, opts them out and in again and deletes them, one after the other; in each a
 * pod is created at once, after each change, and after it was opted in again.
 */
export function startChurn({ cluster }: Stage, tally: Tally, now: () => number): Repeated {
  let number = 0;
  let left: string | undefined;

  async function createPod(name: string): Promise<string | undefined> {
    return unlessFilled(await cluster.createPod(name, plainPod('app'), { dryRun: true }));
  }

  async function countPod(name: string): Promise<void> {
    const start = now();
    const fault = await createPod(name).catch((error: Error) => error.message);
    tally.count({ kind, start, fault, reviews: 1 });
  }

  async function live(name: string): Promise<void> {
    expectSuccess(await cluster.api.request('POST', '/api/v1/namespaces', { metadata: { name, labels: optedIn } }));
    left = name;
    await createServiceAccount(cluster.api, name, 'default');
    await countPod(name);
    await cluster.changeNamespace(name, { annotations: annotations[number % annotations.length] ?? {} });
    await countPod(name);
    // The API server itself hears of changed labels a moment later, so a pod may be asked about or not.
    await cluster.changeNamespace(name, { labels: { 'pod-hardener.io/profile': null } });
    await cluster.changeNamespace(name, { labels: optedIn });
    await until('pods are hardened after the namespace was opted in again', async () => {
      const start = now();
      tally.mayHaveAnswered(1);
      const fault = await createPod(name);
      if (fault !== undefined && fault !== unfilled) tally.count({ kind, start, fault, reviews: 1 });
      return fault === undefined;
    });
    await countPod(name);
  }

  async function one(): Promise<void> {
    if (left !== undefined) await remove(left);
    left = undefined;
    const start = now();
    const fault = await live(`churn-${number++}`).then(
      () => undefined,
      (error: Error) => error.message,
    );
    tally.count({ kind: 'a namespace that comes and goes', start, fault, reviews: 0 });
  }

  async function remove(name: string): Promise<void> {
    const path = `/api/v1/namespaces/${name}`;
    await cluster.api.request('DELETE', `${path}/serviceaccounts/default`);
    await cluster.api.request('DELETE', path);
    // What the controller of namespaces does when nothing is in them any more.
    const { body } = await cluster.api.request('GET', path);
    if (body.kind !== 'Namespace') return;
    await cluster.api.request('PUT', `${path}/finalize`, { ...body, spec: { finalizers: [] } });
  }

  // While the API server is away nothing can be made or removed; what was left is removed later.
  return repeat(500, one, () => {});
}
