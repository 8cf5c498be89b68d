import { expect } from 'chai';
import { createPace } from '../../src/certificates/pace.ts';

describe('createPace', () => {
  let now: number;

  beforeEach(() => {
    now = 1_000_000;
  });

  it('lets it be done at once, then after 1, 2, 4 seconds and so on, and at least every five minutes', () => {
    const pace = createPace(() => now);
    const waits: number[] = [];
    for (let i = 0; i < 12; i++) {
      waits.push(pace.waitMs() / 1000);
      now += pace.waitMs();
      expect(pace.waitMs()).to.equal(0);
      expect(pace.done()).to.equal(i + 1);
    }
    expect(waits).to.deep.equal([0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  });

  it('forgets all after ten minutes without need, and when the clock is set back', () => {
    const pace = createPace(() => now);
    for (let i = 0; i < 5; i++) pace.done();
    expect(pace.waitMs()).to.equal(16_000);
    now += 600_001;
    expect(pace.waitMs()).to.equal(0);
    for (let i = 0; i < 5; i++) pace.done();
    now -= 3_600_000;
    expect(pace.waitMs()).to.equal(0);
  });
});
