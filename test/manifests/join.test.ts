import { expect } from 'chai';
import { joinTexts } from '../../src/manifests/join.ts';
import { parseManifests } from '../../src/manifests/parse.ts';

const valuesIn = (text: string) =>
  parseManifests(text, 'a.yaml').flatMap(({ value, error }) => error?.message ?? (value === null ? [] : [value]));

describe('joinTexts', () => {
  it('returns a single text as it is', () => {
    expect(joinTexts(['\uFEFFa: 1'])).to.equal('\uFEFFa: 1');
    expect(joinTexts(['{"a": "\\/"}{"b": 1}', ''])).to.equal('{"a": "\\/"}{"b": 1}');
    expect(joinTexts([])).to.equal('');
  });

  it('divides several texts, unless they divide themselves', () => {
    expect(joinTexts(['a: 1', '', 'b: 2\n', '---\nc: 3\n', '\uFEFF{"d": 4}', 'e: 5'])).to.equal(
      'a: 1\n---\nb: 2\n---\nc: 3\n---\n{"d": 4}\n---\ne: 5',
    );
  });

  it('ends the document before a directive, which kubectl would take for a part of it', () => {
    for (const text of ['%YAML 1.1\n---\nb: 2\n', '# c\r\n\r\n  # d\r\n%YAML 1.1\r\n---\r\nb: 2\n']) {
      expect(joinTexts(['a: 1\n', text])).to.equal(`a: 1\n---\nnull\n...\n${text}`);
    }
  });

  it('leaves JSON a stream of JSON', () => {
    expect(joinTexts(['{"a": 1}', '\uFEFF{"b": "\\/"}{"c": 3}\n', '{"d": 4}'])).to.equal(
      '{"a": 1}\n{"b": "\\/"}{"c": 3}\n{"d": 4}',
    );
  });

  it('divides the values of a stream of JSON beside YAML, which has no such stream', () => {
    expect(joinTexts(['{"a": 1}{"b": 2}\n', 'c: 3\n', '{"d": 4}\n{"e": 5}'])).to.equal(
      '{"a": 1}\n---\n{"b": 2}\n---\nc: 3\n---\n{"d": 4}\n---\n{"e": 5}',
    );
  });

  it('writes beside YAML what kubectl reads in JSON only', () => {
    expect(joinTexts(['a: 1\n', '{"b": "\\/ \\\\/ \\\\ud83d \\uD83D\\ude00 \\u0041 \u2028\u0085"}\n'])).to.equal(
      'a: 1\n---\n{"b": "/ \\\\/ \\\\ud83d 😀 \\u0041 \\u2028\\u0085"}\n',
    );
  });

  const texts = {
    YAML: 'n: 1\n',
    'YAML without a last line end': 'n: 2',
    'YAML with a comment alone': '# nothing\n',
    'YAML with an end': 'n: 3\n...\n',
    'YAML with an empty document': 'n: 4\n---\n# nothing\n',
    'YAML with a directive': '%YAML 1.1\n---\nn: 5\n',
    'YAML with a comment and a directive': '# a comment\n\n%YAML 1.1\n---\nn: 6\n',
    'YAML with Windows line ends': '---\r\nn: 7\r\n',
    'YAML with a mark': '\uFEFF# a comment\nn: 8\n',
    JSON: '{"n": "9\\/\u2028"}',
    'a stream of JSON': '{"n": 10}{"n": 11}\n\n{"n": 12}',
  };
  for (const [first, before] of Object.entries(texts)) {
    it(`loses nothing when ${first} comes before anything else`, () => {
      for (const [second, after] of Object.entries(texts)) {
        const expected = [...valuesIn(before), ...valuesIn(after)];
        expect(valuesIn(joinTexts([before, after])), second).to.deep.equal(expected);
        expect(valuesIn(joinTexts([before, after, before])), second).to.deep.equal([...expected, ...valuesIn(before)]);
      }
    });
  }
});
