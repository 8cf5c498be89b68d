import { expect } from 'chai';
import { unifiedDiff } from '../../src/output/diff.ts';
import { createPaint } from '../../src/output/paint.ts';

const before = 'one\ntwo\nthree\nfour\nfive\n';
const after = 'one\ntwo\nthree\nadded\nfour\nfive\n';

describe('unifiedDiff', () => {
  it('is empty where nothing differs', () => {
    expect(unifiedDiff('a.yaml', before, before, createPaint(true))).to.equal('');
  });

  it('is what patch reads', () => {
    expect(unifiedDiff('a.yaml', before, after, createPaint(false))).to.equal(
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
});
