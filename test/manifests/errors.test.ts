import { expect } from 'chai';
import { ManifestError, manifestError } from '../../src/manifests/errors.ts';

describe('a ManifestError', () => {
  it('says where the part of a file stands, and has it apart from the sentence', () => {
    const error = manifestError('a: b.yaml', 'spec: line 3, column 4: is null', { line: 11, column: 7 }, 1);
    expect(error.message).to.equal('a: b.yaml: document 2, line 11, column 7: spec: line 3, column 4: is null');
    const { file, at, text } = error;
    expect({ file, at, text }).to.deep.equal({
      file: 'a: b.yaml',
      at: { line: 11, column: 7 },
      text: 'spec: line 3, column 4: is null',
    });
  });

  it('names the file alone, or nothing, where no more is known', () => {
    const ofFile = new ManifestError('this is no text', { file: 'a.bin' });
    expect([ofFile.message, ofFile.file, ofFile.at, ofFile.text]).to.deep.equal([
      'a.bin: this is no text',
      'a.bin',
      undefined,
      'this is no text',
    ]);
    const other = new ManifestError('-k names no folder');
    expect([other.message, other.file, other.text]).to.deep.equal([
      '-k names no folder',
      undefined,
      '-k names no folder',
    ]);
  });
});
