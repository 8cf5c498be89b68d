import { expect } from 'chai';
import { createPaint, usesColour } from '../../src/output/paint.ts';

describe('usesColour', () => {
  it('is for terminals by default, unless their users do not want it', () => {
    expect(usesColour('auto', { isTerminal: true, noColour: false })).to.equal(true);
    expect(usesColour('auto', { isTerminal: true, noColour: true })).to.equal(false);
    expect(usesColour('auto', { isTerminal: false, noColour: false })).to.equal(false);
  });

  it('follows whoever asks', () => {
    expect(usesColour('always', { isTerminal: false, noColour: true })).to.equal(true);
    expect(usesColour('never', { isTerminal: true, noColour: false })).to.equal(false);
  });
});

describe('createPaint', () => {
  it('paints, or leaves a text as it is', () => {
    expect(createPaint(true)('red', 'x')).to.equal('\u001b[31mx\u001b[39m');
    expect(createPaint(false)('red', 'x')).to.equal('x');
  });
});
