import { expect } from 'chai';
import { clientGone } from '../../src/admission/errors.ts';
import type { Policy } from '../../src/admission/namespacePolicy.ts';
import { createShadowing } from '../../src/commands/shadowing.ts';
import { failureReply, replyTo } from '../../src/webhook/reply.ts';
import { evidenceOf } from '../kubelet.ts';
import { policyFor } from '../requests.ts';
import { faultyPolicies } from '../webhook/faults.ts';
import { creation, uid } from '../webhook/reviews.ts';

describe('createShadowing', () => {
  const lines: unknown[] = [];
  const log = (...line: unknown[]) => void lines.push(line);
  const replyUnder = (policy: Policy) =>
    replyTo(creation(), 3_000, { findPolicy: () => policy, provenance: true, minor: () => undefined });

  beforeEach(() => {
    lines.length = 0;
  });

  it('rests on what is known of images when it is asked', async () => {
    const reply = await replyUnder(policyFor('baseline', { 'shadow-profile': 'restricted' }));
    const filled = (images: Record<string, string>) => {
      const shadow = createShadowing({ minor: () => undefined, evidence: evidenceOf(images) }, log)(reply);
      return shadow?.changes.only_shadow.filter(({ control }) => control === 'runAsNonRoot').length;
    };
    expect(filled({})).to.equal(2);
    expect(filled({ 'docker.io/rayproject/ray:2.52.0': 'root' })).to.equal(1);
  });

  it('asks nothing where no profile is tried, and nothing of a reply that failed', async () => {
    const grounds = {
      minor: () => {
        throw new Error('this is never asked');
      },
    };
    const shadowing = createShadowing(grounds, log);
    expect(shadowing(await replyUnder(policyFor('restricted')))).to.equal(undefined);
    const reply = await replyUnder(policyFor('restricted', { 'shadow-profile': 'hardened' }));
    expect(shadowing({ ...reply, ...failureReply(clientGone()) })).to.equal(undefined);
    expect(lines).to.deep.equal([]);
  });

  it('leaves the reply as it is when the shadow alone has a fault, and logs that', async () => {
    const reply = await replyUnder({ ...policyFor('restricted'), shadow: faultyPolicies.decide });
    expect(reply.status).to.equal(200);
    expect(reply.body).to.equal((await replyUnder(policyFor('restricted'))).body);
    expect(createShadowing({ minor: () => undefined }, log)(reply)).to.equal(undefined);
    expect(lines).to.deep.equal([
      [
        'error',
        'The shadow of a policy could not be worked out.',
        { uid, namespace: 'team', error: 'Error: the rule is broken' },
      ],
    ]);
  });
});
