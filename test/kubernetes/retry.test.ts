import { expect } from 'chai';
import { ResyncError, StatusError } from '../../src/kubernetes/errors.ts';
import { defaultLimits } from '../../src/kubernetes/limits.ts';
import { createRetryPolicy } from '../../src/kubernetes/retry.ts';

const always = () => 0.5;

describe('the retry policy', () => {
  it('lists at once when the place to resume from has expired, also right after other faults', () => {
    const retry = createRetryPolicy(defaultLimits, always);
    retry.failed(new Error('reset'));
    retry.failed(new StatusError(403));
    const { waitMs, list } = retry.failed(new StatusError(410));
    expect({ waitMs, list }).to.deep.equal({ waitMs: 0, list: true });
  });

  it('waits when it expires again right away', () => {
    const retry = createRetryPolicy(defaultLimits, always);
    retry.failed(new ResyncError('expired'));
    expect(retry.failed(new ResyncError('expired')).waitMs).to.be.above(0);
  });

  it('goes on at once where the watch has lasted, and after a while where it has not', () => {
    const retry = createRetryPolicy(defaultLimits, always);
    expect(retry.ended(performance.now() - 60_000)).to.equal(0);
    expect(retry.ended(performance.now())).to.be.within(1, 500);
  });
});
