import { expect } from 'chai';
import { problemOf } from '../../src/output/problems.ts';

describe('a problem', () => {
  it('has the file and the place that its sentence begins with', () => {
    expect(problemOf('a b.yaml: document 2, line 11, column 7: spec: is null')).to.deep.equal({
      file: 'a b.yaml',
      at: { line: 11, column: 7 },
      text: 'spec: is null',
    });
    expect(problemOf('a: b.yaml: line 1, column 2: this: line 3, column 4: that')).to.deep.equal({
      file: 'a: b.yaml',
      at: { line: 1, column: 2 },
      text: 'this: line 3, column 4: that',
    });
  });

  it('is the sentence where that names no place', () => {
    expect(problemOf('a.yaml: there is no such file')).to.deep.equal({ text: 'a.yaml: there is no such file' });
  });
});
