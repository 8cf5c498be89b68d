import { expect } from 'chai';
import { createTableKeeper } from '../../src/evidence/keepTable.ts';
import type { StoredTable } from '../../src/evidence/stores.ts';
import { createEvidenceTable, type EvidenceTable } from '../../src/evidence/table.ts';
import { digestA, digestB } from './observedPods.ts';

const noon = Date.parse('2026-03-01T12:00:00Z');

/** A store in memory, of which several replicas may have a share. */
function createMemoryStore(text = '') {
  const memory = {
    stored: { resourceVersion: '1', text } as StoredTable,
    writes: 0,
    fault: undefined as string | undefined,
    read: async () => {
      if (memory.fault !== undefined) throw new Error(memory.fault);
      return memory.stored;
    },
    write: async (next: string, resourceVersion: string) => {
      if (memory.fault !== undefined) throw new Error(memory.fault);
      if (resourceVersion !== memory.stored.resourceVersion) return 'conflict' as const;
      memory.writes += 1;
      memory.stored = { resourceVersion: `${Number(resourceVersion) + 1}`, text: next };
      return memory.stored;
    },
  };
  return memory;
}

describe('the keeper of a table', () => {
  let now: number;
  /** By how much the clock was set back. */
  let setBackMs: number;
  let unreadable: string[];

  beforeEach(() => {
    now = noon;
    setBackMs = 0;
    unreadable = [];
  });

  function keeperOf(store: ReturnType<typeof createMemoryStore>, table: EvidenceTable, mayWrite = () => true) {
    const clocks = { now: () => now, elapsed: () => now - noon + setBackMs };
    return createTableKeeper({ store, table, mayWrite, ...clocks, onUnreadable: (why) => unreadable.push(why) });
  }

  const see = (table: EvidenceTable, digest: string, uid = 1000) =>
    table.learn([{ digest, facts: uid === 0 ? { root: true } : { uid }, references: [], at: now }], now);

  it('writes what was seen, and another replica that starts then knows it', async () => {
    const store = createMemoryStore();
    const first = createEvidenceTable();
    see(first, digestA);
    await keeperOf(store, first).attempt();
    const second = createEvidenceTable();
    await keeperOf(store, second).attempt();
    expect(second.evidence(`nginx@${digestA}`)).to.deep.equal({ state: 'uid', uid: 1000 });
    expect(store.writes).to.equal(1);
  });

  it('writes at most once a minute, and only what has changed', async () => {
    const store = createMemoryStore();
    const table = createEvidenceTable();
    const keeper = keeperOf(store, table);
    see(table, digestA);
    for (; now < noon + 300_000; now += 2_000) await keeper.attempt();
    expect(store.writes).to.equal(1);
    now = noon + 300_000;
    for (let second = 0; second < 300; second += 2) {
      see(table, `sha256:${String(second).padStart(64, '0')}`);
      await keeper.attempt();
      now += 2_000;
    }
    expect(store.writes).to.be.within(5, 7);
    expect(store.stored.text.match(/sha256/g)).to.have.length.above(100);
  });

  it('goes on writing once a minute when the clock was set back by an hour', async () => {
    const store = createMemoryStore();
    const table = createEvidenceTable();
    const keeper = keeperOf(store, table);
    see(table, digestA);
    await keeper.attempt();
    [now, setBackMs] = [now - 3_600_000, 3_600_000];
    see(table, digestB);
    now += 58_000;
    await keeper.attempt();
    expect(store.writes).to.equal(1);
    now += 2_000;
    await keeper.attempt();
    expect(store.writes).to.equal(2);
  });

  it('writes at once what it learns first', async () => {
    const store = createMemoryStore();
    const table = createEvidenceTable();
    const keeper = keeperOf(store, table);
    await keeper.attempt();
    now += 2_000;
    see(table, digestA);
    await keeper.attempt();
    expect(store.stored.text).to.include(digestA);
    expect(store.writes).to.equal(1);
  });

  it('writes nothing while another replica does', async () => {
    const store = createMemoryStore();
    const table = createEvidenceTable();
    see(table, digestA);
    let isOurs = false;
    const keeper = keeperOf(store, table, () => isOurs);
    await keeper.attempt();
    expect(store.writes).to.equal(0);
    isOurs = true;
    await keeper.attempt();
    expect(store.writes).to.equal(1);
  });

  it('joins what somebody else has written with what it knows', async () => {
    const store = createMemoryStore();
    const [one, other] = [createEvidenceTable(), createEvidenceTable()];
    const [first, second] = [keeperOf(store, one), keeperOf(store, other)];
    await first.attempt();
    await second.attempt();
    see(one, digestA, 0);
    see(other, digestB);
    now += 60_000;
    await first.attempt();
    await second.attempt();
    await second.attempt();
    for (const digest of [digestA, digestB]) expect(store.stored.text).to.include(digest);
    expect(other.evidence(`nginx@${digestA}`)).to.deep.equal({ state: 'root' });
  });

  it('says why what is stored cannot be read, begins anew and writes over it', async () => {
    for (const [text, why] of [
      ['{"version":', 'it is not JSON'],
      ['{"version":2,"rows":[]}', 'its version is not 1'],
    ] as const) {
      const store = createMemoryStore(text);
      const table = createEvidenceTable();
      see(table, digestA);
      unreadable = [];
      const keeper = keeperOf(store, table);
      await keeper.attempt();
      await keeper.attempt();
      expect(unreadable).to.deep.equal([why]);
      expect(store.stored.text).to.include(digestA);
    }
  });

  it('goes on after a fault, and says which it was as long as it lasts', async () => {
    const store = createMemoryStore();
    const table = createEvidenceTable();
    see(table, digestA);
    const keeper = keeperOf(store, table);
    store.fault = 'the API server answered 500';
    expect(await keeper.attempt()).to.equal(15_000);
    expect(keeper.problem()).to.equal('the API server answered 500');
    store.fault = undefined;
    expect(await keeper.attempt()).to.equal(2_000);
    expect([keeper.problem(), store.writes]).to.deep.equal([undefined, 1]);
    see(table, digestB);
    now += 60_000;
    store.fault = 'the API server answered 503';
    await keeper.attempt();
    expect(keeper.problem()).to.equal('the API server answered 503');
    store.fault = undefined;
    await keeper.attempt();
    expect(store.stored.text).to.include(digestB);
  });
});
