import { X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { issueAuthority, issueLeaf, renewAuthority } from '../../src/certificates/issue.ts';
import { installYaml, secretPath } from '../e2e/site.ts';
import { until } from '../e2e/until.ts';
import { type Observed, observeDuring } from './during.ts';
import { presented, publishedBundle } from './handshakes.ts';
import { note, site } from './hooks.ts';
import { longestOutage, timeOfLosses } from './load.ts';
import { createReplicas, type Replicas } from './replicas.ts';
import { changeSecret, readSecret, requestRollOver, wipeBundle } from './secret.ts';
import { openTeam } from './team.ts';

const day = 86_400_000;
const hosts = ['pod-hardener.pod-hardener-system.svc'];

describe('certificates that pod-hardener makes itself', () => {
  let replicas: Replicas;
  let team: string;

  before(async () => {
    await site().apply([], '-f', installYaml);
    replicas = await createReplicas(site());
  });

  after(async () => {
    await replicas?.close();
    await site().uninstall();
  });

  const during = (what: string, happen: () => Promise<void>) => observeDuring(what, { team, replicas }, happen);

  it('are made once by five replicas that start together with an empty Secret', async () => {
    const started = Date.now();
    const five = await replicas.start(5);
    const seconds = (Date.now() - started) / 1000;
    note(`five replicas, all ready ${seconds.toFixed(1)} s after their start with an empty Secret`);
    expect(new Set((await Promise.all(five.map(presented))).map((one) => one.fingerprint256)).size).to.equal(1);
    expect(authoritiesIn(await publishedBundle(site()))).to.have.lengthOf(1);
    expect(await publishedBundle(site())).to.equal((await readSecret(site()))['ca.crt']);
    team = await openTeam(site());
    await Promise.all(five.slice(2).map((surplus) => replicas.stop(surplus)));
  });

  it('are renewed without losing a pod when the leaf is due', async () => {
    const before = await served();
    const seen = await during('the leaf renewed', async () => {
      await changeSecret(site(), await leafDue());
      await untilServed((fingerprint) => fingerprint !== before);
    });
    expectNothingLost(seen);
  });

  it('are renewed without losing a pod when they expired thirteen months ago', async () => {
    const seen = await during('an expired leaf', async () => {
      const before = await served();
      await changeSecret(site(), await leafExpired());
      await untilServed((fingerprint) => fingerprint !== before);
    });
    expectNothingLost(seen);
  });

  it('have their authority renewed with the same key without losing a pod', async () => {
    const old = await readSecret(site());
    const seen = await during('the authority renewed', async () => {
      const due = await renewAuthority(old['ca.key'] ?? '', new Date(Date.now() - 3_000 * day), 3_650);
      await changeSecret(site(), { 'ca.crt': due.cert });
      await until('another authority is published', async () => {
        const [authority] = authoritiesIn(await publishedBundle(site()));
        return authority !== undefined && Date.parse(authority.validTo) > Date.now() + 3_000 * day;
      });
    });
    const [authority] = authoritiesIn(await publishedBundle(site()));
    expect(authority?.publicKey.equals(new X509Certificate(old['ca.crt'] ?? '').publicKey)).to.equal(true);
    expectNothingLost(seen);
  });

  const broken: Readonly<Record<string, () => Promise<Readonly<Record<string, string | null>>>>> = {
    emptied: async () => ({ 'tls.crt': '', 'tls.key': '', 'ca.crt': '', 'ca.key': '' }),
    'without its key': async () => ({ 'tls.key': null }),
    'with the key of another certificate': async () => ({ 'tls.key': (await strangeLeaf()).key }),
    'with a certificate of a strange authority': async () => {
      const { cert, key } = await strangeLeaf();
      return { 'tls.crt': cert, 'tls.key': key };
    },
    'with a truncated certificate': async () => ({
      'tls.crt': (await readSecret(site()))['tls.crt']?.slice(0, 300) ?? '',
    }),
    'with 900 KB of nonsense': async () => ({ 'tls.crt': 'x'.repeat(900_000) }),
  };
  for (const [how, change] of Object.entries(broken)) {
    it(`are put right without losing a pod when the Secret is ${how}`, async () => {
      const seen = await during(`the Secret ${how}`, async () => {
        await changeSecret(site(), await change());
        await untilGood();
      });
      expectNothingLost(seen);
    }).timeout(300_000);
  }

  it('go on being served while the Secret is gone, and are made anew when the manifest is applied again', async () => {
    const seen = await during('the Secret deleted', async () => {
      await site().api.request('DELETE', secretPath);
      await until('a replica says why it cannot make another', async () =>
        replicas.running.some(({ process: { output } }) => output().includes('apply the manifest')),
      );
      await site().apply([], '-f', installYaml);
      await untilGood();
    });
    expectNothingLost(seen);
  }).timeout(300_000);

  it('are trusted again within seconds of the CA bundle being wiped', async () => {
    const seen = await during('the CA bundle wiped', async () => {
      await wipeBundle(site());
      await until('the CA bundle is back', async () => (await publishedBundle(site())) !== '');
    });
    // Between the two, the API server can verify nobody.
    expect(timeOfLosses(seen)).to.be.below(2);
  });

  it('change their authority in three steps without losing a pod, though a replica is killed in each', async () => {
    // Those that have just put the Secret right again and again would take their time with the next change, and the
    // authorities that were lost meanwhile are trusted until nobody can serve a certificate of theirs.
    await renewReplicas();
    await until('one authority is trusted', async () => countOf(await publishedBundle(site())) === 1, 240);
    const [old] = authoritiesIn(await publishedBundle(site()));
    const seen = await during('the key of the authority exchanged, a replica killed in each step', async () => {
      await requestRollOver(site());
      await replaceOne();
      await until('two authorities are trusted', async () => countOf(await publishedBundle(site())) === 2);
      await replaceOne();
      await untilServed((_, leaf) => old !== undefined && !leaf.verify(old.publicKey), 90);
      await replaceOne();
      await until('one authority is trusted', async () => countOf(await publishedBundle(site())) === 1, 240);
    });
    const [authority] = authoritiesIn(await publishedBundle(site()));
    expect(authority?.fingerprint256).not.to.equal(old?.fingerprint256);
    // Only to a replica that was killed are calls lost, until nobody is sent to it any more.
    expect(seen.outages).to.have.length.at.most(3);
    expect(longestOutage(seen)).to.be.below(2);
    expect(seen.failedHandshakes.filter((reason) => !/ECONNRE(SET|FUSED)/.test(reason))).to.deep.equal([]);
  }).timeout(600_000);

  it('are still trusted when something has wiped the CA bundle again and again', async () => {
    const seen = await during('the CA bundle fought over for 10 s', async () => {
      const end = Date.now() + 10_000;
      while (Date.now() < end) {
        await wipeBundle(site()).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      await until('the CA bundle is back', async () => (await publishedBundle(site())) !== '', 60);
    });
    // The more often it is undone, the less often it is done.
    expect(timeOfLosses(seen)).to.be.below(30);
  });

  async function renewReplicas(): Promise<void> {
    const old = [...replicas.running];
    await replicas.start(2);
    await Promise.all(old.map((replica) => replicas.stop(replica)));
  }

  /** Kills a replica and starts another in its place. */
  async function replaceOne(): Promise<void> {
    const [oldest] = replicas.running;
    await replicas.start(1);
    await oldest?.process.stop('SIGKILL');
  }

  /** The fingerprint of the one certificate that all replicas present; undefined while they differ. */
  async function served(): Promise<string | undefined> {
    const leaves = await Promise.all(replicas.running.map(presented));
    const [first, ...others] = new Set(leaves.map(({ fingerprint256 }) => fingerprint256));
    return others.length === 0 ? first : undefined;
  }

  async function untilServed(
    isWanted: (fingerprint: string, leaf: X509Certificate) => boolean,
    seconds = 30,
  ): Promise<void> {
    await until(
      'the replicas serve it',
      async () => {
        const leaves = await Promise.all(replicas.running.map(presented));
        return leaves.every((leaf) => isWanted(leaf.fingerprint256, leaf));
      },
      seconds,
    );
  }

  /** What the Secret holds is whole, valid for long and served by everyone, and the API server trusts it. */
  async function untilGood(): Promise<void> {
    await until(
      'the Secret is good again',
      async () => {
        const { 'tls.crt': cert = '', 'tls.key': key = '', 'ca.crt': ca = '' } = await readSecret(site());
        const leaf = new X509Certificate(cert);
        const isWhole = key !== '' && authoritiesIn(ca).some(({ publicKey }) => leaf.verify(publicKey));
        const isTrusted = authoritiesIn(await publishedBundle(site())).some(({ publicKey }) => leaf.verify(publicKey));
        return isWhole && isTrusted && (await served()) === leaf.fingerprint256;
      },
      180,
    );
  }

  async function leafDue() {
    return leafMade(Date.now() - 70 * day, 90);
  }

  async function leafExpired() {
    return leafMade(Date.now() - 395 * day, 90);
  }

  async function leafMade(at: number, days: number) {
    const { 'ca.crt': cert = '', 'ca.key': key = '' } = await readSecret(site());
    const leaf = await issueLeaf({ cert, key }, { hosts, now: new Date(at), days });
    return { 'tls.crt': leaf.cert, 'tls.key': leaf.key };
  }
});

async function strangeLeaf() {
  const now = new Date();
  return issueLeaf(await issueAuthority(now, 100), { hosts, now, days: 90 });
}

function authoritiesIn(bundle: string): readonly X509Certificate[] {
  const texts = bundle.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  return texts.map((text) => new X509Certificate(text));
}

function countOf(bundle: string): number {
  return authoritiesIn(bundle).length;
}

function expectNothingLost({ lost, failedHandshakes }: Observed): void {
  expect(lost).to.deep.equal({});
  expect(failedHandshakes).to.deep.equal([]);
}
