import { expect } from 'chai';
import { reportSilence } from '../../src/kubernetes/namespaceReports.ts';
import { until } from './poll.ts';

describe('reportSilence', () => {
  /** The time of day at which the API server was heard last, by a clock that people set. */
  let lastContact: number | undefined;
  let elapsed: number;
  let looks: number;
  let told: string[];
  let timer: NodeJS.Timeout;

  beforeEach(() => {
    [lastContact, elapsed, looks, told] = [Date.now(), 0, 0, []];
    const client = {
      lastContact() {
        looks += 1;
        return lastContact;
      },
    };
    const log = (_: string, message: string) => told.push(message);
    timer = reportSilence({ client, log, elapsed: () => elapsed, staleMs: 20 });
  });

  afterEach(() => clearInterval(timer));

  async function lookTwice(): Promise<void> {
    const before = looks;
    await until('it has looked', () => looks > before + 3);
  }

  it('tells of a silence and of its end, once each', async () => {
    elapsed = 21;
    await lookTwice();
    await lookTwice();
    expect(told).to.deep.equal(['The API server has been silent; what is known of namespaces may be old.']);
    lastContact = Date.now() + 1;
    await lookTwice();
    expect(told.slice(1)).to.deep.equal(['The API server is heard again.']);
  });

  it('tells nothing when the clock was set, ahead or back', async () => {
    for (const setMs of [-3_600_000, 3_600_000]) {
      lastContact = Date.now() + setMs;
      await lookTwice();
      elapsed += 15;
      await lookTwice();
    }
    expect(told).to.deep.equal([]);
  });

  it('tells of a silence that began before the API server was ever heard', async () => {
    lastContact = undefined;
    await lookTwice();
    elapsed = 21;
    await lookTwice();
    expect(told).to.have.length(1);
  });
});
