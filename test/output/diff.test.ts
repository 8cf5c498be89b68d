import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { unifiedDiff } from '../../src/output/diff.ts';
import { differencesBetween } from '../../src/output/differences.ts';
import { createPaint } from '../../src/output/paint.ts';

const one = 'one\ntwo\nthree\nfour\nfive\n';
const other = 'one\ntwo\nthree\nadded\nfour\nfive\n';

describe('unifiedDiff', () => {
  it('is empty where nothing differs', () => {
    expect(unifiedDiff('a.yaml', one, one, createPaint(true))).to.equal('');
  });

  it('is what patch reads', () => {
    expect(unifiedDiff('a.yaml', one, other, createPaint(false))).to.equal(
      '--- a.yaml\n+++ a.yaml\n@@ -1,5 +1,6 @@\n one\n two\n three\n+added\n four\n five\n',
    );
  });

  it('tells of a last line without an end', () => {
    expect(unifiedDiff('a.yaml', 'one', 'one\ntwo', createPaint(false))).to.equal(
      '--- a.yaml\n+++ a.yaml\n@@ -1,1 +1,2 @@\n-one\n\\ No newline at end of file\n+one\n+two\n\\ No newline at end of file\n',
    );
  });

  it('paints whole lines', () => {
    expect(unifiedDiff('a.yaml', 'one\n', 'one\n--two\n', createPaint(true))).to.equal(
      '\u001b[1m--- a.yaml\u001b[22m\n\u001b[1m+++ a.yaml\u001b[22m\n\u001b[36m@@ -1,1 +1,2 @@\u001b[39m\n one\n\u001b[32m+--two\u001b[39m\n',
    );
  });

  it('is one hunk where contexts meet, and two where they do not', () => {
    const numbers = Array.from({ length: 20 }, (_, index) => `${index}\n`);
    const headers = (gap: number) => {
      const changed = numbers.map((line, index) => (index === 3 || index === 4 + gap ? `new\n${line}` : line));
      return unifiedDiff('a', numbers.join(''), changed.join(''), createPaint(false)).match(/^@@.*/gm);
    };
    expect(headers(5)).to.deep.equal(['@@ -1,12 +1,14 @@']);
    expect(headers(6)).to.deep.equal(['@@ -1,6 +1,7 @@', '@@ -8,6 +9,7 @@']);
  });

  it('counts from the line before where there is none', () => {
    expect(unifiedDiff('a', '', 'one\n', createPaint(false))).to.equal('--- a\n+++ a\n@@ -0,0 +1,1 @@\n+one\n');
    expect(unifiedDiff('a', 'one\n', '', createPaint(false))).to.equal('--- a\n+++ a\n@@ -1,1 +0,0 @@\n-one\n');
  });

  it('puts what goes before what comes in its place', () => {
    expect(unifiedDiff('a', 'a\nb\nc\n', 'a\nB\nC\n', createPaint(false))).to.equal(
      '--- a\n+++ a\n@@ -1,3 +1,3 @@\n a\n-b\n-c\n+B\n+C\n',
    );
  });

  it('takes time that grows with the text and not with its square', () => {
    const texts = (item: (index: number) => string) =>
      Array.from({ length: 2000 }, (_, index) => item(index)).join('---\n');
    const lines = Array.from({ length: 25 }, (_, index) => `- line ${index}\n`).join('');
    const added = 'a:\n  b:\n    c\nd: e\n'.repeat(2);
    for (const name of [(index: number) => `name: ${index}\n`, () => 'name: same\n']) {
      const [before, after] = [texts((index) => name(index) + lines), texts((index) => added + name(index) + lines)];
      const { user } = process.cpuUsage();
      const changed = unifiedDiff('a', before, after, createPaint(false)).match(/^[-+][^-+].*/gm) ?? [];
      expect(process.cpuUsage().user - user).to.be.lessThan(3_000_000);
      expect(new Set(changed)).to.deep.equal(new Set(['+a:', '+  b:', '+    c', '+d: e']));
      expect(changed.length).to.equal(2000 * 8);
    }
  });
});

describe('differencesBetween', () => {
  const line: fc.Arbitrary<string> = fc.constantFrom(
    'a',
    'b',
    'c',
    'd',
    'x',
    '---',
    'unique 1',
    'unique 2',
    'unique 3',
  );

  it('leads from the one text to the other', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), fc.array(line, { maxLength: 40 }), (before, after) => {
        const result: string[] = [];
        let done = 0;
        for (const { start, end, from, to } of differencesBetween(before, after)) {
          expect(start).to.be.at.least(done);
          result.push(...before.slice(done, start), ...after.slice(from, to));
          done = end;
        }
        expect([...result, ...before.slice(done)]).to.deep.equal(after);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes nothing away where lines were only added', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.array(fc.nat(30), { maxLength: 6 }), (before, places) => {
        const after = [...before];
        for (const place of places) after.splice(place, 0, 'new', 'lines');
        for (const { start, end } of differencesBetween(before, after)) expect(end).to.equal(start);
      }),
      { numRuns: 500 },
    );
  });

  it('gives up on what has nothing in common', () => {
    const [before, after] = [Array<string>(1500).fill('a'), Array<string>(1500).fill('b')];
    expect(differencesBetween(before, after)).to.deep.equal([{ start: 0, end: 1500, from: 0, to: 1500 }]);
  });
});

describe('patch and git apply', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'diff-'));
  });

  after(() => rmSync(folder, { recursive: true }));

  const texts: readonly (readonly [string, string])[] = [
    [one, other],
    ['one', 'one\ntwo'],
    ['one\ntwo', 'zero\none\ntwo\n'],
    ['a: 1\r\nb: 2\r\n', 'a: 1\r\nc: {d: 3}\r\nb: 2\r\n'],
    ['--- a\n+++ b\n@@ -1 +1 @@\n', '--- a\n-x\n+++ b\n@@ -1 +1 @@\n+y\n'],
    [`${one}---\n`.repeat(50), `${one}---\n${other}---\n`.repeat(25)],
    ['\uFEFFä: ö\n\u2028\n', '\uFEFFä: ö\nü: 世\n\u2028\n'],
  ];
  const names = ['plain.yaml', 'a b.yaml', 'ä"quoted"\\.yaml', 'tab\tand\nline.yaml'];

  for (const [program, ...args] of [
    ['patch', '-p0', '--binary', '--quiet'],
    ['git', 'apply', '-p0', '-'],
  ] as const) {
    it(`make of the one file exactly the other (${program})`, function () {
      if (spawnSync(program, ['--version']).error) this.skip();
      for (const [index, [from, to]] of texts.entries()) {
        const name = names[index % names.length] ?? '';
        const path = join(folder, name);
        writeFileSync(path, from);
        const input = unifiedDiff(name, from, to, createPaint(false));
        execFileSync(program, args, { cwd: folder, input, stdio: ['pipe', 'ignore', 'inherit'] });
        expect(readFileSync(path, 'utf8')).to.equal(to);
      }
    });
  }
});
