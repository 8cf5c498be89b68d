import { expect } from 'chai';
import { versionHint } from '../../src/admission/versionHint.ts';

describe('versionHint', () => {
  for (const [written, version] of [
    ['1.30', 'v1.30'],
    ['1.30.2', 'v1.30'],
    ['v1.30.2-eks-1', 'v1.30'],
    ['V1.30+', 'v1.30'],
    ['1.09', 'v1.9'],
    [' 30 ', 'v1.30'],
    ['lates', 'latest'],
  ] as const) {
    it(`sees ${version} in ${JSON.stringify(written)}`, () => {
      expect(versionHint(written)).to.equal(`; did you mean "${version}"?`);
    });
  }

  it('sees none in anything else', () => {
    for (const written of ['', '1', '2.30', 'restricted', '1.', '1.x', '130']) {
      expect(versionHint(written), written).to.equal('');
    }
  });
});
