import { expect } from 'chai';
import { createAbsence } from '../../scripts/soak/absence.ts';
import { createTally } from '../../scripts/soak/tally.ts';

describe('the tally of a long run', () => {
  let time: number;

  beforeEach(() => {
    time = 0;
  });

  /** A tally while the API server is away from 10 to 20 s. */
  function start() {
    const absence = createAbsence(() => time);
    const tally = createTally(absence);
    const until = (moment: number) => {
      if (time < 10 && moment >= 10) absence.begin();
      if (time < 20 && moment >= 20) {
        time = 20;
        absence.end();
      }
      time = moment;
    };
    return { tally, until };
  }

  const failed = { kind: 'a pod', fault: '500 failed calling webhook', reviews: 1 };

  it('counts a failure as lost when the API server was there all the time', () => {
    const { tally, until } = start();
    until(9);
    tally.count({ ...failed, start: 5 });
    until(25);
    tally.count({ ...failed, start: 21 });
    expect(tally.totals.lost).to.equal(2);
    expect([...tally.lost]).to.deep.equal([['a pod: 500 failed calling webhook', 2]]);
  });

  it('counts none as lost that fell into the absence of the API server, wholly or in part', () => {
    const { tally, until } = start();
    until(11);
    tally.count({ ...failed, start: 9 });
    tally.count({ ...failed, start: 11 });
    until(25);
    tally.count({ ...failed, start: 12 });
    tally.count({ ...failed, start: 20 });
    expect(tally.totals.lost).to.equal(0);
    expect(tally.rows()).to.deep.equal([{ 'what was asked': 'a pod', 'as it should': 0, lost: 0, away: 4 }]);
  });

  it('counts a failure as lost even then when no API server is needed', () => {
    const { tally, until } = start();
    until(15);
    tally.count({ ...failed, start: 11, always: true });
    expect(tally.totals.lost).to.equal(1);
  });

  it('knows how many reviews were answered, and how many may have been', () => {
    const { tally, until } = start();
    tally.count({ kind: 'a pod', start: 0, fault: undefined, reviews: 2 });
    tally.count({ ...failed, start: 0, reviews: 2 });
    until(11);
    tally.count({ ...failed, start: 11, fault: 'connect ECONNREFUSED 127.0.0.1:6443' });
    expect(tally.totals).to.deep.equal({ asked: 3, lost: 1, away: 1, seen: 2, unheard: 2 });
  });

  it('takes reasons for one that differ in the names of namespaces and in large numbers', () => {
    const { tally } = start();
    tally.count({ ...failed, start: 0, fault: '503 namespace churn-17 from port 40123' });
    tally.count({ ...failed, start: 0, fault: '503 namespace churn-18 from port 40124' });
    expect([...tally.lost]).to.deep.equal([['a pod: 503 namespace … from port …', 2]]);
  });
});
