import { expect } from 'chai';
import { installYaml } from '../e2e/site.ts';
import { note, site } from './hooks.ts';
import { lostIn, startLoad, toText } from './load.ts';
import { createReplicas, type Replicas } from './replicas.ts';
import { openTeam } from './team.ts';

const restarts = 20;
/** Shorter than by default, so that twenty restarts take no five minutes; longer than endpoints need to be known. */
const shutdownDelay = '3s';

describe('two replicas under load', () => {
  const env = { PODHARDENER_SHUTDOWN_DELAY: shutdownDelay };
  let replicas: Replicas;
  let team: string;

  before(async () => {
    await site().apply([], '-f', installYaml);
    replicas = await createReplicas(site());
    await replicas.start(2, { env });
    team = await openTeam(site());
  });

  after(async () => {
    await replicas?.close();
    await site().uninstall();
  });

  it(`lose no pod in ${restarts} rolling restarts`, async () => {
    const load = startLoad(site(), team);
    for (let restart = 0; restart < restarts; restart++) {
      const [oldest] = replicas.running;
      await replicas.start(1, { env });
      if (oldest) expect(await replicas.stop(oldest)).to.equal(0);
    }
    const tally = await load.stop();
    note(`${restarts} rolling restarts with a delay of ${shutdownDelay}: ${toText(tally)}`);
    expect(tally.lost).to.deep.equal({});
    expect(lostIn(tally)).to.equal(0);
  }).timeout(600_000);
});
