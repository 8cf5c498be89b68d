import { expect } from 'chai';
import fc from 'fast-check';
import { type Facts, joinFacts, parseCode, toCode, userOf } from '../../src/evidence/facts.ts';
import type { Observation } from '../../src/evidence/observe.ts';
import { parseStored, StoredError, toText } from '../../src/evidence/stored.ts';
import { createEvidenceTable, joinDigests, joinReferences, type ReferenceEntry } from '../../src/evidence/table.ts';
import { runs } from '../arbitraries.ts';
import { digestA, digestB } from './observedPods.ts';

const dayMs = 86_400_000;
const noon = Date.parse('2026-03-01T12:00:00Z');
const nginx = 'docker.io/library/nginx:1.27';

const ran = (
  digest: string,
  facts: Facts | undefined,
  at: number,
  names: readonly string[] = [nginx],
): Observation => ({
  digest,
  ...(facts && { facts }),
  references: names,
  at,
});
const refused = (reason: 'root' | 'named', at: number, digest?: string): Observation => ({
  refused: reason,
  reference: { name: nginx, ...(digest !== undefined && { digest }) },
  at,
});

function tableOf(...observations: readonly Observation[]) {
  const table = createEvidenceTable();
  table.learn(observations, noon);
  return table;
}

describe('the table of images and users', () => {
  it('knows an image by its digest and by the name that it was asked for last', () => {
    const { evidence } = tableOf(ran(digestA, { uid: 1000 }, noon));
    expect(evidence('nginx:1.27')).to.deep.equal({ state: 'uid', uid: 1000 });
    expect(evidence(`nginx:1.27@${digestA}`)).to.deep.equal({ state: 'uid', uid: 1000 });
    expect(evidence(`evil.example/other@${digestA}`)).to.deep.equal({ state: 'uid', uid: 1000 });
  });

  it('knows nothing of other images', () => {
    const { evidence } = tableOf(ran(digestA, { root: true }, noon));
    const others = ['nginx', 'nginx:1.28', 'evil.example/nginx:1.27', `nginx:1.27@${digestB}`, '', '__proto__', '@'];
    expect(others.map(evidence)).to.deep.equal(others.map(() => undefined));
  });

  it('goes by the digest in a reference, also where it does not know it', () => {
    const { evidence } = tableOf(ran(digestA, { root: true }, noon));
    expect(evidence(`nginx:1.27@${digestB}`)).to.equal(undefined);
  });

  it('follows a name to another digest, and is not led back by an older container', () => {
    const table = tableOf(ran(digestA, { root: true }, noon - 2000), ran(digestB, { uid: 101 }, noon - 1000));
    expect(table.evidence('nginx:1.27')).to.deep.equal({ state: 'uid', uid: 101 });
    table.learn([ran(digestA, { root: true }, noon - 2000)], noon);
    expect(table.evidence('nginx:1.27')).to.deep.equal({ state: 'uid', uid: 101 });
    expect(table.evidence(`nginx@${digestA}`)).to.deep.equal({ state: 'root' });
  });

  it('follows a name to a digest of which nothing is known', () => {
    const { evidence } = tableOf(ran(digestA, { root: true }, noon - 2000), ran(digestB, undefined, noon - 1000));
    expect(evidence('nginx:1.27')).to.equal(undefined);
  });

  it('does not believe in a start that is still to come', () => {
    const table = tableOf(ran(digestA, { root: true }, noon + 999 * dayMs));
    table.learn([ran(digestB, { uid: 101 }, noon + 1000)], noon + 2000);
    expect(table.evidence('nginx:1.27')).to.deep.equal({ state: 'uid', uid: 101 });
  });

  it('takes an image for root once it was seen so, whatever else was seen', () => {
    const { evidence } = tableOf(
      ran(digestA, { uid: 1000 }, noon - 1),
      ran(digestA, { root: true }, noon - 3),
      ran(digestA, { uid: 1000 }, noon),
    );
    expect(evidence('nginx:1.27')).to.deep.equal({ state: 'root' });
  });

  it('knows no number where an image ran as several, so none is filled', () => {
    const several = [ran(digestA, { uid: 1000 }, noon), ran(digestA, { uid: 1001 }, noon)];
    expect(tableOf(...several).evidence('nginx:1.27')).to.equal(undefined);
    expect(tableOf(...several, refused('named', noon, digestA)).evidence('nginx:1.27')).to.deep.equal({
      state: 'named',
    });
  });

  it('knows an image as root, or as named, by the name that was refused', () => {
    expect(tableOf(refused('root', noon)).evidence('nginx:1.27')).to.deep.equal({ state: 'root' });
    expect(tableOf(refused('named', noon)).evidence('nginx:1.27')).to.deep.equal({ state: 'named' });
  });

  it('knows the number of a named image that was seen running before or after it was refused', () => {
    const before = tableOf(ran(digestA, { uid: 1000 }, noon - 2000), refused('named', noon - 1000));
    const after = tableOf(refused('named', noon - 2000), ran(digestA, { uid: 1000 }, noon - 1000));
    for (const { evidence } of [before, after]) {
      expect(evidence('nginx:1.27')).to.deep.equal({ state: 'named', uid: 1000 });
      expect(evidence(`nginx@${digestA}`)).to.deep.equal({ state: 'named', uid: 1000 });
    }
  });

  it('forgets a refusal once something else has started by that name', () => {
    const { evidence } = tableOf(refused('root', noon - 2000), ran(digestB, { uid: 101 }, noon - 1000));
    expect(evidence('nginx:1.27')).to.deep.equal({ state: 'uid', uid: 101 });
  });

  it('takes a name that is refused as root for root, and lays nothing to the digest that it stood for before', () => {
    const { evidence } = tableOf(ran(digestA, { uid: 1000 }, noon - 2000), refused('root', noon - 1000));
    expect(evidence('nginx:1.27')).to.deep.equal({ state: 'root' });
    expect(evidence(`nginx@${digestA}`)).to.deep.equal({ state: 'uid', uid: 1000 });
  });

  it('remembers a refusal where the runtime does not tell as whom a container runs', () => {
    const { evidence } = tableOf(refused('root', noon - 2000), ran(digestB, undefined, noon - 1000));
    expect(evidence('nginx:1.27')).to.deep.equal({ state: 'root' });
  });

  it('remembers for 30 days what it does not see any more', () => {
    const table = tableOf(ran(digestA, { root: true }, noon), refused('named', noon - 1000));
    table.forget(noon + 30 * dayMs);
    expect(table.evidence('nginx:1.27')).to.deep.equal({ state: 'root' });
    table.forget(noon + 31 * dayMs);
    expect([table.snapshot.digests.size, table.snapshot.references.size]).to.deep.equal([0, 0]);
  });

  it('remembers what it still sees, but a refusal for 30 days only', () => {
    const table = tableOf(ran(digestA, undefined, noon - 9000), refused('root', noon));
    const later = noon + 40 * dayMs;
    table.learn([ran(digestA, undefined, noon - 9000)], later);
    table.forget(later);
    expect(table.snapshot.references.size).to.equal(1);
    expect(table.evidence('nginx:1.27')).to.equal(undefined);
    table.learn([refused('root', noon)], later);
    expect(table.evidence('nginx:1.27')).to.equal(undefined);
  });

  it('holds so many images and no more: those that were seen last', () => {
    const table = createEvidenceTable({ digests: 100, references: 50, days: 30 });
    for (let day = 0; day < 10; day++) {
      const observations = Array.from({ length: 100 }, (_, index) => {
        const digest = `sha256:${String(day * 100 + index).padStart(64, '0')}`;
        return ran(digest, { uid: day + 1 }, noon, [`docker.io/library/image-${day}-${index}:1`]);
      });
      table.learn(observations, noon + day * dayMs);
      expect(table.snapshot.digests.size).to.be.at.most(110);
      expect(table.snapshot.references.size).to.be.at.most(55);
    }
    expect(table.counts()).to.deep.equal({ root: 0, uid: 100, named: 0 });
    expect([...table.snapshot.digests.values()].every(({ facts }) => facts.uid === 10)).to.equal(true);
  });

  it('says how many images are in each state, and changes its revision with every change only', () => {
    const table = tableOf(
      ran(digestA, { root: true }, noon),
      ran(digestB, { uid: 5 }, noon),
      refused('named', noon, `sha256:${'c'.repeat(64)}`),
    );
    expect(table.counts()).to.deep.equal({ root: 1, uid: 1, named: 1 });
    const before = table.revision();
    table.learn([ran(digestB, { uid: 5 }, noon)], noon + 1000);
    expect(table.revision()).to.equal(before);
    table.learn([ran(digestB, { uid: 5 }, noon)], noon + dayMs);
    expect(table.revision()).to.be.greaterThan(before);
  });

  it('does not believe in days to come that another table tells of', () => {
    const table = createEvidenceTable();
    const far = { facts: { root: true }, seen: 999_999 } as const;
    table.absorb({ digests: new Map([[digestA, far]]), references: new Map() }, noon);
    table.forget(noon + 31 * dayMs);
    expect(table.snapshot.digests.size).to.equal(0);
  });
});

const facts = fc
  .tuple(fc.boolean(), fc.boolean(), fc.constantFrom(undefined, 1, 1000, 2147483647, 'several' as const))
  .map(([root, named, uid]): Facts => ({ ...(root && { root }), ...(named && { named }), ...(uid && { uid }) }));
/** A table has a row only where there is something to say. */
const someFacts = facts.filter((one) => Object.keys(one).length > 0);
const day = fc.integer({ min: 20_400, max: 20_510 });
const moment = fc.constantFrom(0, 1, noon - dayMs, noon);
const digest = fc.constantFrom(digestA, digestB, `sha256:${'0'.repeat(64)}`);
const reference = fc
  .record({
    digest: fc.option(digest, { nil: undefined }),
    at: moment,
    refused: fc.constantFrom(undefined, 'root' as const, 'named' as const),
    refusedAt: moment,
    seen: day,
  })
  .map(
    ({ digest, refused, ...rest }): ReferenceEntry => ({
      ...rest,
      ...(digest && { digest }),
      ...(refused && { refused }),
    }),
  );
const snapshot = fc.record({
  digests: fc
    .array(fc.tuple(digest, fc.record({ facts: someFacts, seen: day })), { maxLength: 3 })
    .map((rows) => new Map(rows)),
  references: fc
    .array(fc.tuple(fc.constantFrom(nginx, 'ghcr.io/a/b:1'), reference), { maxLength: 3 })
    .map((rows) => new Map(rows)),
});

describe('two tables', () => {
  it('know the same once each has heard of the other, in whatever order and however often', () => {
    fc.assert(
      fc.property(fc.array(snapshot, { minLength: 1, maxLength: 4 }), (parts) => {
        const one = createEvidenceTable();
        const other = createEvidenceTable();
        for (const part of parts) one.absorb(part, noon);
        for (const part of [...parts, ...parts].reverse()) other.absorb(part, noon);
        // What a name tells of a digest depends on when it was heard, until they have met.
        one.absorb(other.snapshot, noon);
        other.absorb(one.snapshot, noon);
        expect(toText(one.snapshot)).to.equal(toText(other.snapshot));
      }),
      runs,
    );
  });

  it('join entries commutatively, associatively and idempotently', () => {
    fc.assert(
      fc.property(facts, facts, facts, (a, b, c) => {
        expect(joinFacts(a, b)).to.deep.equal(joinFacts(b, a));
        expect(joinFacts(joinFacts(a, b), c)).to.deep.equal(joinFacts(a, joinFacts(b, c)));
        expect(joinFacts(a, a)).to.deep.equal(a);
      }),
      runs,
    );
    fc.assert(
      fc.property(reference, reference, reference, (a, b, c) => {
        expect(joinReferences(a, b)).to.deep.equal(joinReferences(b, a));
        expect(joinReferences(joinReferences(a, b), c)).to.deep.equal(joinReferences(a, joinReferences(b, c)));
        expect(joinReferences(a, a)).to.deep.equal(a);
      }),
      runs,
    );
    const [a, b] = [
      { facts: { uid: 1 }, seen: 3 },
      { facts: { uid: 2 }, seen: 2 },
    ];
    expect(joinDigests(a, b)).to.deep.equal({ facts: { uid: 'several' }, seen: 3 });
  });

  it('never unlearn root', () => {
    fc.assert(
      fc.property(facts, facts, (a, b) => {
        if (a.root || b.root) expect(userOf(joinFacts(a, b))).to.deep.equal({ state: 'root' });
      }),
      runs,
    );
  });
});

describe('a stored table', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(snapshot, (written) => {
        const table = createEvidenceTable();
        table.absorb(written, noon);
        const text = toText(table.snapshot);
        const read = createEvidenceTable();
        read.absorb(parseStored(text), noon);
        expect(toText(read.snapshot)).to.equal(text);
      }),
      runs,
    );
  });

  it('writes facts in a few characters', () => {
    const codes = {
      r: { root: true },
      n: { named: true },
      1000: { uid: 1000 },
      'rn*': { root: true, named: true, uid: 'several' },
    };
    for (const [code, meant] of Object.entries(codes)) {
      expect(parseCode(code)).to.deep.equal(meant);
      expect(toCode(meant as Facts)).to.equal(code);
    }
    for (const nonsense of ['', '0', '-1', 'x', 'nr', '01', '**', 'r1000x'])
      expect(parseCode(nonsense)).to.equal(undefined);
  });

  it('is one line for each image and name', () => {
    const table = tableOf(ran(digestA, { uid: 1000 }, noon));
    expect(toText(table.snapshot).split('\n')).to.deep.equal([
      '{"version":1,"rows":[',
      `["docker.io/library/nginx:1.27","${digestA}",${noon},"",0,20513],`,
      `["${digestA}","1000",20513]]}`,
    ]);
  });

  it('that is none is refused in a clause', () => {
    const texts = {
      '': 'it is not JSON',
      '{"version":': 'it is not JSON',
      null: 'its version is not 1',
      '[]': 'its version is not 1',
      '{"version":2,"rows":[]}': 'its version is not 1',
      '{"version":1}': 'it has no rows',
    };
    for (const [text, clause] of Object.entries(texts)) {
      expect(() => parseStored(text)).to.throw(StoredError, clause);
    }
  });

  it('loses the rows that are none', () => {
    const rows = [
      null,
      1,
      [],
      [digestA, 'root', 1],
      [digestA, 'r', -1],
      ['nginx', 'r', 1],
      [digestA, 'r', '1'],
      [nginx, 'x', 0, '', 0, 1],
      [nginx, '', 0, 'user', 0, 1],
      [nginx, '', null, '', 0, 1],
      ['x'.repeat(800), '', 0, '', 0, 1],
      [digestB, 'r', 1],
    ];
    const { digests, references } = parseStored(JSON.stringify({ version: 1, rows }));
    expect([...digests]).to.deep.equal([[digestB, { facts: { root: true }, seen: 1 }]]);
    expect([...references]).to.deep.equal([]);
  });

  it('has room for the longest of names, and leaves out what was seen longest ago', () => {
    const table = createEvidenceTable();
    for (let index = 0; index < 4000; index++) {
      const name = `registry.example/${'x'.repeat(400)}/${index}:${'é'.repeat(10)}`;
      table.learn(
        [ran(`sha256:${String(index).padStart(64, '0')}`, { uid: 2147483647 }, noon, [name])],
        noon + (index % 20) * dayMs,
      );
    }
    const text = toText(table.snapshot);
    expect(Buffer.byteLength(text)).to.be.within(880 * 1024, 900 * 1024);
    const { digests } = parseStored(text);
    const youngest = [...table.snapshot.digests].filter(([, { seen }]) => seen === 20_513 + 19);
    expect(youngest.filter(([digest]) => !digests.has(digest))).to.deep.equal([]);
  });
});
