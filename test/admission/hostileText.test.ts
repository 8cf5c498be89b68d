import { expect } from 'chai';
import { namespaceKeys } from '../../src/admission/keys.ts';
import { maxText } from '../../src/admission/namespacePolicy.ts';
import { policyFor } from '../requests.ts';

/** Texts that make a careless expression take the square of their length. */
const hostile = (length: number) => [
  `+${' '.repeat(length)}=x`,
  `${'/'.repeat(length)}x`,
  `${','.repeat(length)}x`,
  `${'+a,'.repeat(length / 3)}`,
  `Localhost/${'../'.repeat(length / 3)}`,
];

describe('a hostile text on a namespace', () => {
  for (const key of namespaceKeys.filter((one) => one !== 'profile')) {
    it(`is not read under ${key} when it is longer than ${maxText} characters`, () => {
      for (const text of hostile(200_000)) {
        const { problems } = policyFor('restricted', { [key]: text });
        expect(problems).to.deep.equal([
          { key, message: `pod-hardener.io/${key}: longer than 4096 characters, and not read` },
        ]);
      }
    });

    it(`gives at most 8 problems under ${key} when it is shorter`, () => {
      for (const text of hostile(4_000)) {
        expect(policyFor('restricted', { [key]: text }).problems.length).to.be.within(0, 8);
      }
    });
  }

  it('gives at most 8 problems in thousands of unknown keys', () => {
    const keys = Array.from({ length: 5_000 }, (_, index) => [`unknown-${index}`, '']);
    expect(policyFor('restricted', Object.fromEntries(keys)).problems).to.have.length(8);
  });
});
