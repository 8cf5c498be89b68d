import { expect } from 'chai';
import { goQuote, joinQuote, nameContainers, nameSetters, pluralize, sortedSet } from '../../src/policy/wording.ts';

const [a, b, c] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];

describe('joinQuote', () => {
  it('quotes every item, and escapes nothing in it', () => {
    expect(joinQuote([])).to.equal('');
    expect(joinQuote(['a'])).to.equal('"a"');
    expect(joinQuote(['a', '', 'b "c"', '\n'])).to.equal('"a", "", "b "c"", "\n"');
  });
});

describe('pluralize', () => {
  it('is the singular for one only', () => {
    expect([0, 1, 2, 10].map((count) => pluralize('is', 'are', count))).to.deep.equal(['are', 'is', 'are', 'are']);
  });
});

describe('nameContainers', () => {
  it('says the names behind the word for so many', () => {
    expect(nameContainers([a])).to.equal('container "a"');
    expect(nameContainers([b, a, c])).to.equal('containers "b", "a", "c"');
    expect(nameContainers([a, a]), 'each as often as it is there').to.equal('containers "a", "a"');
  });
});

describe('nameSetters', () => {
  it('says the pod, the containers, or both', () => {
    expect(nameSetters(true, [])).to.equal('pod');
    expect(nameSetters(false, [a])).to.equal('container "a"');
    expect(nameSetters(true, [a])).to.equal('pod and container "a"');
    expect(nameSetters(true, [b, a])).to.equal('pod and containers "b", "a"');
    expect(nameSetters(false, [])).to.equal('');
  });
});

describe('sortedSet', () => {
  it('has every item once', () => {
    expect(sortedSet(['b', 'a', 'b', ''])).to.deep.equal(['', 'a', 'b']);
    expect(sortedSet([])).to.deep.equal([]);
  });

  it('is in the order of bytes, as Go’s', () => {
    expect(sortedSet(['a', 'Z', 'é', '10', '9', 'ab', '_'])).to.deep.equal(['10', '9', 'Z', '_', 'a', 'ab', 'é']);
    // In UTF-16, the emoji begins with a smaller unit than the last of the basic plane.
    expect(sortedSet(['😀', '\uffee'])).to.deep.equal(['\uffee', '😀']);
  });
});

describe('goQuote', () => {
  const cases: readonly [what: string, text: string, quoted: string][] = [
    ['nothing', '', '""'],
    ['plain text', 'runtime/default', '"runtime/default"'],
    ['quotation marks and backslashes', 'a "b" \\c', '"a \\"b\\" \\\\c"'],
    ['the controls that have a letter', '\x07\b\f\n\r\t\v', '"\\a\\b\\f\\n\\r\\t\\v"'],
    ['other controls', '\x00\x1b\x7f', '"\\x00\\x1b\\x7f"'],
    ['controls and spaces beyond ASCII', '\u0085\u00a0\u00ad', '"\\u0085\\u00a0\\u00ad"'],
    ['letters, signs and pictures of all scripts, as they are', 'é ж 漢 😀 €', '"é ж 漢 😀 €"'],
    ['a mark that belongs to the letter before it, as it is', 'e\u0301', '"e\u0301"'],
    ['what cannot be seen', '\u200b\u2028\ufeff\u202e', '"\\u200b\\u2028\\ufeff\\u202e"'],
    ['what nobody has given a meaning', '\ue000\u{e0001}\u{10ffff}', '"\\ue000\\U000e0001\\U0010ffff"'],
    ['the wide space', '\u3000', '"\\u3000"'],
    ['the sign for what is no character, as it is', '\ufffd', '"\ufffd"'],
    ['apostrophes and backticks, as they are', "'`", `"'\`"`],
  ];
  for (const [what, text, quoted] of cases) {
    it(`quotes ${what}`, () => {
      expect(goQuote(text)).to.equal(quoted);
    });
  }
});
