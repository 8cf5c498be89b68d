import { X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { type Rotation, type RotationLimits, startRotation } from '../../src/certificates/rotate.ts';
import type { Served } from '../../src/certificates/takeOver.ts';
import { until } from '../kubernetes/poll.ts';
import { rsaPair } from './keyPairs.ts';
import { createMemoryStores, type MemoryStores } from './memoryStores.ts';
import { authority, now as beginning, dayMs, leaf, names, secretOf, texts } from './secrets.ts';

/** Short in comparison, so that a test waits for milliseconds; the order of things is the same. */
const quick: Partial<RotationLimits> = {
  waits: { trustMs: 40, serveMs: 80 },
  pace: { shortestMs: 1, longestMs: 50, forgetMs: 10_000 },
  tickMs: 300,
  shortestRetryMs: 2,
  longestRetryMs: 20,
};

/** One replica: what it serves and says. */
interface Replica {
  readonly rotation: Rotation;
  readonly served: Served[];
  readonly refused: string[];
  readonly lines: { readonly level: string; readonly message: string; readonly fields?: unknown }[];
}

describe('startRotation', () => {
  let stores: MemoryStores;
  let replicas: Replica[];
  /** What the clock of the replicas shows beyond the time that passes. */
  let ahead: number;
  const started = Date.now();
  const now = () => beginning + ahead + (Date.now() - started);

  beforeEach(() => {
    stores = createMemoryStores();
    replicas = [];
    ahead = 0;
    stores.onChange = () => {
      for (const { rotation } of replicas) tell(rotation);
    };
  });

  afterEach(() => {
    for (const { rotation } of replicas) rotation.stop();
  });

  function start({ skew = 0, limits = quick } = {}): Replica {
    const replica: Omit<Replica, 'rotation'> = { served: [], refused: [], lines: [] };
    const rotation = startRotation({
      stores,
      names,
      serve: (certificate) => replica.served.push(certificate),
      onRefused: (reason) => replica.refused.push(reason),
      isLater: (first, second) => Number(first) > Number(second),
      log: (level, message, fields) => replica.lines.push({ level, message, fields }),
      now: () => now() + skew,
      limits,
    });
    replicas.push({ ...replica, rotation });
    tell(rotation);
    return { ...replica, rotation };
  }

  /** As a watch does. */
  function tell(rotation: Rotation): void {
    rotation.secretSeen(stores.secret);
    rotation.trustSeen(stores.currentTrust());
  }

  function end({ rotation }: Replica): void {
    rotation.stop();
    replicas = replicas.filter((one) => one.rotation !== rotation);
  }

  const inSecret = () => stores.secret?.data['tls.crt'];
  const isInOrder = () =>
    inSecret() !== undefined &&
    replicas.every(({ served }) => served.at(-1)?.cert === inSecret()) &&
    (stores.bundles ?? []).every((bundle) => bundle === stores.secret?.data['ca.crt']);

  it('makes one certificate for five replicas that start together, and has it trusted once', async () => {
    stores.bundles = ['', ''];
    for (let i = 0; i < 5; i++) start();
    await until('all serve it', isInOrder);
    expect(stores.writes).to.deep.equal(['create', 'trust']);
    for (const { rotation, served } of replicas) {
      expect(served).to.have.lengthOf(1);
      expect(rotation.status()).to.include({ isServing: true, isTrusted: true, problem: undefined });
    }
    expect(stores.secret?.labels).to.deep.equal({ 'app.kubernetes.io/managed-by': 'pod-hardener' });
    expect(stores.secret?.annotations).to.deep.equal({});
  });

  it('serves before anything is installed that could trust it, and is trusted as soon as it is', async () => {
    const { rotation } = start();
    await until('it serves', isInOrder);
    expect(rotation.status()).to.include({ isServing: true, hasSeenTrust: true, isTrusted: undefined });
    stores.refusal.trust = 'not now';
    stores.bundles = [''];
    await until('it says why not', () => rotation.status().problem === 'not now');
    expect(rotation.status().isTrusted).to.equal(false);
    stores.refusal.trust = '';
    await until('it is trusted', () => rotation.status().isTrusted === true);
    expect(rotation.status().problem).to.equal(undefined);
  });

  it('says from the first moment that what it serves is not trusted yet', async () => {
    const ca = await authority();
    stores.secret = secretOf(texts(await leaf(ca), ca));
    stores.bundles = [''];
    const { rotation } = start();
    expect(rotation.status()).to.include({ isServing: true, hasSeenTrust: true, isTrusted: false });
    await until('it is trusted', () => rotation.status().isTrusted === true);
  });

  it('lets 13 months pass with a certificate that is renewed in time, and one authority', async () => {
    stores.bundles = [''];
    const { served, rotation } = start();
    await until('it serves', isInOrder);
    const { 'ca.crt': bundle } = stores.secret?.data ?? {};
    for (let day = 0; day < 396; day += 6) {
      ahead += 6 * dayMs;
      const isLate = () => now() >= (served.at(-1)?.notAfter ?? 0) - 30 * dayMs;
      if (isLate()) await until('it is renewed', () => !isLate());
      expect(rotation.status().isTrusted).to.equal(true);
    }
    await until('all is in order', isInOrder);
    expect(served).to.have.lengthOf(7);
    expect(stores.secret?.data['ca.crt']).to.equal(bundle);
    expect(stores.writes.filter((what) => what === 'trust')).to.have.lengthOf(1);
  });

  it('renews after a machine was suspended past the date, as soon as it looks at the clock again', async () => {
    const { served } = start();
    await until('it serves', isInOrder);
    ahead = 100 * dayMs;
    await until('it is renewed', () => served.length === 2);
    expect(served[1]?.notAfter).to.be.greaterThan(now() + 89 * dayMs);
  });

  it('comes to a certificate that suits two clocks of which one is two hours behind', async () => {
    start();
    await until('it serves', isInOrder);
    start({ skew: -2 * 3_600_000 });
    await until('both serve it', isInOrder);
    const { validFrom } = new X509Certificate(inSecret() ?? '');
    expect(Date.parse(validFrom)).to.be.below(now() - 2.9 * 3_600_000);
    expect(stores.writes).to.deep.equal(['create', 'update', 'update']);
  });

  it('renews the authority with the key that it has', async () => {
    const old = await authority({ age: 3_000 });
    stores.secret = secretOf(texts(await leaf(old), old));
    stores.bundles = [old.cert];
    const { served } = start();
    await until('it is trusted', () => isInOrder() && stores.writes.length === 2);
    const renewed = new X509Certificate(stores.secret?.data['ca.crt'] ?? '');
    expect(renewed.publicKey.equals(new X509Certificate(old.cert).publicKey)).to.equal(true);
    expect(Date.parse(renewed.validTo)).to.be.greaterThan(now() + 3_649 * dayMs);
    expect(served, 'what the old one signed is still good').to.have.lengthOf(1);
  });

  describe('when the Secret comes to hold', () => {
    for (const [what, data, reason] of [
      ['nothing at all', {}, undefined],
      ['empty values', { 'tls.crt': '', 'tls.key': '', 'ca.crt': '', 'ca.key': '' }, undefined],
      ['a certificate that is cut', { 'tls.crt': '-----BEGIN CERTIFICATE-----\nMIIB' }, /holds no certificate in PEM/],
      ['1 MB', { 'tls.crt': 'x'.repeat(1_000_000) }, /is larger than 65536 bytes/],
      ['no key', { 'tls.key': '' }, /holds no private key/],
      ['an RSA certificate beside an EC key', { 'tls.crt': 'rsa' }, /does not belong to the certificate/],
      ['a certificate that has expired', { 'tls.crt': 'expired' }, /does not belong to the certificate|expired at/],
    ] as const) {
      it(`${what}, goes on serving what it has until that is put right`, async () => {
        stores.bundles = [''];
        const { served, refused, rotation } = start();
        await until('it serves', isInOrder);
        const before = stores.secret ?? secretOf({});
        stores.refusal.secret = 'not now';
        const written = await given(data, before.data);
        stores.secret = { ...before, data: Object.keys(data).length === 0 ? {} : { ...before.data, ...written } };
        if (reason) await until('it is refused', () => refused.length === 1);
        else await until('it has been tried', () => rotation.status().problem === 'not now');
        expect(served).to.have.lengthOf(1);
        if (reason) expect(refused[0]).to.match(reason);
        stores.refusal.secret = '';
        await until('it is put right', () => isInOrder() && inSecret() !== before.data['tls.crt']);
      });
    }

    async function given(data: Readonly<Record<string, string>>, before: Readonly<Record<string, string>>) {
      if (data['tls.crt'] === 'rsa') return { 'tls.crt': (await rsaPair()).cert };
      if (data['tls.crt'] !== 'expired') return data;
      const pair = { cert: before['ca.crt'] ?? '', key: before['ca.key'] ?? '' };
      const { cert, key } = await leaf(pair, { age: 100 });
      return { 'tls.crt': cert, 'tls.key': key };
    }
  });

  describe('when another authority is asked for', () => {
    /** Whether a client that goes by the present CA bundle knows what each replica serves that has begun to. */
    function areTrusted(): boolean {
      const authorities = (stores.bundles?.[0] ?? '').match(/-----BEGIN[\s\S]+?END CERTIFICATE-----/g) ?? [];
      const keys = authorities.map((pem) => new X509Certificate(pem).publicKey);
      const served = replicas.flatMap((replica) => replica.served.at(-1)?.cert ?? []);
      return served.every((cert) => keys.some((key) => new X509Certificate(cert).verify(key)));
    }

    it('changes it in three steps, at each of which the replicas may crash', async () => {
      stores.bundles = [''];
      for (let i = 0; i < 3; i++) start();
      await until('all serve', isInOrder);
      const old = stores.secret?.data ?? {};
      const steps: (string | undefined)[] = [undefined];
      const lost: (string | undefined)[] = [];
      stores.onChange = () => {
        const step = stores.secret?.annotations['pod-hardener.io/roll-over'];
        if (step !== steps.at(-1)) {
          steps.push(step);
          for (const replica of [...replicas]) end(replica);
          for (let i = 0; i < 3; i++) start();
        }
        for (const { rotation } of replicas) tell(rotation);
        if (!areTrusted()) lost.push(step);
      };
      stores.secret = secretOf(old, { annotations: { 'pod-hardener.io/roll-over': 'requested' } });
      await until('it is done', () => steps.length > 4 && isInOrder());
      expect(lost, 'steps at which a client did not know a certificate').to.deep.equal([]);
      expect(steps).to.deep.equal([undefined, 'requested', 'new-ca-announced', 'new-leaf-published', undefined]);
      expect(stores.secret?.annotations).to.deep.equal({});
      expect(stores.secret?.data).to.have.all.keys('tls.crt', 'tls.key', 'ca.crt', 'ca.key');
      expect(stores.secret?.data['ca.key']).not.to.equal(old['ca.key']);
      expect(stores.bundles?.[0]).to.equal(stores.secret?.data['ca.crt']);
      expect(stores.bundles?.[0]).not.to.include(old['ca.crt']);
    });
  });

  describe('when the Secret is deleted', () => {
    it('makes another one, has both authorities trusted, and only then serves it', async () => {
      stores.bundles = [''];
      const { served } = start();
      await until('it serves', isInOrder);
      const old = stores.secret?.data ?? {};
      stores.secret = undefined;
      const bundle = () => stores.secret?.data['ca.crt'];
      await until('both are trusted', () => bundle() !== undefined && stores.bundles?.[0] === bundle());
      expect(bundle()).to.equal(`${firstOf(bundle())}${old['ca.crt']}`);
      expect(served).to.have.lengthOf(1);
      await until('the old one is dropped', () => isInOrder() && !stores.bundles?.[0]?.includes(old['ca.crt'] ?? ''));
      expect(served).to.have.lengthOf(2);
    });

    it('serves what it has and says what is wrong while another cannot be made', async () => {
      stores.bundles = [''];
      const { rotation, served } = start();
      await until('it serves', isInOrder);
      stores.refusal.secret = 'the API server does not allow it';
      stores.secret = undefined;
      await until('it says so', () => rotation.status().problem === 'the API server does not allow it');
      expect(rotation.status()).to.include({ isServing: true, isTrusted: true });
      expect(served).to.have.lengthOf(1);
    });

    function firstOf(bundle = ''): string {
      return bundle.slice(0, bundle.indexOf('-----BEGIN', 1));
    }
  });

  describe('when the CA bundle is changed by others', () => {
    it('puts it right, at once the first time', async () => {
      stores.bundles = ['', ''];
      const { rotation } = start();
      await until('it is trusted', isInOrder);
      const right = stores.bundles;
      for (const wrong of [
        ['', ''],
        ['garbage', ''],
        [...right.slice(1), `${right[0]}${(await authority()).cert}`],
      ]) {
        stores.bundles = wrong;
        await until('it is right again', () => stores.bundles?.join() === right.join());
      }
      expect(rotation.status().isTrusted).to.equal(true);
    });

    it('puts right what they do while the answer to its own change is on its way', async () => {
      stores.bundles = [''];
      const { write } = stores.trust;
      let isUndone = false;
      Object.assign(stores.trust, {
        write: async (...args: Parameters<typeof write>) => {
          const written = await write(...args);
          if (!isUndone) stores.bundles = [''];
          isUndone = true;
          await new Promise((resolve) => setTimeout(resolve, 20));
          return written;
        },
      });
      start();
      await until('it is right again', () => isUndone && isInOrder());
      expect(stores.writes).to.deep.equal(['create', 'trust', 'trust']);
    });

    it('does so less and less often while somebody fights it, and says so', async () => {
      stores.bundles = [''];
      const pace = { shortestMs: 10, longestMs: 10_000, forgetMs: 60_000 };
      const { lines } = start({ limits: { ...quick, pace } });
      await until('it serves', () => inSecret() !== undefined);
      const times: number[] = [];
      stores.onChange = () => {
        if (stores.bundles?.[0] === '') for (const { rotation } of replicas) tell(rotation);
        else {
          times.push(performance.now());
          setImmediate(() => {
            stores.bundles = [''];
          });
        }
      };
      await until('it is said', () => lines.some(({ message }) => /^Something else keeps changing/.test(message)));
      const spans = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      const [first = 0, last = 0] = [spans[0], spans.at(-1)];
      expect(last).to.be.greaterThan(4 * Math.min(first, 20));
      expect(times.length).to.be.below(10);
    });
  });

  it('leaves a Secret of somebody else alone, and says so', async () => {
    const { cert, key } = await rsaPair();
    stores.secret = secretOf({ 'tls.crt': cert, 'tls.key': key }, { labels: {} });
    const { rotation, lines, served } = start();
    const problem = 'the Secret holds something that pod-hardener did not make';
    await until('it says so', () => rotation.status().problem === problem);
    expect(stores.writes).to.deep.equal([]);
    expect(served).to.deep.equal([]);
    expect(lines.filter(({ level }) => level === 'error')).to.have.lengthOf(1);
  });

  it('does not go back to what a late watch tells', async () => {
    const { rotation, served } = start();
    await until('it serves', isInOrder);
    const old = stores.secret;
    ahead = 61 * dayMs;
    await until('it is renewed', () => served.length === 2);
    stores.onChange = () => {};
    rotation.secretSeen(old);
    ahead = 125 * dayMs;
    await until('it is renewed again', () => served.length > 2);
    expect(served.map(({ cert }) => cert).lastIndexOf(old?.data['tls.crt'] ?? '')).to.equal(0);
  });
});
