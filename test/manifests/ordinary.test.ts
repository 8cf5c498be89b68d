import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import { ordinaryDocuments } from '../../src/manifests/ordinary.ts';
import { shapeOf, thoroughShapes } from './nodes.ts';

const folder = fileURLToPath(new URL('../fixtures/corpus', import.meta.url));
const corpus = readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, 'utf8'));

/** What an editor may put anywhere, by accident. */
const slips =
  ' |  |\n|:|- |#|"|\'|{|}|[|]|,|>|---\n|---|? |~|!|&a |*a|%|@|`|: | #|\\|0x1|\r\n|...|-|<<|é|😀|>+\n'.split('|');

const slip = fc.record({
  at: fc.nat(),
  remove: fc.nat({ max: 6 }),
  insert: fc.constantFrom('', '|', '|\n', '|2-\n', ...slips),
});

function slipped(text: string, { at, remove, insert }: { at: number; remove: number; insert: string }): string {
  const place = at % (text.length + 1);
  return text.slice(0, place) + insert + text.slice(place + remove);
}

describe('ordinary documents', () => {
  it('are most of those that are written', () => {
    const ordinary = corpus.filter((text) => ordinaryDocuments(text) !== undefined);
    expect(ordinary.length / corpus.length).to.be.greaterThan(0.6);
  });

  it('are read as the thorough parser reads them', () => {
    for (const text of corpus) {
      const documents = ordinaryDocuments(text);
      if (documents) expect(documents.map(({ contents }) => shapeOf(contents))).to.deep.equal(thoroughShapes(text));
    }
  });

  it('are none where the thorough parser reads something else, whatever slips in', () => {
    const short = corpus.filter((text) => text.length < 2000);
    const slippedText = fc
      .tuple(fc.constantFrom(...short), fc.array(slip, { minLength: 1, maxLength: 3 }))
      .map(([text, all]) => all.reduce(slipped, text));
    fc.assert(
      fc.property(slippedText, (text) => {
        const documents = ordinaryDocuments(text);
        if (documents) expect(documents.map(({ contents }) => shapeOf(contents))).to.deep.equal(thoroughShapes(text));
      }),
      { numRuns: 1500 },
    );
  });

  it('put together are the text', () => {
    const text = '# one\n---\na: 1\n# two\n---\n---\nb: 2\n';
    const documents = ordinaryDocuments(text) ?? [];
    expect(documents.map(({ start, end }) => text.slice(start, end))).to.deep.equal([
      '# one\n---\na: 1\n# two\n',
      '---\n',
      '---\nb: 2\n',
    ]);
  });

  const unusual: readonly (readonly [string, string])[] = [
    ['an anchor', 'a: &x 1\nb: *x\n'],
    ['a merge', 'a: {<<: {b: 1}}\n'],
    ['a tag', 'a: !!str 1\n'],
    ['a directive', '%YAML 1.1\n---\na: 1\n'],
    ['an end of document', 'a: 1\n...\n'],
    ['a tab', 'a:\t1\n'],
    ['a string of two lines', 'a: "b\n  c"\n'],
    ['a key of two lines', '? a\n  b\n: 1\n'],
    ['a key that is there twice', 'a: 1\n"a": 2\n'],
    ['a key that is there twice for JSON', '1: a\n"1": b\n'],
    ['a number that JSON lacks', 'a: .inf\n'],
    ['an empty item', 'a:\n-\n- 1\n'],
    ['nothing', '# only a comment\n'],
    ['a text', 'only words\n'],
    ['a value behind another', 'a:\n- "x" b: 1\n'],
    ['a pair in a list', 'a: [b: 1]\n'],
    ['a character that is not seen', 'a: b\u2028c\n'],
    ['an error', 'a: [1\n'],
  ];
  for (const [what, text] of unusual) {
    it(`do not have ${what}`, () => {
      expect(ordinaryDocuments(text)).to.equal(undefined);
    });
  }
});
