import { expect } from 'chai';
import { fold } from '../../src/output/fold.ts';

/** The lines of the text in forty columns. */
const lines = (text: string) => fold(text, 40).split('\n');

describe('fold', () => {
  it('joins the lines of a paragraph and breaks them anew', () => {
    expect(
      lines('Say what the Pod Security Standards object to in\npods and templates.\n\nNothing is changed.\n'),
    ).to.deep.equal([
      'Say what the Pod Security Standards',
      'object to in pods and templates.',
      '',
      'Nothing is changed.',
      '',
    ]);
  });

  it('keeps the entries of a list apart, each below its number', () => {
    expect(
      lines('It is decided by\n  1. the option;\n  2. the Namespace manifest that an object\n     is in.'),
    ).to.deep.equal([
      'It is decided by',
      '  1. the option;',
      '  2. the Namespace manifest that an',
      '     object is in.',
    ]);
  });

  it('breaks a description beside its term, or below it where the term is long', () => {
    const rows = [
      '  never   nothing does, whatever there may be',
      '  always  all of it does, and what is left',
      '          as well',
    ];
    expect(lines(rows.join('\n'))).to.deep.equal([
      '  never   nothing does, whatever there',
      '          may be',
      '  always  all of it does, and what is',
      '          left as well',
    ]);
    expect(
      lines('Options:\n  -f, --filename <file...>  file or folder with\n                            manifests'),
    ).to.deep.equal(['Options:', '  -f, --filename <file...>', '      file or folder with manifests']);
  });

  it('leaves code as it is, with the lines below it', () => {
    const code = '    $ pod-hardener check -R -f . -o json |\n        jq .results[].file';
    expect(lines(`  The templates that fail, for a program\n  of yours:\n${code}`)).to.deep.equal([
      '  The templates that fail, for a program',
      '  of yours:',
      ...code.split('\n'),
    ]);
  });
});
