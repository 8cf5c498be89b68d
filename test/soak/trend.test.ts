import { expect } from 'chai';
import { quantile } from '../../scripts/bench/quantile.ts';
import { growthPerHour, levelOf, type Point } from '../../scripts/soak/trend.ts';

/** One value for each second. */
function pointsOf(seconds: number, value: (at: number) => number): readonly Point[] {
  return Array.from({ length: seconds }, (_, at) => ({ at, value: value(at) }));
}

describe('the level of a series', () => {
  it('is the value below which that share of the values lies', () => {
    expect(quantile([5, 1, 4, 2, 3, 9, 8, 7, 6, 10, 11], 0.1)).to.equal(2);
    expect(quantile([5, 1, 4, 2, 3], 0.5)).to.equal(3);
    expect(quantile([], 0.5)).to.deep.equal(Number.NaN);
  });

  it('is of the time that is asked for, and of no other', () => {
    const points = pointsOf(100, (at) => (at < 20 ? 7 : 1000));
    expect(levelOf({ points, share: 0.5 }, 100, 0, 0.2)).to.equal(7);
    expect(levelOf({ points, share: 0.5 }, 100, 0.2, 0.4)).to.equal(1000);
  });
});

describe('the growth of a series in an hour', () => {
  it('is its slope, whatever it is filled with and emptied of meanwhile', () => {
    // Each second 0.01 more, and a saw whose teeth are a hundred times as high.
    const points = pointsOf(600, (at) => 50 + at / 100 + (at % 7));
    expect(growthPerHour({ points, share: 0.1 }, 600)).to.be.closeTo(36, 4);
  });

  it('is that of the second half', () => {
    const points = pointsOf(600, (at) => Math.min(at, 29.1));
    expect(growthPerHour({ points, share: 0.5 }, 600)).to.equal(0);
  });

  it('is not known when nothing was measured', () => {
    expect(growthPerHour({ points: [], share: 0.5 }, 600)).to.deep.equal(Number.NaN);
  });
});
