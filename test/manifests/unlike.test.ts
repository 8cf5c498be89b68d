import { expect } from 'chai';
import { parseManifests } from '../../src/manifests/parse.ts';

function errorIn(text: string): string | undefined {
  return parseManifests(text, 'a.yaml')
    .map(({ error }) => error?.message)
    .find((message) => message !== undefined);
}

describe('what kubectl reads otherwise', () => {
  const refused: readonly (readonly [string, string])[] = [
    ['a: {b:}', 'line 1, column 6: kubectl takes this colon as part of the text'],
    ['a: [b:, c]', 'line 1, column 6: kubectl takes this colon as part of the text'],
    ['a: "b\\/c"', 'line 1, column 6: kubectl does not know the escape \\/ in YAML'],
    ['a: "\\ud83d\\ude00"', 'line 1, column 5: kubectl does not know the escape \\ud83d in YAML'],
    ['a: 1\n\t\nb: 2\n', 'line 2, column 1: kubectl takes no tab for empty space here'],
    ['a: 1\n  \t# c\nb: 2\n', 'line 2, column 3: kubectl takes no tab for empty space here'],
    ['a: 1\n---\n\uFEFFb: 2\n', 'line 3, column 1: a byte order mark stands in the middle of this file'],
  ];
  for (const [text, sentence] of refused) {
    it(`is refused: ${JSON.stringify(text)}`, () => {
      expect(errorIn(text)).to.match(/^a\.yaml: /);
      expect(errorIn(text)).to.include(sentence);
    });
  }

  const read: readonly (readonly [string, unknown])[] = [
    ['a: {b: , c: }', { a: { b: null, c: null } }],
    ['a: {"b":}', { a: { b: null } }],
    ['a: {b:\n}', { a: { b: null } }],
    ['a: "x:,y"', { a: 'x:,y' }],
    ['a: "b\\\\/c"', { a: 'b\\/c' }],
    ["a: 'b\\/c'", { a: 'b\\/c' }],
    ['a: |\n  b\n  \t\n  c\n', { a: 'b\n\t\nc\n' }],
    ['a: 1\t# c\n', { a: 1 }],
    ['a: "\\U0001f600"', { a: '😀' }],
    ['\uFEFFa: 1', { a: 1 }],
  ];
  for (const [text, value] of read) {
    it(`is not among ${JSON.stringify(text)}`, () => {
      expect(parseManifests(text, 'a.yaml').map((document) => document.value)).to.deep.equal([value]);
    });
  }

  it('is nothing of JSON', () => {
    expect(parseManifests('{"a": "b\\/c\\ud83d\\ude00"}', 'a.json')[0]?.value).to.deep.equal({ a: 'b/c😀' });
  });
});
