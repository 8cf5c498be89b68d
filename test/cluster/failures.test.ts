import { expect } from 'chai';
import { createApiClient } from '../e2e/apiClient.ts';
import { users } from '../e2e/controlPlane.ts';
import { plainPod } from '../e2e/pods.ts';
import { installYaml } from '../e2e/site.ts';
import { until } from '../e2e/until.ts';
import { observeDuring } from './during.ts';
import { note, site } from './hooks.ts';
import { longestOutage, startLoad, timeOfLosses, toText } from './load.ts';
import { createReplicas, type Replicas } from './replicas.ts';
import { openTeam } from './team.ts';

/** The manifests' `timeoutSeconds`, after which the API server gives up a call. */
const timeoutSeconds = 3;
const awaySeconds = 120;
/** As many as show that it was no luck. */
const kills = 10;

describe('a failure', () => {
  let replicas: Replicas;
  let team: string;

  before(async () => {
    await site().apply([], '-f', installYaml);
    replicas = await createReplicas(site());
    await replicas.start(2);
    team = await openTeam(site());
  });

  after(async () => {
    await replicas?.close();
    await site().uninstall();
  });

  const during = (what: string, happen: () => Promise<void>) => observeDuring(what, { team, replicas }, happen);

  /** What one test has broken is none of the next one's business. */
  beforeEach(async () => {
    await replicas.start(2 - replicas.running.length);
  });

  it('of one replica that is killed costs what it was about to answer, and what is sent to it while it is still known', async () => {
    const seen = await during(`one of two replicas killed, ${kills} times`, async () => {
      for (let kill = 0; kill < kills; kill++) {
        await replicas.running[0]?.process.stop('SIGKILL');
        await replicas.start(1);
        // Longer than what parts two outages.
        await new Promise((resolve) => setTimeout(resolve, 2_000));
      }
    });
    expect(seen.outages).to.have.length.at.most(kills);
    expect(longestOutage(seen)).to.be.below(2);
  }).timeout(120_000);

  it('of one replica that hangs makes clients wait no longer than the timeout, until nobody is sent to it', async () => {
    const [frozen] = replicas.running;
    const seen = await during('one of two replicas frozen', async () => {
      frozen?.process.signal('SIGSTOP');
      await until('nobody is sent to it', () => frozen?.isReady() === false, 60);
      await new Promise((resolve) => setTimeout(resolve, timeoutSeconds * 1000));
    }).finally(() => frozen?.process.stop('SIGKILL'));
    expect(seen.slowestMs).to.be.below((timeoutSeconds + 1) * 1000);
    // Three failed probes, and one more timeout.
    expect(timeOfLosses(seen)).to.be.below(20);
  }).timeout(120_000);

  it(`of the API server for ${awaySeconds} s takes no replica away, and the first pods after it are filled`, async () => {
    const before = replicas.running.map(({ process: { pid } }) => pid);
    await site().stopApiServer('SIGKILL');
    try {
      const end = Date.now() + awaySeconds * 1000;
      while (Date.now() < end) {
        for (const replica of replicas.running) expect((await replica.ask('/readyz')).status).to.equal(200);
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    } finally {
      await site().startApiServer();
    }
    const load = startLoad(site(), team);
    await until('pods are created again', () => load.created() > 500);
    const tally = await load.stop();
    note(`the API server away for ${awaySeconds} s, then: ${toText(tally)}`);
    expect(tally.lost).to.deep.equal({});
    expect(replicas.running.map(({ process: { pid } }) => pid)).to.deep.equal(before);
  }).timeout((awaySeconds + 60) * 1000);

  it('is not that the API server gives up an idle connection after 90 s', async () => {
    // Bursts come when the API server is just about to close the connections of the last one, and when it just has.
    let [created, lost] = [0, 0];
    for (const idleSeconds of [89.5, 90, 90.5]) {
      await new Promise((resolve) => setTimeout(resolve, idleSeconds * 1000));
      // The connections of the client itself are new, so that none of them is of interest.
      const client = createApiClient(site().url, site().ca, users.admin.token);
      const path = `/api/v1/namespaces/${team}/pods?dryRun=All`;
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => client.request('POST', path, plainPod('app'))),
      ).finally(() => client.close());
      created += answers.filter(({ status }) => status === 201).length;
      lost += answers.filter(({ status }) => status !== 201).length;
    }
    note(`bursts of 20 pods after 89.5, 90 and 90.5 s of silence: ${created} pods created, ${lost} lost`);
    expect(lost).to.equal(0);
  }).timeout(400_000);
});
