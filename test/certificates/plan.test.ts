import { expect } from 'chai';
import type { Pair } from '../../src/certificates/issue.ts';
import { type Plan, planNext, type Situation } from '../../src/certificates/plan.ts';
import type { StoredSecret } from '../../src/certificates/stores.ts';
import { rsaPair } from './keyPairs.ts';
import { authority, dayMs, leaf, names, now, secretOf, texts } from './secrets.ts';

const secondMs = 1_000;
const requested = { 'pod-hardener.io/roll-over': 'requested' };

function rollOver(step: string, sinceMs?: number): Partial<StoredSecret> {
  const since = sinceMs === undefined ? {} : { 'pod-hardener.io/roll-over-trusted-since': iso(now + sinceMs) };
  return { annotations: { 'pod-hardener.io/roll-over': step, ...since } };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

describe('planNext', () => {
  let ca: Pair;
  let next: Pair;
  let good: Pair;
  let data: Record<string, string>;

  before(async () => {
    [ca, next] = await Promise.all([authority(), authority()]);
    good = await leaf(ca);
    data = texts(good, ca);
  });

  function plan(secret: StoredSecret | undefined, more: Partial<Situation> = {}): Plan {
    return planNext({ secret, names, trusted: [], remembered: '', now, ...more });
  }

  function stepFor(secret: StoredSecret | undefined, more: Partial<Situation> = {}): string {
    return plan(secret, more).step.do;
  }

  describe('with a good Secret', () => {
    it('does nothing until the certificate has lived two thirds of its life', () => {
      const { step, nextLookAt } = plan(secretOf(data));
      expect(step).to.deep.equal({ do: 'nothing' });
      // From an hour before it was made to 90 days after.
      const due = now - 3_600_000 + ((90 * dayMs + 3_600_000) * 2) / 3;
      expect(nextLookAt).to.be.closeTo(due, secondMs);
      expect(stepFor(secretOf(data), { now: due - secondMs })).to.equal('nothing');
      expect(plan(secretOf(data), { now: due + secondMs })).to.deep.include({
        step: { do: 'reissue-leaf' },
        why: 'the certificate is due for renewal',
      });
    });

    it('leaves it alone however little can be known of the webhook configuration', () => {
      for (const trusted of [undefined, [], [''], ['garbage', ca.cert]]) {
        expect(stepFor(secretOf(data), { trusted })).to.equal('nothing');
      }
    });

    it('takes it for ours by what is in it, whatever label it has', () => {
      expect(stepFor(secretOf(data, { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }))).to.equal('nothing');
    });

    it('renews the authority after two thirds of its life, and if it has expired', async () => {
      for (const age of [2_434, 3_651]) {
        const old = await authority({ age });
        const pair = await leaf(old, { age: 1 });
        expect(plan(secretOf(texts(pair, old)))).to.deep.include({
          step: { do: 'renew-authority' },
          why: 'the authority is due for renewal',
        });
      }
      const young = await authority({ age: 2_432 });
      expect(stepFor(secretOf(texts(await leaf(young), young)))).to.equal('nothing');
    });
  });

  describe('without anything that could be kept', () => {
    it('makes everything when there is no Secret', () => {
      expect(plan(undefined)).to.deep.include({
        step: { do: 'create', overlap: [] },
        why: 'the Secret does not exist',
      });
    });

    for (const [what, empty] of [
      ['without data', {}],
      ['of type kubernetes.io/tls with empty values', { 'tls.crt': '', 'tls.key': '' }],
      ['with nothing but space', { 'tls.crt': '\n' }],
    ] as const) {
      it(`fills a Secret ${what}, whosever label it has`, () => {
        for (const labels of [{}, { 'app.kubernetes.io/managed-by': 'Helm' }]) {
          expect(plan(secretOf(empty, { labels })).step).to.deep.equal({ do: 'create', overlap: [] });
        }
      });
    }

    it('makes everything when neither the certificate nor the key of the authority is any good', () => {
      const broken = { ...data, 'tls.crt': '', 'ca.key': 'no key' };
      expect(overlapOf(plan(secretOf(broken)))).to.deep.equal([ca.cert]);
    });

    it('has clients go on trusting what they trust, what was in the Secret, and no one else', async () => {
      const [old, expired] = await Promise.all([authority({ age: 9 }), authority({ age: 2, days: 1 })]);
      const { cert: foreign } = await rsaPair();
      const trusted = [old.cert + foreign, `${expired.cert}garbage`, ''];
      const { step } = plan(undefined, { trusted, remembered: ca.cert });
      expect(overlapOf({ step } as Plan)).to.deep.equal([ca.cert, old.cert]);
    });

    it('has them trust no more than the latest four of before', async () => {
      const many = await Promise.all([1, 2, 3, 4, 5].map((age) => authority({ age })));
      const { step } = plan(undefined, { trusted: many.map(({ cert }) => cert) });
      expect(overlapOf({ step } as Plan)).to.deep.equal(many.slice(0, 4).map(({ cert }) => cert));
    });

    function overlapOf({ step }: Plan): readonly string[] {
      if (step.do !== 'create') throw new Error(step.do);
      return step.overlap.map(({ certificate }) => certificate.toString());
    }
  });

  describe('with a Secret of somebody else', () => {
    it('refuses to touch it', async () => {
      const { cert, key } = await rsaPair();
      for (const foreign of [{ 'tls.crt': cert, 'tls.key': key }, { password: 'x' }, { ...data, 'ca.key': '' }]) {
        expect(plan(secretOf(foreign, { labels: {} }))).to.deep.include({
          step: { do: 'refuse' },
          why: 'the Secret holds something that pod-hardener did not make',
        });
      }
    });
  });

  describe('with a certificate that cannot be served', () => {
    it('makes another one of the same authority, and says why', async () => {
      const [rsa, expired, early, elsewhere, foreign] = await Promise.all([
        rsaPair(),
        leaf(ca, { age: 91 }),
        leaf(ca, { age: -1 }),
        leaf(ca, { hosts: ['pod-hardener.ours.svc'] }),
        leaf(next),
      ]);
      for (const [pair, why] of [
        [{ cert: '', key: good.key }, 'the certificate in the Secret holds no certificate in PEM'],
        [{ cert: good.cert.slice(0, -60), key: good.key }, 'the certificate in the Secret holds no certificate in PEM'],
        [
          { cert: good.cert + '\n'.repeat(1_000_000), key: good.key },
          'the certificate in the Secret is larger than 65536 bytes',
        ],
        [{ cert: good.cert, key: '' }, 'the key in the Secret holds no private key in PEM that can be read'],
        [{ cert: good.cert, key: next.key }, 'the private key does not belong to the certificate'],
        [{ cert: good.cert, key: rsa.key }, 'the private key does not belong to the certificate'],
        [{ cert: rsa.cert, key: good.key }, 'the private key does not belong to the certificate'],
        [expired, `the certificate expired at ${iso(now - dayMs)}`],
        [early, `the certificate is not valid before ${iso(now + dayMs - 3_600_000)}`],
        [elsewhere, 'the certificate is not for pod-hardener'],
        [foreign, 'no authority in the CA bundle that is valid now signed the certificate'],
      ] as const) {
        expect(plan(secretOf(texts(pair, ca)))).to.deep.include({ step: { do: 'reissue-leaf' }, why });
      }
    });

    it('makes another one when clients are to call by other names', () => {
      expect(stepFor(secretOf(data), { names: [...names, 'another.ours.svc'] })).to.equal('reissue-leaf');
    });

    it('makes one that suits our clock when it was made by one that is ahead, first the authority', async () => {
      const ahead = await authority({ age: -1 });
      expect(stepFor(secretOf(texts(await leaf(ahead, { age: -1 }), ahead)))).to.equal('renew-authority');
    });
  });

  describe('when another authority is wanted', () => {
    it('announces it first (a)', () => {
      expect(stepFor(secretOf(data, { annotations: requested }))).to.equal('announce-authority');
    });

    it('does so for any word that it does not know, and for one that was announced and lost', () => {
      for (const word of ['yes', 'new-ca-announced']) {
        expect(stepFor(secretOf(data, rollOver(word)))).to.equal('announce-authority');
      }
    });

    it('does so by itself when the key of the authority is lost, while the certificate is good', () => {
      for (const key of ['', 'garbage', next.key]) {
        expect(plan(secretOf({ ...data, 'ca.key': key }))).to.deep.include({
          step: { do: 'announce-authority' },
          why: 'the key of the authority is lost or cannot be read',
        });
      }
    });

    it('renews a certificate that is due before anything else', async () => {
      const old = texts(await leaf(ca, { age: 61 }), ca);
      expect(stepFor(secretOf(old, { annotations: requested }))).to.equal('reissue-leaf');
    });
  });

  describe('when another authority is announced', () => {
    const announced = (sinceMs?: number) =>
      secretOf({ ...texts(good, ca, next), 'next-ca.key': next.key }, rollOver('new-ca-announced', sinceMs));
    const both = () => [ca.cert + next.cert];

    it('waits until the API server trusts both, in every webhook', () => {
      for (const trusted of [undefined, [ca.cert], [next.cert], [...both(), ca.cert], ['']]) {
        expect(plan(announced(), { trusted }).step.do).to.equal('nothing');
      }
      expect(stepFor(announced(), { trusted: both() })).to.equal('note-trust');
      expect(stepFor(announced(), { trusted: [next.cert + ca.cert, ...both()] })).to.equal('note-trust');
    });

    it('does not wait where no webhook is installed', () => {
      expect(stepFor(announced(), { trusted: [] })).to.equal('note-trust');
    });

    it('waits half a minute more, for API servers that hear of it late', () => {
      const waiting = plan(announced(-29 * secondMs), { trusted: both() });
      expect(waiting.step.do).to.equal('nothing');
      expect(waiting.nextLookAt).to.equal(now + secondMs);
      expect(stepFor(announced(-30 * secondMs), { trusted: both() })).to.equal('publish-leaf');
    });

    it('begins to wait anew when the API server stops to trust both, or a clock was wrong', () => {
      expect(stepFor(announced(-60 * secondMs), { trusted: [ca.cert] })).to.equal('forget-trust');
      expect(stepFor(announced(400 * dayMs), { trusted: both() })).to.equal('note-trust');
    });

    it('does not go on while nothing can be known of the webhook configuration', () => {
      expect(stepFor(announced(-60 * secondMs), { trusted: undefined })).to.equal('nothing');
    });

    it('goes on although the key of the old authority is lost', () => {
      const lost = announced(-60 * secondMs);
      expect(stepFor({ ...lost, data: { ...lost.data, 'ca.key': '' } }, { trusted: both() })).to.equal('publish-leaf');
    });
  });

  describe('when its first certificate is published (b)', () => {
    let pair: Pair;
    const published = (sinceMs?: number) => secretOf(texts(pair, next, ca), rollOver('new-leaf-published', sinceMs));
    const both = () => [next.cert + ca.cert];

    before(async () => {
      pair = await leaf(next);
    });

    it('keeps the old authority until every replica has taken it over, and then drops it (c)', () => {
      expect(stepFor(published(), { trusted: both() })).to.equal('note-trust');
      expect(plan(published(-149 * secondMs), { trusted: both() })).to.deep.include({
        step: { do: 'nothing' },
        nextLookAt: now + secondMs,
      });
      expect(stepFor(published(-150 * secondMs), { trusted: both() })).to.equal('retire-authorities');
    });

    it('keeps it as long as the API server does not trust both', () => {
      expect(stepFor(published(), { trusted: [ca.cert] })).to.equal('nothing');
      expect(stepFor(published(-150 * secondMs), { trusted: [next.cert] })).to.equal('forget-trust');
    });

    it('drops it also when the step was taken out of the Secret', () => {
      const secret = { ...published(-150 * secondMs), annotations: {} };
      expect(stepFor(secret, { trusted: both() })).to.equal('note-trust');
    });

    it('ends a step that has nothing left to do', () => {
      expect(stepFor(secretOf(data, rollOver('new-leaf-published')))).to.equal('retire-authorities');
    });

    it('finishes before it begins another change', () => {
      const secret = { ...published(-150 * secondMs), ...rollOver('requested', -150 * secondMs) };
      expect(stepFor(secret, { trusted: both() })).to.equal('retire-authorities');
    });
  });
});
