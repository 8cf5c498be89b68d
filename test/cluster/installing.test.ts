import { expect } from 'chai';
import { optedIn } from '../e2e/cluster.ts';
import { configurationPath, installYaml } from '../e2e/site.ts';
import { until } from '../e2e/until.ts';
import { note, site } from './hooks.ts';
import { lostIn, startLoad, toText } from './load.ts';
import { createReplicas, type Replicas } from './replicas.ts';
import { openTeam } from './team.ts';

describe('an installation under load', () => {
  let replicas: Replicas | undefined;

  afterEach(async () => {
    await replicas?.close();
    await site().uninstall();
  });

  it('refuses no pod before its first replica is ready, and fills pods as soon as it is', async () => {
    const created = await site().createPodIn('before-installation', optedIn);
    expect(created.status).to.equal(201);
    const load = startLoad(site(), 'before-installation');
    await until('pods are created', () => load.created() > 50);
    await site().apply([], '-f', installYaml);
    await until('pods are created without a replica', more(load, 100));
    replicas = await createReplicas(site());
    await replicas.start(2);
    await until('pods are filled', async () => {
      const { body } = await site().createPodIn('before-installation', optedIn);
      return JSON.stringify(body).includes('pod-hardener.io/filled');
    });
    const tally = await load.stop();
    note(`installed under load: ${toText(tally)}`);
    expect(tally.lost).to.deep.equal({});
  });

  it('refuses no pod while it is taken away, first the configuration and then the rest', async () => {
    await site().apply([], '-f', installYaml);
    replicas = await createReplicas(site());
    await replicas.start(2);
    await openTeam(site());
    await site().createPodIn('after-installation', optedIn);
    const load = startLoad(site(), 'after-installation');
    await until('pods are created', () => load.created() > 50);
    await site().api.request('DELETE', configurationPath);
    await Promise.all([...replicas.running].map((replica) => replica.process.stop('SIGKILL')));
    await until('pods are created afterwards', more(load, 200));
    const tally = await load.stop();
    note(`taken away under load: ${toText(tally)}`);
    expect(lostIn(tally)).to.equal(0);
  });
});

/** Whether so many pods have been created from now on. */
function more(load: { created(): number }, count: number): () => boolean {
  const before = load.created();
  return () => load.created() > before + count;
}
