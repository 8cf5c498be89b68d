import { expect } from 'chai';
import { holdingsOf } from '../../src/certificates/held.ts';
import type { Pair } from '../../src/certificates/issue.ts';
import { type Served, takeOverAt } from '../../src/certificates/takeOver.ts';
import { authority, dayMs, leaf, names, now, secretOf, texts } from './secrets.ts';

describe('takeOverAt', () => {
  let [ca, next]: Pair[] = [];
  let [old, renewed, byNext]: Pair[] = [];
  let served: Served;

  before(async () => {
    [ca, next] = await Promise.all([authority(), authority()]);
    [old, renewed, byNext] = await Promise.all([leaf(ca), leaf(ca), leaf(next)]);
    served = { ...old, bundle: ca.cert, notAfter: now + dayMs };
  });

  /** When a replica takes over this certificate of this authority, in milliseconds from now. */
  function delay(
    [pair, signer]: readonly [Pair | undefined, Pair | undefined],
    trusted: readonly string[] | undefined,
    { by = [served] as readonly Served[], annotations = {} as Record<string, string> } = {},
  ): number {
    if (!pair || !signer) throw new Error('not made yet');
    const secret = secretOf(texts(pair, signer), { annotations });
    return takeOverAt(holdingsOf(secret, names, now), by[0], trusted, now) - now;
  }

  const published = (sinceMs?: number) => ({
    annotations: {
      'pod-hardener.io/roll-over': 'new-leaf-published',
      ...(sinceMs !== undefined && {
        'pod-hardener.io/roll-over-trusted-since': new Date(now + sinceMs).toISOString(),
      }),
    },
  });

  it('is now for one who serves nothing that is still valid', () => {
    expect(delay([byNext, next], undefined, { by: [] })).to.equal(0);
    expect(delay([byNext, next], [ca?.cert ?? ''], { by: [{ ...served, notAfter: now }] })).to.equal(0);
  });

  it('is now for another certificate of the same authority, whatever is known of trust', () => {
    for (const trusted of [undefined, [], [''], [ca?.cert ?? '']]) {
      expect(delay([renewed, ca], trusted)).to.equal(0);
    }
  });

  it('is never for one that cannot be served', () => {
    expect(delay([{ cert: renewed?.cert ?? '', key: '' }, ca], [])).to.equal(Number.POSITIVE_INFINITY);
  });

  it('is not before it is known that the API server trusts the other authority, in every webhook', () => {
    const [one, both] = [ca?.cert ?? '', `${ca?.cert}${next?.cert}`];
    for (const trusted of [undefined, [one], [both, one]]) {
      expect(delay([byNext, next], trusted)).to.equal(Number.POSITIVE_INFINITY);
    }
    expect(delay([byNext, next], [both, both])).to.equal(0);
  });

  it('is now where nobody trusts what is served either, or nobody is there', () => {
    for (const trusted of [[], [''], [next?.cert ?? '']]) expect(delay([byNext, next], trusted)).to.equal(0);
  });

  it('is half a minute after trust was noted when an authority is exchanged, for API servers that hear of it late', () => {
    const trusted = [`${ca?.cert}${next?.cert}`];
    expect(delay([byNext, next], trusted, published())).to.equal(Number.POSITIVE_INFINITY);
    expect(delay([byNext, next], trusted, published(-10_000))).to.be.closeTo(20_000, 1_000);
    expect(delay([byNext, next], trusted, published(-40_000))).to.be.below(0);
  });
});
