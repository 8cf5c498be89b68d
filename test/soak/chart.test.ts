import { expect } from 'chai';
import { type ChartOptions, chartOf, durationOf } from '../../scripts/soak/chart.ts';

const options: ChartOptions = { title: 'Heap, MiB', points: [], seconds: 620, marks: [] };

/** A value in the middle of each of the 62 columns of a run of 620 s. */
function columns(value: (column: number) => number) {
  return Array.from({ length: 62 }, (_, column) => ({ at: column * 10 + 5, value: value(column) }));
}

describe('the picture of a series', () => {
  it('has its least and its most at the side, and the time and the marks below', () => {
    const marks = [
      { at: 0, letter: 'r' },
      { at: 315, letter: 'r' },
      { at: 318, letter: 'R' },
      { at: 620, letter: 'r' },
    ];
    expect(chartOf({ ...options, points: columns((column) => 20 + column / 2), marks })).to.deep.equal([
      'Heap, MiB',
      '    50.5 ┤                                               ▁▁▂▂▃▃▄▄▅▅▆▆▇▇█',
      '         │                               ▁▁▂▂▃▃▄▄▅▅▆▆▇▇█████████████████',
      '         │               ▁▁▂▂▃▃▄▄▅▅▆▆▇▇█████████████████████████████████',
      '      20 ┤▁▂▂▃▃▄▄▅▅▆▆▇▇█████████████████████████████████████████████████',
      '       0 └r──────────────────────────────R─────────────────────────────r 10.3 min',
    ]);
  });

  it('is 80 columns wide at most', () => {
    const lines = chartOf({ ...options, seconds: 599_999, points: columns((column) => column * 1000) });
    expect(Math.max(...lines.map((line) => line.length))).to.be.within(70, 80);
  });

  it('shows what does not change as a line at the bottom', () => {
    const [, top, , , bottom] = chartOf({ ...options, points: columns(() => 3) });
    expect(top).to.equal('         │');
    expect(bottom).to.equal(`       3 ┤${'▁'.repeat(62)}`);
  });

  it('shows the mean of a column, or its peak where that is what matters', () => {
    const points = [...columns(() => 0), { at: 2, value: 8 }];
    expect(chartOf({ ...options, points })[1]).to.equal('       4 ┤█');
    expect(chartOf({ ...options, points, peaks: true })[1]).to.equal('       8 ┤█');
  });

  it('fills the columns of a short run with what was measured next to them, and leaves out what was not', () => {
    const points = [
      { at: 1, value: 1 },
      { at: 2, value: 2 },
      { at: 10, value: 3 },
    ];
    const bottom = chartOf({ ...options, seconds: 12, points }).at(-2) ?? '';
    expect(bottom.slice(10)).to.match(/^▁+█+ +█+$/);
  });
});

describe('a length of time', () => {
  it('is in the largest unit that suits it', () => {
    expect([30, 119, 600, 630, 7200, 90_000].map(durationOf)).to.deep.equal([
      '30 s',
      '119 s',
      '10 min',
      '10.5 min',
      '2 h',
      '25 h',
    ]);
  });
});
