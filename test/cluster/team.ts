import { randomBytes } from 'node:crypto';
import { createServiceAccount, enforced, expectSuccess, optedIn } from '../e2e/cluster.ts';
import { plainPod } from '../e2e/pods.ts';
import type { Site } from '../e2e/site.ts';
import { until } from '../e2e/until.ts';

/** A namespace that is opted in and refuses pods that fall short of `restricted`, once the first pod was accepted in it. */
export async function openTeam({ api }: Site): Promise<string> {
  const name = `team-${randomBytes(3).toString('hex')}`;
  expectSuccess(
    await api.request('POST', '/api/v1/namespaces', { metadata: { name, labels: { ...optedIn, ...enforced } } }),
  );
  await createServiceAccount(api, name, 'default');
  await until('the first pod is accepted', async () => {
    const answer = await api.request('POST', `/api/v1/namespaces/${name}/pods?dryRun=All`, plainPod('app'));
    if (answer.status === 201) return true;
    throw new Error(answer.body.message);
  });
  return name;
}
