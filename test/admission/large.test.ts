import { expect } from 'chai';
import { decide } from '../../src/admission/decide.ts';
import { decodeReview, encodeReview } from '../../src/admission/review.ts';
import { checkPatch } from '../../src/admission/selfCheck.ts';
import { bytesOf, policyFor, reviewOf } from '../requests.ts';

const policy = policyFor('restricted');

/** A pod of so many containers, of which each has twenty variables. */
function podOf(count: number) {
  const env = Array.from({ length: 20 }, (_, index) => ({ name: `VARIABLE_${index}`, value: 'x'.repeat(40) }));
  const containers = Array.from({ length: count }, (_, index) => ({ name: `c${index}`, image: 'x', env }));
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'large' }, spec: { containers } };
}

/** What it takes to answer the review: milliseconds of a processor, the least of five times, and bytes. */
function answer(body: Buffer) {
  const times: number[] = [];
  let bytes = 0;
  for (const _ of Array(5)) {
    const start = process.cpuUsage();
    const request = decodeReview(body);
    const decision = decide(request, policy, { provenance: true });
    if (request.subject && decision.intended) checkPatch(request.subject.pod, decision.operations, decision.intended);
    bytes = encodeReview(request.uid, decision).length;
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1000);
  }
  return { milliseconds: Math.min(...times), bytes };
}

describe('the answer to a large pod', () => {
  it('grows with the containers, and no faster', () => {
    const [small, large] = [answer(bytesOf(reviewOf(podOf(100)))), answer(bytesOf(reviewOf(podOf(800))))];
    expect(large.bytes / small.bytes).to.be.below(8.5);
    expect(large.milliseconds / small.milliseconds, 'eight times the containers').to.be.below(24);
  });
});
