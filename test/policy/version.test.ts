import { expect } from 'chai';
import { minorOf, newestMinor } from '../../src/policy/version.ts';

describe('minorOf', () => {
  it('is the minor that a version names', () => {
    expect(['v1.0', 'v1.9', 'v1.30', 'v1.36'].map((version) => minorOf(version))).to.deep.equal([0, 9, 30, 36]);
  });

  it('is the newest that is known for a version beyond it', () => {
    expect(['v1.37', 'v1.99', 'v1.999'].map((version) => minorOf(version))).to.deep.equal([36, 36, 36]);
  });

  it('is the newest that is known for the latest, where no cluster is known', () => {
    expect(newestMinor).to.equal(36);
    expect(minorOf('latest')).to.equal(36);
    expect(minorOf('latest', undefined)).to.equal(36);
  });

  it('is the cluster’s own for the latest, but none beyond the newest that is known', () => {
    expect([0, 29, 36, 37, 50].map((cluster) => minorOf('latest', cluster))).to.deep.equal([0, 29, 36, 36, 36]);
  });

  it("is at most the cluster's", () => {
    expect([minorOf('v1.25', 24), minorOf('v1.25', 30)]).to.deep.equal([24, 25]);
  });
});
