import { expect } from 'chai';
import fc from 'fast-check';
import { bundleOf, holdsOnly, verifies } from '../../src/certificates/bundle.ts';
import { changeFor } from '../../src/certificates/carryOut.ts';
import { holdingsOf, isEmpty } from '../../src/certificates/held.ts';
import { type Pair, renewAuthority } from '../../src/certificates/issue.ts';
import { planNext, type Situation } from '../../src/certificates/plan.ts';
import type { StoredSecret } from '../../src/certificates/stores.ts';
import { type Served, takeOverAt } from '../../src/certificates/takeOver.ts';
import { authority, now as beginning, changed, dayMs, leaf, names, secretOf, texts } from './secrets.ts';

/** How late an API server may go by a changed CA bundle, and a replica see a changed Secret. */
const [trustLagMs, viewLagMs] = [25_000, 60_000];
const turnMs = 12_000;

/** What a replica has seen and serves. */
interface Replica {
  secret: StoredSecret | undefined;
  bundle: string | undefined;
  remembered: string;
  served: (Served & { readonly from: StoredSecret }) | undefined;
  /** Whether clients have been able to verify what it serves since it started. */
  isReachable: boolean;
  seenAt: number;
}

interface World {
  now: number;
  secret: StoredSecret | undefined;
  /** The CA bundles by which API servers may go, the latest last; undefined where no webhook is installed. */
  bundles: { readonly bundle: string; until: number }[] | undefined;
  readonly replicas: Replica[];
}

type Turn = readonly ('idle' | 'see' | 'write' | 'trust' | 'crash')[];

const turns = fc.array(
  fc.array(fc.constantFrom('idle', 'idle', 'idle', 'idle', 'see', 'write', 'write', 'trust', 'trust', 'crash'), {
    minLength: 3,
    maxLength: 3,
  }),
  { minLength: 25, maxLength: 25 },
);

describe('the steps of the plan', () => {
  let secrets: Readonly<Record<string, StoredSecret | undefined>>;
  let bundles: Readonly<Record<string, string | undefined>>;

  before(async () => {
    const [ca, next, old] = await Promise.all([authority({ age: 10 }), authority(), authority({ age: 20 })]);
    secrets = await startingSecrets(ca, next, old);
    bundles = {
      'is not installed': undefined,
      'trusts nobody': '',
      'trusts garbage': 'garbage',
      'trusts the authority': ca.cert,
      'trusts the one before': old.cert,
      'trusts two': ca.cert + next.cert,
    };
  });

  it('come to an end from any state, in which all serve what clients trust and nobody was lost on the way', async () => {
    const state = fc.record({
      secret: fc.constantFrom(...Object.keys(secrets)),
      bundle: fc.constantFrom(...Object.keys(bundles)),
      turns,
    });
    await fc.assert(
      fc.asyncProperty(state, async (begin) => {
        const world = createWorld(secrets.good, secrets[begin.secret], bundles[begin.bundle]);
        for (const turn of begin.turns) await takeTurn(world, turn);
        await settle(world);
        expectEnd(world);
      }),
      { numRuns: 60, endOnFailure: true, interruptAfterTimeLimit: 2_500 },
    );
  });
});

async function startingSecrets(ca: Pair, next: Pair, old: Pair) {
  const [dueAuthority, expired] = await Promise.all([
    renewAuthority(ca.key, new Date(beginning - 3_000 * dayMs), 3_650),
    renewAuthority(ca.key, new Date(beginning - 2 * dayMs), 1),
  ]);
  const [good, due, late, byNext] = await Promise.all([
    leaf(ca),
    leaf(ca, { age: 61 }),
    leaf(ca, { age: 91 }),
    leaf(next),
  ]);
  const data = texts(good, ca);
  const step = (word: string, sinceMs?: number) => ({
    annotations: {
      'pod-hardener.io/roll-over': word,
      ...(sinceMs !== undefined && {
        'pod-hardener.io/roll-over-trusted-since': new Date(beginning + sinceMs).toISOString(),
      }),
    },
  });
  const announced = { ...texts(good, ca, next), 'next-ca.key': next.key };
  return {
    absent: undefined,
    empty: secretOf({}, { labels: {} }),
    good: secretOf(data),
    'with a certificate that is due': secretOf(texts(due, ca)),
    'with a certificate that has expired': secretOf(texts(late, ca)),
    'with an authority that is due': secretOf(texts(await leaf(dueAuthority), dueAuthority)),
    'with an authority that has expired': secretOf(texts(await leaf(expired, { age: 1 }), expired)),
    'without the key of the authority': secretOf({ ...data, 'ca.key': '' }),
    'without any authority': secretOf({ ...data, 'ca.crt': 'garbage' }),
    'with nothing but garbage': secretOf({ 'tls.crt': 'x', 'tls.key': 'x', 'ca.crt': 'x', 'ca.key': 'x' }),
    'of which another authority is asked': secretOf(data, step('requested')),
    'that has announced one': secretOf(announced, step('new-ca-announced')),
    'that has announced one long ago': secretOf(announced, step('new-ca-announced', -dayMs)),
    'that has announced one in the future': secretOf(announced, step('new-ca-announced', dayMs)),
    'that has announced one and lost its key': secretOf(texts(good, ca, next), step('new-ca-announced')),
    'that has published a certificate of another': secretOf(texts(byNext, next, ca), step('new-leaf-published')),
    'that has done so and waits': secretOf(texts(byNext, next, ca), step('new-leaf-published', -40_000)),
    'with an authority too many': secretOf(texts(good, ca, old, next)),
  };
}

/** Three replicas, of which two have run for a while: they serve what was in the Secret before it came to be as it is. */
function createWorld(
  before: StoredSecret | undefined,
  secret: StoredSecret | undefined,
  bundle: string | undefined,
): World {
  const world: World = {
    now: beginning,
    secret: before,
    bundles: bundle === undefined ? undefined : [{ bundle, until: Number.POSITIVE_INFINITY }],
    replicas: [1, 2, 3].map(started),
  };
  for (const replica of world.replicas.slice(1)) {
    see(world, replica);
    serve(world, replica);
  }
  expectReachable(world);
  world.secret = secret;
  return world;
}

function started(): Replica {
  return {
    secret: undefined,
    bundle: undefined,
    remembered: '',
    served: undefined,
    isReachable: false,
    seenAt: Number.NEGATIVE_INFINITY,
  };
}

/** Each replica does one thing; then time passes. */
async function takeTurn(world: World, turn: Turn): Promise<void> {
  for (const [index, what] of turn.entries()) {
    const replica = world.replicas[index];
    if (replica === undefined) continue;
    if (what === 'crash') Object.assign(replica, started());
    if (what === 'see' || replica.seenAt < world.now - viewLagMs + turnMs) see(world, replica);
    if (what === 'write') await write(world, replica);
    if (what === 'trust') {
      // A replica looks after the Secret first.
      await write(world, replica);
      trust(world, replica);
    }
    serve(world, replica);
    expectReachable(world);
  }
  world.now += turnMs;
}

/** Lets turns pass until nothing has changed for longer than anything is late. */
async function settle(world: World): Promise<void> {
  const quietTurns = Math.ceil((2 * (trustLagMs + viewLagMs)) / turnMs);
  let [before, quiet] = [standOf(world), 0];
  for (let i = 0; i < 40 && quiet < quietTurns; i++) {
    await takeTurn(world, i % 2 === 0 ? ['idle', 'write', 'trust'] : ['write', 'idle', 'see']);
    const now = standOf(world);
    quiet = now.every((part, index) => part === before[index]) ? quiet + 1 : 0;
    before = now;
  }
}

function standOf({ secret, bundles, replicas }: World): readonly unknown[] {
  return [secret, bundles?.length, ...replicas.flatMap(({ served, isReachable }) => [served, isReachable])];
}

/** Sees what there is, as a replica does that has waited for its watch or its poll. */
function see(world: World, replica: Replica): void {
  replica.secret = world.secret;
  replica.bundle = world.bundles?.at(-1)?.bundle;
  replica.seenAt = world.now;
}

function serve(world: World, replica: Replica): void {
  const { secret, served } = replica;
  if (secret === undefined || isEmpty(secret)) return;
  if (served !== undefined && served.cert === secret.data['tls.crt'] && served.from === secret) return;
  const held = holdingsOf(secret, names, world.now);
  if (held.authorities.length > 0) replica.remembered = bundleOf(held.authorities);
  if ('problem' in held.leaf) return;
  const trusted = world.bundles && replica.seenAt > 0 ? [replica.bundle ?? ''] : [];
  if (takeOverAt(held, served, trusted, world.now) > world.now) return;
  replica.served = { ...held.leaf, bundle: bundleOf(held.authorities), from: secret };
}

/** Takes the next step, on what is stored and not on what was seen. */
async function write(world: World, replica: Replica): Promise<void> {
  see(world, replica);
  const situation: Situation = {
    secret: world.secret,
    names,
    trusted: replica.bundle === undefined ? [] : [replica.bundle],
    remembered: replica.remembered,
    now: world.now,
  };
  const change = await changeFor(planNext(situation).step, situation);
  if (change !== undefined) world.secret = changed(world.secret, change);
}

function trust(world: World, replica: Replica): void {
  see(world, replica);
  const [secret, latest] = [world.secret, world.bundles?.at(-1)];
  if (secret === undefined || latest === undefined) return;
  const { authorities } = holdingsOf(secret, names, world.now);
  if (authorities.length === 0 || holdsOnly(latest.bundle, authorities)) return;
  latest.until = world.now + trustLagMs;
  world.bundles?.push({ bundle: bundleOf(authorities), until: Number.POSITIVE_INFINITY });
}

/** Whoever could be reached once can be reached still, also by an API server that is late. */
function expectReachable(world: World): void {
  for (const replica of world.replicas) {
    const { served } = replica;
    if (world.bundles === undefined || served === undefined || served.notAfter <= world.now) continue;
    const inUse = world.bundles.filter(({ until }) => until > world.now);
    const isTrusted = inUse.every(({ bundle }) => knownToVerify(bundle, served.cert));
    expect(isTrusted || !replica.isReachable, 'a replica was lost').to.equal(true);
    replica.isReachable ||= isTrusted;
  }
}

const known = new Map<string, boolean>();

/** The same question comes again and again, and takes its time. */
function knownToVerify(bundle: string, cert: string): boolean {
  const question = `${bundle}\0${cert}`;
  const answer = known.get(question) ?? verifies(bundle, cert);
  known.set(question, answer);
  return answer;
}

function expectEnd({ secret, bundles, replicas, now }: World): void {
  const { step } = planNext({ secret, names, trusted: [bundles?.at(-1)?.bundle ?? ''], remembered: '', now });
  expect(step.do).to.equal('nothing');
  const held = holdingsOf(secret ?? secretOf({}), names, now);
  expect(held).to.deep.include({ rollOver: undefined, trustedSince: undefined, next: undefined });
  expect(held.authorities).to.have.lengthOf(1);
  if (bundles !== undefined) expect(holdsOnly(bundles.at(-1)?.bundle ?? '', held.authorities)).to.equal(true);
  expect(replicas.map(({ served }) => served?.cert)).to.deep.equal(Array(3).fill(secret?.data['tls.crt']));
  for (const { isReachable } of replicas) expect(isReachable).to.equal(bundles !== undefined);
}
