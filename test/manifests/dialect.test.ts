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
];

function readingOf(text: string): unknown {
  return parseManifests(text, 'test.yaml')[0]?.value;
}

describe('the dialect of YAML', () => {
  for (const [text, value] of readings) {
    it(`reads ${JSON.stringify(text)} as ${JSON.stringify(value)}`, () => {
      expect(readingOf(`a: ${text}\n`)).to.deep.equal({ a: value });
    });
  }

  it('merges mappings', () => {
    expect(readingOf('a: &a {x: 1, z: 2}\nb:\n  <<: *a\n  z: 3\n')).to.deep.equal({
      a: { x: 1, z: 2 },
      b: { x: 1, z: 3 },
    });
  });

  it('knows no types that JSON lacks', () => {
    expect(readingOf('a: !!timestamp 2025-11-21\nb: !!binary aGk=\nc: !!set {x}\n')).to.deep.equal({
      a: '2025-11-21',
      b: 'aGk=',
      c: { x: null },
    });
  });
});
