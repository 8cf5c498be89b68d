import { expect } from 'chai';
import { breakFields } from '../../src/evidence/breakFields.ts';
import type { Break } from '../../src/evidence/breaks.ts';
import type { BrokenPod } from '../../src/evidence/sighting.ts';
import { createTeller, type Teller } from '../../src/evidence/teller.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';

const hour = 3_600_000;
const controller = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs-1' };

function broken(pod: string, owner: BrokenPod['controller'], ...fields: readonly Break['field'][]): BrokenPod {
  const breaks = fields.map(
    (field): Break => ({
      field,
      container: 'app',
      certainty: 'suspected',
      cause: 'exited',
      remedy: undefined,
    }),
  );
  return { namespace: 'team', name: pod, uid: `uid-${pod}`, controller: owner, breaks };
}

describe('who is told of a break', () => {
  let now: number;
  let counted: string[];
  let teller: Teller;

  beforeEach(() => {
    now = 1000 * hour;
    counted = [];
    teller = createTeller({ onTold: (field) => counted.push(field), now: () => now });
  });

  function said() {
    const all = [];
    for (let next = teller.next(); next !== undefined; next = teller.next()) all.push(next);
    return all;
  }
  const about = () =>
    said().map(({ subject, reason }) => `${reason} ${subject.kind} ${subject.namespace}/${subject.name}`);

  it('are those who look at the pod, and at what made it', () => {
    teller.tell(broken('web-1', controller, 'capabilities'));
    expect(about()).to.deep.equal(['SuspectedBreak Pod team/web-1', 'SuspectedBreak ReplicaSet team/web']);
    teller.tell(broken('alone', undefined, 'capabilities'));
    expect(about()).to.deep.equal(['SuspectedBreak Pod team/alone']);
  });

  it('are told once an hour for each owner and field, however many pods there are', () => {
    for (let pod = 0; pod < 100; pod++) teller.tell(broken(`web-${pod}`, controller, 'capabilities'));
    expect(about()).to.have.length(2);
    teller.tell(broken('web-1', controller, 'capabilities', 'runAsUser'));
    expect(about()).to.have.length(2);
    now += hour - 1;
    teller.tell(broken('web-1', controller, 'capabilities'));
    expect(about()).to.deep.equal([]);
    now += 1;
    teller.tell(broken('web-1', controller, 'capabilities'));
    expect(about()).to.have.length(2);
    expect(counted).to.deep.equal(['capabilities', 'runAsUser', 'capabilities']);
  });

  it('are told the same by a replica that takes over, so that the API server can see it', () => {
    teller.tell(broken('web-1', controller, 'capabilities'));
    const before = said().map(({ id }) => id);
    now += 60_000;
    teller = createTeller({ onTold: () => {}, now: () => now });
    teller.tell(broken('web-1', controller, 'capabilities'));
    expect(said().map(({ id }) => id)).to.deep.equal(before);
    expect(new Set(before).size).to.equal(2);
  });

  it('are told no more than can wait', () => {
    for (let pod = 0; pod < 1000; pod++) teller.tell(broken(`web-${pod}`, undefined, 'capabilities'));
    expect(counted).to.have.length(200);
    expect(about()).to.have.length(200);
  });

  it('are told later, and counted then, of what could not wait', () => {
    teller = createTeller({ onTold: (field) => counted.push(field), now: () => now, limits: { waiting: 3 } });
    const seeAll = () => {
      teller.tell(broken('web-1', controller, 'capabilities'));
      for (const pod of ['a', 'b', 'c']) teller.tell(broken(pod, undefined, 'runAsUser'));
    };
    seeAll();
    expect(counted).to.deep.equal(['capabilities', 'runAsUser']);
    expect(said().map(({ subject }) => subject.name)).to.deep.equal(['web-1', 'web', 'a']);
    seeAll();
    expect(counted).to.deep.equal(['capabilities', 'runAsUser', 'runAsUser', 'runAsUser']);
    expect(said().map(({ subject }) => subject.name)).to.deep.equal(['b', 'c']);
  });

  it('are either both told or neither, where there is room for one', () => {
    teller = createTeller({ onTold: (field) => counted.push(field), now: () => now, limits: { waiting: 3 } });
    teller.tell(broken('web-1', controller, 'capabilities', 'runAsUser'));
    expect(about()).to.deep.equal(['SuspectedBreak Pod team/web-1', 'SuspectedBreak ReplicaSet team/web']);
    expect(counted).to.deep.equal(['capabilities']);
  });

  it('are told again when too many others came in between to be remembered', () => {
    const small = { everyMs: hour, remembered: 10, waiting: 1000 };
    teller = createTeller({ onTold: () => {}, now: () => now, limits: small });
    teller.tell(broken('first', undefined, 'capabilities'));
    for (let pod = 0; pod < 10; pod++) teller.tell(broken(`web-${pod}`, undefined, 'capabilities'));
    said();
    teller.tell(broken('first', undefined, 'capabilities'));
    expect(about()).to.deep.equal(['SuspectedBreak Pod team/first']);
  });

  it('are told when the clock was set back', () => {
    teller.tell(broken('web-1', undefined, 'capabilities'));
    said();
    now -= 5 * hour;
    teller.tell(broken('web-1', undefined, 'capabilities'));
    expect(about()).to.have.length(1);
  });
});

describe('the metric of suspected breaks', () => {
  it('counts every field from 0 that breaks are told of', async () => {
    const { values } = await createMetrics('0').suspectedBreaks.get();
    expect(values.map(({ labels, value }) => [labels.field, value])).to.deep.equal(
      breakFields.map((field) => [field, 0]),
    );
  });
});
