import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { joinTexts } from '../../src/manifests/join.ts';
import { kubectlReads } from './kubectlReads.ts';

const yaml = (name: string) => `apiVersion: example.com/v1\nkind: Example\nmetadata: {name: ${name}}\n`;
const json = (name: string) => `{"apiVersion": "example.com/v1", "kind": "Example", "metadata": {"name": "${name}"}}`;

/** Texts as they begin and end, each with the names of the objects in it. */
const texts: readonly (readonly [string, readonly string[]])[] = [
  [yaml('a'), ['a']],
  [yaml('b').trimEnd(), ['b']],
  [`${yaml('c')}...\n`, ['c']],
  [`${yaml('d')}---\n# nothing\n`, ['d']],
  ['# nothing\n', []],
  [`# a comment\r\n---\r\n${yaml('e').replaceAll('\n', '\r\n')}`, ['e']],
  [`\uFEFF${yaml('f')}`, ['f']],
  [json('g'), ['g']],
  [`${json('h')}${json('i')}\n${json('j')}\n`, ['h', 'i', 'j']],
  [json('k').replace('{', '{"note": "\\/ \\ud83d\\ude00 \u2028 \u0085",\n\t'), ['k']],
];

/** kubectl does not read these by themselves. */
const withDirective: typeof texts = [
  [`%YAML 1.1\n---\n${yaml('l')}`, ['l']],
  [`# a comment\n\n%YAML 1.1\n---\n${yaml('m')}`, ['m']],
];

describe('what kubectl reads of several files as one stream', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pod-hardener-joints-'));
  });

  after(() => rm(folder, { recursive: true }));

  for (const [index, [first, names]] of texts.entries()) {
    it(`is all of them, before and after the text of ${names.join(', ') || 'nothing'}`, async () => {
      const path = join(folder, `${index}.yaml`);
      const lost: unknown[] = [];
      for (const [second, others] of [...texts, ...withDirective]) {
        await writeFile(path, joinTexts([first, second, first]));
        const { objects, complaints } = await kubectlReads(path);
        const read = objects.map(({ metadata }) => (metadata as { name: string }).name);
        const expected = [...names, ...others, ...names];
        if (`${read}` !== `${expected}`) lost.push({ second, read, expected, complaints });
      }
      expect(lost).to.deep.equal([]);
    });
  }
});
