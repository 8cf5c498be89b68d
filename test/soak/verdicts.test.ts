import { expect } from 'chai';
import type { Series } from '../../scripts/soak/trend.ts';
import { countVerdict, growthVerdict, lossVerdict, refusalVerdict, stallVerdict } from '../../scripts/soak/verdicts.ts';

const allowance = { share: 0.1, units: 2 };

/** The heap of a run of ten minutes, a value for each second. */
function heap(value: (at: number) => number): Series {
  const points = Array.from({ length: 600 }, (_, at) => ({ at, value: value(at) }));
  return { name: 'Heap', unit: 'MiB', share: 0.1, points };
}

const verdictOn = (value: (at: number) => number) => growthVerdict(heap(value), 600, allowance);

describe('the verdict on a series', () => {
  it('finds a leak, however much is collected in between', () => {
    const kept = (at: number) => 30 + 3 * Math.floor(at / 120);
    expect(verdictOn((at) => kept(at) + (at % 10))).to.deep.equal({
      ok: false,
      sentence: 'Heap: GROWTH. 33 MiB in the second fifth of the run, 42 in the last; up to 5.30 more may be chance.',
    });
  });

  it('is good when the series only goes up and down', () => {
    expect(verdictOn((at) => 30 + (at % 25))).to.deep.equal({
      ok: true,
      sentence: 'Heap: no growth. 32 MiB in the second fifth of the run, 32 in the last.',
    });
  });

  it('leaves out the first fifth, in which the program warms up', () => {
    expect(verdictOn((at) => (at < 120 ? 10 : 60)).ok).to.equal(true);
  });

  it('lets pass what is filled once and is full then', () => {
    expect(verdictOn((at) => (at < 240 ? 30 : 40))).to.deep.equal({
      ok: true,
      sentence: 'Heap: growth that has stopped. 30 MiB in the second fifth of the run, 40 in the last.',
    });
  });

  it('does not let pass what was full only for a while', () => {
    expect(verdictOn((at) => 30 + 10 * Math.floor(at / 200)).ok).to.equal(false);
  });

  it('allows a little for chance, and no more than that', () => {
    expect(verdictOn((at) => (at < 480 ? 30 : 34.9)).ok).to.equal(true);
    expect(verdictOn((at) => (at < 480 ? 30 : 35.1)).ok).to.equal(false);
  });

  it('is none in a run of less than five minutes, whatever was measured', () => {
    expect(growthVerdict({ ...heap(() => 1), points: [] }, 299, allowance)).to.deep.equal({
      ok: true,
      sentence: 'Heap: - MiB in the second fifth of the run, - in the last; too short a run to judge.',
    });
  });

  it('is bad when a longer run could not be measured to its end', () => {
    const series = heap((at) => at);
    const points = series.points.slice(0, 400);
    expect(growthVerdict({ ...series, points }, 600, allowance)).to.deep.equal({
      ok: false,
      sentence: 'Heap: could NOT be measured.',
    });
  });
});

describe('the verdict on stalls', () => {
  it('counts the seconds in which the webhook stood still for a second', () => {
    const seconds = [
      { at: 1, value: 999, ours: 10 },
      { at: 2, value: 1000, ours: 10 },
      { at: 3, value: 2000, ours: 999 },
    ];
    expect(stallVerdict(seconds)).to.deep.equal({
      ok: false,
      sentence: 'It STOOD STILL 2 times for 1000 ms or more, 2000 ms at most.',
    });
  });

  it('does not blame it where the whole machine was busy', () => {
    expect(stallVerdict([{ at: 1, value: 2000, ours: 1000 }])).to.deep.equal({
      ok: true,
      sentence: 'It never stood still: 2000 ms at most.',
    });
  });
});

describe('the verdict on lost requests', () => {
  it('names what was lost, and how often', () => {
    expect(lossVerdict(10, new Map())).to.deep.equal({ ok: true, sentence: 'No request was lost, of 10.' });
    expect(lossVerdict(10, new Map([['a small pod: came back unfilled', 2]]))).to.deep.equal({
      ok: false,
      sentence: '2 of 10 requests were LOST: 2 x a small pod: came back unfilled',
    });
  });
});

describe('the verdict on what is counted', () => {
  it('is good between what was seen and what was not heard of', () => {
    expect(countVerdict({ seen: 10, unheard: 2, counted: 10 }).ok).to.equal(true);
    expect(countVerdict({ seen: 10, unheard: 2, counted: 12 }).ok).to.equal(true);
  });

  it('is bad outside of that, or when nobody knows', () => {
    expect(countVerdict({ seen: 10, unheard: 2, counted: 9 }).sentence).to.match(
      /^It counts too FEW: 9 reviews counted/,
    );
    expect(countVerdict({ seen: 10, unheard: 2, counted: 13 }).sentence).to.match(/^It counts too MANY: 13 reviews/);
    expect(countVerdict({ seen: 10, unheard: 2, counted: Number.NaN }).ok).to.equal(false);
  });
});

describe('the verdict on what the API server counts', () => {
  it('is good as long as every refusal was seen', () => {
    expect(refusalVerdict(3, 3)).to.deep.equal({
      ok: true,
      sentence: 'By its own count the API server refused 3 pods because a call failed.',
    });
  });

  it('is bad when it refused pods of which nobody heard', () => {
    expect(refusalVerdict(4, 3)).to.deep.equal({
      ok: false,
      sentence:
        'By its own count the API server refused 4 pods because a call failed, but only 3 requests were SEEN to fail.',
    });
  });
});
