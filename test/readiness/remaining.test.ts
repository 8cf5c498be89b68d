import { expect } from 'chai';
import type { Reason } from '../../src/policy/control.ts';
import { remainingOf } from '../../src/readiness/remaining.ts';
import { policyFor } from '../requests.ts';

const violation = { control: 'runAsNonRoot', reason: 'runAsNonRoot != true', detail: 'pod must set it' };

function remaining(...reasons: readonly Reason[]) {
  const left = reasons.map((reason) => ({ control: 'runAsNonRoot', path: [], reason }));
  const others = [{ control: 'capabilities', path: [], reason: 'exempt' as const }];
  return remainingOf([violation], [...others, ...left], [], policyFor('restricted')).map((one) => [one.by, one.left]);
}

describe('remainingOf', () => {
  it('says whose doing it is that a field was left', () => {
    expect(remaining('set-by-author')).to.deep.equal([['author', ['set-by-author']]]);
    expect(remaining('image-runs-as-root')).to.deep.equal([['image', ['image-runs-as-root']]]);
    expect(remaining('exempt')).to.deep.equal([['administrator', ['exempt']]]);
    expect(remaining('unsupported-version')).to.deep.equal([['cluster', ['unsupported-version']]]);
    expect(remaining()).to.deep.equal([['author', []]]);
  });

  it('names all that the author did to different containers', () => {
    expect(remaining('privileged', 'runs-as-root', 'privileged', 'image-runs-as-root')).to.deep.equal([
      ['author', ['privileged', 'runs-as-root']],
    ]);
  });

  it('names the author before anybody else', () => {
    expect(remaining('image-runs-as-root', 'privileged', 'exempt')).to.deep.equal([['author', ['privileged']]]);
  });
});
