import { expect } from 'chai';
import { joinTexts } from '../../src/manifests/join.ts';

describe('joinTexts', () => {
  it('returns a single text as it is', () => {
    expect(joinTexts(['\uFEFFa: 1'])).to.equal('\uFEFFa: 1');
    expect(joinTexts([])).to.equal('');
  });

  it('divides several texts, unless they divide themselves', () => {
    expect(joinTexts(['a: 1', 'b: 2\n', '---\nc: 3\n', '\uFEFF{"d": 4}', '%YAML 1.1\n---\ne: 5\n'])).to.equal(
      'a: 1\n---\nb: 2\n---\nc: 3\n---\n{"d": 4}\n...\n%YAML 1.1\n---\ne: 5\n',
    );
  });
});
