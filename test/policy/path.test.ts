import { expect } from 'chai';
import { toDotted, toPointer } from '../../src/policy/path.ts';

describe('toDotted', () => {
  it('writes a path as people do', () => {
    expect(toDotted(['spec', 'containers', 0, 'securityContext', 'capabilities', 'drop', 2])).to.equal(
      'spec.containers[0].securityContext.capabilities.drop[2]',
    );
    expect(toDotted([])).to.equal('');
  });
});

describe('toPointer', () => {
  it('writes a path as RFC 6901 does', () => {
    expect(toPointer(['spec', 'containers', 0, 'securityContext'])).to.equal('/spec/containers/0/securityContext');
    expect(toPointer([])).to.equal('');
  });

  it('escapes tilde and slash, and keeps an empty key', () => {
    expect(toPointer(['a/b', 'm~n', '~1', ''])).to.equal('/a~1b/m~0n/~01/');
  });
});
