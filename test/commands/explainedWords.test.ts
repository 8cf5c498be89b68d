import { expect } from 'chai';
import { explainedWords } from '../../src/commands/explainedWords.ts';

describe('explainedWords', () => {
  const none = () => false;

  it('takes a kind behind a file for what is to be explained', () => {
    expect(explainedWords([], ['a.yaml', 'pod'], none)).to.deep.equal({ words: ['pod'], files: ['a.yaml'] });
    expect(explainedWords([], ['a.yaml', 'raycluster/demo'], none)).to.deep.equal({
      words: ['raycluster/demo'],
      files: ['a.yaml'],
    });
  });

  it('takes what comes first, what is there, and what looks like a file, for files', () => {
    const files = ['manifests', 'a.yaml', '-', './pod/web', 'pod/web', 'a/b/c'];
    expect(explainedWords(['pod'], files, (file) => file === 'pod/web')).to.deep.equal({ words: ['pod'], files });
  });

  it('leaves the words alone where no file is named', () => {
    expect(explainedWords(['runAsNonRoot'], undefined, none)).to.deep.equal({ words: ['runAsNonRoot'] });
  });
});
