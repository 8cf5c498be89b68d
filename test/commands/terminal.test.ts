import { expect } from 'chai';
import { shownOn, type Terminal, widthOf } from '../../src/commands/terminal.ts';

describe('the width of a terminal', () => {
  const width = (columns?: number) => widthOf({ ...(columns !== undefined && { columns }) } as Terminal);

  it('is what fits, between 40 and 80 columns', () => {
    expect([20, 40, 63, 80, 200].map(width)).to.deep.equal([40, 40, 63, 80, 80]);
  });

  it('is 80 columns where there is no terminal', () => {
    expect(width()).to.equal(80);
  });
});

describe('what is said', () => {
  const note =
    'note: namespace team: pod-hardener.io/mode: "fil" is unknown; did you mean "fill"? Using audit, as for any other';

  it('is broken where the lines of a terminal end', () => {
    expect(shownOn({ isTTY: true, columns: 50 }, note).split('\n')).to.deep.equal([
      'note: namespace team: pod-hardener.io/mode: "fil"',
      '  is unknown; did you mean "fill"? Using audit, as',
      '  for any other',
    ]);
  });

  it('is one line wherever it may be searched for', () => {
    expect(shownOn({ isTTY: false, columns: 50 }, note)).to.equal(note);
  });
});
