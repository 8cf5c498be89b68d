import { expect } from 'chai';
import { installYaml, type Site } from '../e2e/site.ts';
import { until } from '../e2e/until.ts';
import { publishedBundle } from './handshakes.ts';
import { note, site } from './hooks.ts';
import { startLoad, toText } from './load.ts';
import { createReplicas, type Replicas } from './replicas.ts';
import { requestRollOver } from './secret.ts';
import { openTeam } from './team.ts';

describe('two API servers', () => {
  let replicas: Replicas;
  let second: Awaited<ReturnType<Site['startSecondApiServer']>>;

  before(async () => {
    await site().apply([], '-f', installYaml);
    second = await site().startSecondApiServer();
    replicas = await createReplicas(site());
    await replicas.start(2);
  });

  after(async () => {
    await second?.stop();
    await replicas?.close();
    await site().uninstall();
  });

  it('lose no pod while replicas are restarted and another authority is announced', async () => {
    const team = await openTeam(site());
    const [one, other] = [site(), second].map((server) => startLoad(server, team));
    await until('pods are created', () => [one, other].every((load) => load !== undefined && load.created() > 50));
    await requestRollOver(site());
    for (const replica of [...replicas.running]) {
      await replicas.start(1);
      await replicas.stop(replica);
    }
    await until('the authority is announced', async () => (await publishedBundle(site())).split('BEGIN').length === 3);
    const tallies = [await one?.stop(), await other?.stop()];
    for (const tally of tallies) {
      if (tally) note(`one of two API servers, replicas restarted, an authority announced: ${toText(tally)}`);
      expect(tally?.lost).to.deep.equal({});
    }
  }).timeout(180_000);
});
