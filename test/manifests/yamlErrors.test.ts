import { expect } from 'chai';
import { parseManifests } from '../../src/manifests/parse.ts';

const twice = (key: string) => `the key ${key} stands in this mapping twice`;
const tabs = 'YAML is not indented by tabs; use spaces';
const keyIndent = 'no key above is indented as far as this line';
const valueAndKey = 'this is a value and a key at once: put text with a colon in quotes, or mend the indentation below';
const noKey = 'this is no key: a colon and a space are missing behind it';
const ended = 'the value has ended in front of this; put all of it in one pair of quotes';
const backslash = 'a backslash in double quotes is written \\\\; in single quotes it stays as it is';
const needsQuotes = (character: string) => `text that begins with ${character} needs quotes`;
const listItem = 'an item of a list stands where a key has to; mend its indentation';
const conflict = 'this merge conflict is not resolved';

/** What authors write by mistake, and what they are told, with line and column. */
const mistakes: readonly (readonly [string, string])[] = [
  ['a: 1\nb: 2\na: 3\n', `3:1 ${twice('"a"')}`],
  ['a: {1: x, "1": y}\n', `1:11 ${twice('"1"')}`],
  ['a: 1\n? a\n: 2\n', `2:3 ${twice('"a"')}`],
  ['{"a": {"b\\nc": 1, "b\\nc": 2}}', `1:19 ${twice('"b?c"')}`],
  ['spec:\n\ta: 1\n', `2:1 ${tabs}`],
  ['spec:\n  a: 1\n\tb: 2\n', `3:1 ${tabs}`],
  ['a:\n  b:\n    c: 1\n   d: 2\n', `4:4 ${keyIndent}`],
  ['a:\n  - b: 1\n  c: 2\n', `3:3 ${keyIndent}`],
  ['a:\n  - b: 1\n    c: 2\n   d: 3\n', '4:4 no item of the list above is indented as far as this line'],
  ['a: b: c\n', `1:4 ${valueAndKey}`],
  ['command: echo foo: bar\n', `1:10 ${valueAndKey}`],
  ['a: 1\n  b: 2\n', `1:4 ${valueAndKey}`],
  ['a:\n  - b\n - c\n', `3:1 ${listItem}`],
  ['a:\n  c: 2\n  - b\n', `3:1 ${listItem}`],
  ['kind Pod\nspec: 1\n', `1:1 ${noKey}`],
  ['a:\n  b:1\n  c: 2\n', `2:3 ${noKey}`],
  ['a:\n  b: 2\n  c\n', `3:3 ${noKey}`],
  ['{"a": 1\n"b": 2}', '1:7 a comma is missing behind this'],
  ['a: "x\nb: 2\n', '1:4 this " is not closed'],
  ["a: 'x\nb: 2\n", "1:4 this ' is not closed"],
  ['a: [1, [2], 3\nb: 3\n', '1:4 this [ is not closed'],
  ['a: {b: [1, 2}\n', '1:8 this [ is not closed'],
  ['{"kind": "Pod", "spec": {"a": 1', '1:25 this { is not closed'],
  ['a:\n  b: [1,2\n]\n', '2:6 the ] for this [ has to be indented further than its line'],
  ['a: ]\n', '1:4 there is no [ for this ]'],
  ['a: {b: c}}\n', '1:10 there is no { for this }'],
  ['a: [1,,2]\n', '1:7 there is nothing in front of this comma'],
  ['[\n{"a":1}\n{"b":2}]', '3:1 a comma is missing in front of this'],
  ['{"a" "b"}\n', '1:6 a comma or a colon is missing in front of this'],
  ['a: {b: 1 c: 2}\n', '1:8 a comma is missing behind this, or quotes around it'],
  ['{a:\n- b}\n', '2:1 a list with dashes cannot stand in brackets'],
  ['a: "b" c\n', `1:8 ${ended}`],
  ["a: 'it's'\n", `1:8 ${ended}`],
  ['{"a": 1}\n{"b": 2}\n{"c": ', '2:1 the value has ended in front of this, or the JSON from here on is broken'],
  ['schedule: */5 * * * *\n', `1:11 ${needsQuotes('*')}`],
  ['a:\n  - */5 * * * *\n', `2:5 ${needsQuotes('*')}`],
  ['schedule: * * * * *\n', `1:11 ${needsQuotes('*')}`],
  ['path: *.txt\n', `1:7 there is no anchor .txt; ${needsQuotes('*')}`],
  ['a: & b\n', `1:4 ${needsQuotes('&')}`],
  ['a: @b\n', `1:4 ${needsQuotes('@')}`],
  ['a: `b`\n', `1:4 ${needsQuotes('`')}`],
  ['a: %b\n', `1:4 ${needsQuotes('%')}`],
  ['a: - b\n', '1:4 a list begins on a line of its own, below its key'],
  ['a: "C:\\Users\\d"\n', `1:7 ${backslash}`],
  ['a: "\\d+"\n', `1:5 ${backslash}`],
  ['a: | b\n  c\n', '1:6 behind | or > nothing but a comment may stand on the line'],
  ['a: |x\n  c\n', '1:5 behind | or > nothing but a comment may stand on the line'],
  ['a: "b"#c\n', '1:7 a comment needs a space in front of it'],
  ['--- a: 1\n', '1:5 a mapping or list begins on the line below ---'],
  [`${'k'.repeat(1100)}: 1\n`, '1:1 this key is longer than 1024 characters'],
  ['%FOO\na: 1\n', '2:1 there is no line --- below the lines that begin with %'],
  ['a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> x\n', `2:1 ${conflict}`],
  ['a:\n- b: 1\n<<<<<<< HEAD\n- b: 2\n=======\n- b: "\n>>>>>>> x\n', `3:1 ${conflict}`],
  // So rare that the library's own words must do.
  ['a: &b &c d\n', '1:7 A node can have at most one anchor'],
];

describe('what is said of a text that is no YAML', () => {
  for (const [text, expected] of mistakes) {
    it(`${JSON.stringify(text.slice(0, 40))} is what its author has to mend, and where`, () => {
      const [error] = parseManifests(text, 'a.yaml').flatMap((document) => document.error?.message ?? []);
      expect(error?.replace(/^a\.yaml: (?:document \d, )?line (\d+), column (\d+):/, '$1:$2')).to.equal(expected);
    });
  }

  it('counts from the beginning of the file in each document', () => {
    const errors = parseManifests('\uFEFFa: 1\r\n---\r\nb: "x" y\r\n---\r\nc: {d: 1\r\n', 'a.yaml');
    expect(errors.map(({ error }) => error?.message)).to.deep.equal([
      undefined,
      `a.yaml: document 2, line 3, column 8: ${ended}`,
      'a.yaml: document 3, line 5, column 4: this { is not closed',
    ]);
  });
});
