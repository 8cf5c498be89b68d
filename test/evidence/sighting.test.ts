import { expect } from 'chai';
import fc from 'fast-check';
import { sightingOf } from '../../src/evidence/sighting.ts';
import { createEvidenceTable } from '../../src/evidence/table.ts';
import { noteOf } from '../../src/evidence/tell.ts';
import { mutated, pods, runs } from '../arbitraries.ts';
import { endedPod, refusals, refusedPod, runningPod } from './observedPods.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const filled = { metadata: { annotations: { 'pod-hardener.io/filled': 'app/capabilities,app/runAsNonRoot' } } };
const container = { securityContext: { runAsNonRoot: true, capabilities: { drop: ['ALL'] } } };
const observed = fc.constantFrom<unknown>(
  runningPod(),
  refusedPod(refusals.root, { ...filled, container }),
  refusedPod(refusals.named, { ...filled, container }),
  endedPod({ message: 'Operation not permitted' }, { ...filled, container }),
);

describe('a sighting', () => {
  it('is made of whatever passes for a pod, and a table and a note of that, without a fault', () => {
    const anything = fc.oneof(fc.jsonValue(), pods, mutated(observed), mutated(mutated(observed)), mutated(pods));
    let seen = 0;
    fc.assert(
      fc.property(anything, (value) => {
        const { observations, broken } = sightingOf(value);
        const table = createEvidenceTable();
        table.learn(observations, now);
        seen += observations.length;
        for (const found of broken?.breaks ?? []) expect(noteOf(found).message.length).to.be.within(1, 1024);
      }),
      { ...runs, numRuns: 1000 },
    );
    // Most that is made of nonsense shows nothing; some of it still does.
    expect(seen).to.be.greaterThan(50);
  });

  it('keeps nothing of a pod but names, digests and users', () => {
    const secret = 'hunter2-hunter2';
    const env = [{ name: 'PASSWORD', value: secret }];
    const pod = endedPod(
      { message: `${secret}: Operation not permitted` },
      { ...filled, container: { ...container, env, command: [secret] } },
    );
    expect(sightingOf(pod).broken).not.to.equal(undefined);
    expect(JSON.stringify(sightingOf(pod))).not.to.include(secret);
  });
});
