import { expect } from 'chai';
import { minutesIn } from '../../scripts/soak/minutes.ts';

describe('the minutes of a long run', () => {
  it('are ten unless told otherwise, and need not be whole', () => {
    expect(minutesIn([])).to.equal(10);
    expect(minutesIn(['60'])).to.equal(60);
    expect(minutesIn(['0.5'])).to.equal(0.5);
  });

  for (const written of ['0', '-1', 'ten', '', '1e3', '5m', '1,5', 'Infinity', '999999']) {
    it(`are not ${JSON.stringify(written)}, and one sentence says so`, () => {
      const problem = `${JSON.stringify(written)} is not a number of minutes, such as 10 or 0.5`;
      expect(minutesIn([written])).to.deep.equal({ problem });
    });
  }

  it('are one number only', () => {
    expect(minutesIn(['1', '2'])).to.deep.equal({
      problem: '2 arguments are too many: only the number of minutes is taken',
    });
  });
});
