import { expect } from 'chai';
import { parseManifests } from '../../src/manifests/parse.ts';

/** What kubectl prints for these values with `kubectl label --local -o json`, and what other YAML 1.1 readers get wrong. */
const readings: readonly (readonly [string, unknown])[] = [
  ['yes', true],
  ['y', true],
  ['On', true],
  ['off', false],
  ['n', false],
  ['0644', 420],
  ['0o17', 15],
  ['-0o17', -15],
  ['0x1F', 31],
  ['1_000', 1000],
  ['~', null],
  ['', null],
  ['1:30', '1:30'],
  ['2025-11-21', '2025-11-21'],
  ['2025-11-21T10:00:00Z', '2025-11-21T10:00:00Z'],
  ['1.5', 1.5],
  ['"yes"', 'yes'],
  ['100m', '100m'],
  ['[a, 0b11]', ['a', 3]],
  ['0644 # octal', 420],
  ['08', 8],
  ['0X1f', 31],
  ['+0o7', 7],
  ['-_1', -1],
  ['_1', '_1'],
  ['.', '.'],
  ['._1', '._1'],
  ['.5_0', 0.5],
  ['0b-1', -1],
  ['+0xffffffffffffffff', '+0xffffffffffffffff'],
  ['-0', 0],
  ['1e3', 1000],
  ['1e400', '1e400'],
  ['18446744073709551616', 18446744073709552000],
  ['0x10000000000000000', '0x10000000000000000'],
  ['!!float 1', 1],
  ['!!str 1', '1'],
  ['!!binary aGk=', 'hi'],
  ['tRUE', 'tRUE'],
  ['1e_+5', 100000],
  ['1_e_3', 1000],
  ['0_x10', 16],
];

function readingOf(text: string): unknown {
  return parseManifests(text, 'test.yaml')[0]?.value;
}

describe('the dialect of YAML', () => {
  for (const [text, value] of readings) {
    it(`reads ${JSON.stringify(text)} as ${JSON.stringify(value)}`, () => {
      expect(readingOf(`a: ${text}\n`)).to.deep.equal({ a: value });
      // With a tab it is not read by the fast parser.
      expect(readingOf(`#\t\na: ${text}\n`)).to.deep.equal({ a: value });
    });
  }

  it('merges mappings', () => {
    expect(readingOf('a: &a {x: 1, z: 2}\nb:\n  <<: *a\n  z: 3\n')).to.deep.equal({
      a: { x: 1, z: 2 },
      b: { x: 1, z: 3 },
    });
  });

  it('lets the last one count of what sets a key, merged or not, and the first of several that are merged at once', () => {
    expect(readingOf('a: &a {x: 1}\nb:\n  x: 2\n  <<: *a\n')).to.have.deep.property('b', { x: 1 });
    expect(readingOf('a: &a {x: 1}\nb: &b {x: 2}\nc: {<<: *a, <<: *b}\nd: {<<: [*a, *b]}\n')).to.deep.include({
      c: { x: 2 },
      d: { x: 1 },
    });
  });

  it('reads an alias as what its anchor last stood for', () => {
    expect(readingOf('a: &x 1\nb: *x\nc: &x [2]\nd: *x\n')).to.deep.equal({ a: 1, b: 1, c: [2], d: [2] });
  });

  it('names keys as JSON does', () => {
    expect(readingOf('? 0x10\n: a\nyes: b\n? &k c\n: d\n')).to.deep.equal({
      16: 'a',
      true: 'b',
      c: 'd',
    });
    expect(Object.keys(readingOf('__proto__: {x: 1}\n') as object)).to.deep.equal(['__proto__']);
  });

  const refused: readonly (readonly [string, string])[] = [
    ['a: .inf', 'line 1, column 4: JSON, and so the API, has no .inf'],
    ['a: !!int x', 'line 1, column 4: this is no !!int'],
    ['a: !!int 1.5', 'line 1, column 4: this is no !!int'],
    ['a: !!binary "#"', 'line 1, column 4: this is no base64'],
    ['1: a\n"1": b', 'line 2, column 1: the key "1" stands in this mapping twice'],
    ['~: a', 'line 1, column 1: null is no key'],
    ['? [a]\n: b', 'line 1, column 3: a mapping or list is no key'],
    ['<<: 1', 'line 1, column 5: only mappings can be merged'],
    ['a: &a [1]\nb: {<<: *a}', 'line 2, column 9: only mappings can be merged'],
    ['a: &a {b: *a}', 'line 1, column 11: the anchor a is used inside of itself'],
    ['a: *b', 'line 1, column 4: there is no anchor b; text that begins with * needs quotes'],
    [
      'a: 1 # \u2028b: 2',
      'line 1, column 8: kubectl does not read the character U+2028 as it looks; write it as an escape, in double quotes',
    ],
  ];

  for (const [text, problem] of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(parseManifests(`${text}\n`, 'a.yaml')[0]?.error?.message).to.equal(`a.yaml: ${problem}`);
    });
  }

  it('knows no types that JSON lacks', () => {
    expect(readingOf('a: !!timestamp 2025-11-21\nb: !!binary aGk=\nc: !!set {x}\n')).to.deep.equal({
      a: '2025-11-21',
      b: 'hi',
      c: { x: null },
    });
  });
});
