import { expect } from 'chai';
import { createProgress } from '../../src/commands/progress.ts';

describe('the progress', () => {
  function shownAt(...times: readonly number[]): readonly string[] {
    const shown: string[] = [];
    let time = 0;
    const progress = createProgress(
      (text) => void shown.push(text),
      () => time,
    );
    for (const [index, at] of times.entries()) {
      time = at;
      progress.at(index + 1, times.length);
    }
    progress.end();
    return shown;
  }

  it('is not worth a word within a second', () => {
    expect(shownAt(1, 500, 999)).to.deep.equal([]);
  });

  it('is shown ten times a second at most, and taken away in the end', () => {
    expect(shownAt(900, 1000, 1050, 1099, 1100, 3000)).to.deep.equal(['2/6 files', '5/6 files', '6/6 files', '']);
  });
});
