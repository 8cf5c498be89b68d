import { expect } from 'chai';
import { type ApiClient, createApiClient } from '../../src/kubernetes/client.ts';
import { createLease, type Lease } from '../../src/kubernetes/lease.ts';
import { writeKubeconfig } from './fakeApiServer.ts';
import { type FakeObjects, startFakeObjects } from './fakeObjects.ts';

const path = '/apis/coordination.k8s.io/v1/namespaces/ours/leases/pod-hardener-evidence';
const limits = { durationMs: 30_000, everyMs: 8_000 };

describe('a Lease', () => {
  let api: FakeObjects;
  let client: ApiClient;
  let removeKubeconfig: () => Promise<void>;
  let elapsedMs: number;

  beforeEach(async () => {
    api = await startFakeObjects();
    const kubeconfig = await writeKubeconfig({ server: api.url });
    removeKubeconfig = kubeconfig.remove;
    client = await createApiClient({ kubeconfig: kubeconfig.file, log: () => {} });
    elapsedMs = 0;
    api.put(path, { metadata: { name: 'pod-hardener-evidence', namespace: 'ours' } });
  });

  afterEach(async () => {
    client.close();
    await api.close();
    await removeKubeconfig();
  });

  /** Its wall clock may be wrong by years. */
  function join(identity: string, wrongByMs = 0): Lease {
    return createLease({
      client,
      place: { namespace: 'ours', name: 'pod-hardener-evidence' },
      identity,
      now: () => Date.parse('2026-01-01T00:00:00.123Z') + elapsedMs + wrongByMs,
      elapsed: () => elapsedMs,
      signal: new AbortController().signal,
      limits,
    });
  }

  const spec = () => api.get(path)?.spec as Readonly<Record<string, unknown>>;
  const writes = () => api.seen.filter(({ method }) => method === 'PATCH').length;

  it('is taken by the first that asks, who writes who it is and when', async () => {
    const lease = join('a');
    expect(lease.holds()).to.equal(false);
    expect(await lease.attempt()).to.equal(8_000);
    expect(lease.holds()).to.equal(true);
    expect(spec()).to.deep.equal({
      holderIdentity: 'a',
      leaseDurationSeconds: 30,
      acquireTime: '2026-01-01T00:00:00.123000Z',
      renewTime: '2026-01-01T00:00:00.123000Z',
      leaseTransitions: 1,
    });
  });

  it('is held by one only, as long as it is renewed, whatever the clocks say', async () => {
    const [one, other] = [join('a'), join('b', 10 * 365 * 86_400_000)];
    for (let round = 0; round < 20; round++) {
      await one.attempt();
      await other.attempt();
      expect([one.holds(), other.holds()]).to.deep.equal([true, false]);
      elapsedMs += 8_000;
    }
    expect(spec().leaseTransitions).to.equal(1);
  });

  it('is lost by one that does not renew it before another one takes it', async () => {
    const [one, other] = [join('a'), join('b')];
    await one.attempt();
    elapsedMs = 1_000;
    await other.attempt();
    elapsedMs = 29_999;
    await other.attempt();
    expect([one.holds(), other.holds()]).to.deep.equal([true, false]);
    elapsedMs = 30_000;
    expect(one.holds()).to.equal(false);
    await other.attempt();
    expect(other.holds()).to.equal(false);
    elapsedMs = 31_001;
    await other.attempt();
    expect([one.holds(), other.holds(), spec().holderIdentity]).to.deep.equal([false, true, 'b']);
    await one.attempt();
    expect([one.holds(), other.holds()]).to.deep.equal([false, true]);
  });

  it('goes to one of those who find it free at once', async () => {
    const many = ['a', 'b', 'c', 'd'].map((name) => join(name));
    await Promise.all(many.map((lease) => lease.attempt()));
    expect(many.filter((lease) => lease.holds())).to.have.length(1);
  });

  it('is free at once when its holder lets it go, who takes it no more', async () => {
    const [one, other] = [join('a'), join('b')];
    await one.attempt();
    await other.attempt();
    await one.release();
    expect([one.holds(), spec().holderIdentity]).to.deep.equal([false, '']);
    await one.attempt();
    expect(one.holds()).to.equal(false);
    await other.attempt();
    expect([other.holds(), spec().holderIdentity]).to.deep.equal([true, 'b']);
  });

  it('is not written by one that lets go what it never had', async () => {
    const [one, other] = [join('a'), join('b')];
    await one.attempt();
    await other.attempt();
    const before = writes();
    await other.release();
    expect([writes(), spec().holderIdentity]).to.deep.equal([before, 'a']);
  });

  it('is held on while the API server does not answer, until it has run out', async () => {
    const lease = join('a');
    await lease.attempt();
    api.refuse = () => 500;
    elapsedMs = 16_000;
    await lease.attempt();
    expect([lease.holds(), lease.problem()]).to.deep.equal([true, 'the API server answered 500']);
    elapsedMs = 30_000;
    expect(lease.holds()).to.equal(false);
  });

  it('says in one clause what to do where it is missing or forbidden', async () => {
    const lease = join('a');
    api.remove(path);
    await lease.attempt();
    expect(lease.problem()).to.equal('Lease ours/pod-hardener-evidence does not exist: apply the component evidence');
    api.refuse = () => 403;
    await lease.attempt();
    expect(lease.problem()).to.equal(
      'the API server does not allow reading and writing Lease ours/pod-hardener-evidence: apply the component evidence',
    );
    api.refuse = () => undefined;
    api.put(path, { metadata: { name: 'pod-hardener-evidence', namespace: 'ours' } });
    await lease.attempt();
    expect([lease.problem(), lease.holds()]).to.deep.equal([undefined, true]);
  });
});
