import { expect } from 'chai';
import { type Terminal, widthOf } from '../../src/commands/terminal.ts';

describe('the width of a terminal', () => {
  const width = (columns?: number) => widthOf({ ...(columns !== undefined && { columns }) } as Terminal);

  it('is what fits, between 40 and 80 columns', () => {
    expect([20, 40, 63, 80, 200].map(width)).to.deep.equal([40, 40, 63, 80, 80]);
  });

  it('is 80 columns where there is no terminal', () => {
    expect(width()).to.equal(80);
  });
});
