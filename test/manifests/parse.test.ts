import { expect } from 'chai';
import { parseManifests, textOf } from '../../src/manifests/parse.ts';

function errorsOf(text: string): readonly (string | undefined)[] {
  return parseManifests(text, 'a.yaml').map(({ error }) => error?.message);
}

describe('parseManifests', () => {
  it('divides a file into documents that put together are the file', () => {
    const text =
      '\uFEFF# head\n%YAML 1.1\n---\na: 1\n# tail\n---\r\nb: |+\r\n  x\r\n\r\n...\n# between\n---\n---\nc:\n# end';
    const documents = parseManifests(text, 'a.yaml');
    expect(documents.map(({ value }) => value)).to.deep.equal([{ a: 1 }, { b: 'x\n\n' }, null, { c: null }]);
    expect(documents.map(textOf).join('')).to.equal(text);
  });

  it('has no documents for an empty file', () => {
    expect(parseManifests('', 'a.yaml')).to.deep.equal([]);
  });

  it('names file, line and column of what cannot be read', () => {
    expect(errorsOf('a: 1\nb: "x\n')).to.deep.equal(['a.yaml: line 2, column 4: this " is not closed']);
  });

  it('reads the documents beside one that cannot be read', () => {
    expect(errorsOf('a: 1\n---\nb: ]\n---\nc: 1\n')).to.deep.equal([
      undefined,
      'a.yaml: document 2, line 3, column 4: there is no [ for this ]',
      undefined,
    ]);
  });

  it('counts no byte order mark as a column', () => {
    const [document] = parseManifests('\uFEFFa: 1\n', 'a.yaml');
    expect([0, 1, 2].map((offset) => document?.errorAt(offset, 'here').message)).to.deep.equal([
      'a.yaml: line 1, column 1: here',
      'a.yaml: line 1, column 1: here',
      'a.yaml: line 1, column 2: here',
    ]);
  });

  it('refuses a bomb of aliases', () => {
    const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]'];
    for (let n = 1; n < 10; n++)
      lines.push(
        `a${n}: &a${n} [${Array(10)
          .fill(`*a${n - 1}`)
          .join(',')}]`,
      );
    expect(errorsOf(lines.join('\n'))).to.deep.equal([
      'a.yaml: line 6, column 18: with its aliases written out this document is too large',
    ]);
  });

  it('refuses what is nested too deeply for the parser, and reads what is not', () => {
    for (const text of ['['.repeat(20_000), `${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}`, `${'- '.repeat(9000)}a`]) {
      expect(() => parseManifests(text, 'a.yaml')).to.throw(
        'a.yaml: line 1, column 1: this is nested too deeply to be read',
      );
    }
    expect(errorsOf(`${'{"a":'.repeat(300)}1${'}'.repeat(300)}`)).to.deep.equal([undefined]);
    expect(errorsOf(`${'- '.repeat(300)}a`)).to.deep.equal([undefined]);
  });

  it('does not take text for nesting', () => {
    for (const text of [`a: "${'['.repeat(1000)}"`, `a: |\n  x\n${' '.repeat(2000)}y`, `a: b${'{'.repeat(500)}`]) {
      expect(errorsOf(text)).to.deep.equal([undefined]);
    }
  });

  it('reads a stream of JSON with a text of any length', () => {
    const long = JSON.stringify({ text: 'x'.repeat(9_000_000) });
    expect(parseManifests(`${long}\n{"kind":"Pod"}\n`, 'a.json')).to.have.length(2);
  });

  it('reads a stream of JSON, each value by itself', () => {
    const text = '\uFEFF{"a": "}{"}\n{"b":1}{"c": 2}\n\n';
    const documents = parseManifests(text, 'a.json');
    expect(documents.map(({ value, format }) => [format, value])).to.deep.equal([
      ['json', { a: '}{' }],
      ['json', { b: 1 }],
      ['json', { c: 2 }],
    ]);
    expect(documents.map(textOf).join('')).to.equal(text);
    expect(documents[2]?.errorAt(1, 'here').message).to.equal('a.json: document 3, line 2, column 9: here');
  });

  it('refuses a key that JSON has twice', () => {
    expect(errorsOf('{"a": 1,\n"a": 2}')).to.deep.equal([
      'a.yaml: line 2, column 1: the key "a" stands in this mapping twice',
    ]);
  });

  it('reads a file in which one anchor is used very often', () => {
    const [document] = parseManifests(`a: &a {x: 1}\nb:\n${'- *a\n'.repeat(1000)}`, 'a.yaml');
    expect(document?.error).to.equal(undefined);
    expect(document?.value).to.have.property('b').with.lengthOf(1000);
  });
});
