import { expect } from 'chai';
import { entryOf, sortedEntries, toList } from '../../src/policy/entry.ts';

describe('entryOf', () => {
  it('is the control on the pod, and container and control below it', () => {
    expect(entryOf({ control: 'seccompProfile' })).to.equal('seccompProfile');
    expect(entryOf({ control: 'capabilities', container: 'ray-head' })).to.equal('ray-head/capabilities');
  });
});

describe('sortedEntries', () => {
  it('sorts by code units and drops repetitions', () => {
    expect(sortedEntries(['b/x', 'a', 'B', 'b/x', 'ä'])).to.deep.equal(['B', 'a', 'b/x', 'ä']);
  });
});

describe('toList', () => {
  it('is the whole list when it fits to the byte', () => {
    expect(toList(['aaa', 'bbb', 'ccc'], 11)).to.equal('aaa,bbb,ccc');
  });

  it('ends in the number of those that find no room', () => {
    expect(toList(['aaaaaa', 'bbbbbb', 'cccccc'], 19)).to.equal('aaaaaa,bbbbbb,…+1');
    expect(toList(['aaaaaa', 'bbbbbb', 'cccccc'], 18)).to.equal('aaaaaa,…+2');
  });

  it('counts bytes and not characters', () => {
    expect(toList(['ää', 'bb'], 7)).to.equal('ää,bb');
    expect(toList(['ää', 'bb'], 6)).to.equal('…+2');
  });

  it('is only a number when not even the first finds room', () => {
    expect(toList(['x'.repeat(2000), 'y'], 1024)).to.equal('…+2');
  });

  it('is empty for no entries', () => {
    expect(toList([], 10)).to.equal('');
  });
});
