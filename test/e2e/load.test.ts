import { expect } from 'chai';
import { cluster, optedIn, type PodAnswer } from './cluster.ts';
import { rayWorker } from './pods.ts';
import { startWebhook, type Webhook } from './webhook.ts';

interface Timed {
  readonly answer: PodAnswer;
  readonly milliseconds: number;
}

describe('under load', () => {
  let webhook: Webhook;

  before(async () => {
    // Under `Fail` every call that goes wrong is seen.
    webhook = await startWebhook(cluster(), { overrides: { failurePolicy: 'Fail' } });
  });

  after(() => webhook.close());

  it('every pod of a thousand is hardened', async () => {
    const [bare, team] = [
      await cluster().createNamespace('bare'),
      await cluster().createNamespace('team', { labels: optedIn }),
    ];
    const without = await createMany(bare, 1000);
    const hardened = await createMany(team, 1000);
    const refused = hardened.filter(({ answer }) => answer.status !== 201).map(({ answer }) => answer.message);
    expect(refused).to.deep.equal([]);
    expect(hardened.filter(({ answer }) => !isHardened(answer))).to.deep.equal([]);
    cluster().note(`1000 pods, 20 at a time: ${show(without)} without pod-hardener, ${show(hardened)} with it`);
  });

  it('every pod of 500 that are created at the same time is hardened', async () => {
    const namespace = await cluster().createNamespace('burst', { labels: optedIn });
    const burst = await createMany(namespace, 500, 500);
    const refused = burst.filter(({ answer }) => answer.status !== 201).map(({ answer }) => answer.message);
    expect(refused).to.deep.equal([]);
    expect(burst.filter(({ answer }) => !isHardened(answer))).to.deep.equal([]);
    cluster().note(`500 pods at the same time: ${show(burst)}`);
  });
});

async function createMany(namespace: string, count: number, atOnce = 20): Promise<Timed[]> {
  const done: Timed[] = [];
  let started = 0;
  const client = async () => {
    while (started++ < count) {
      const start = performance.now();
      const answer = await cluster().createPod(namespace, rayWorker(), { dryRun: true });
      done.push({ answer, milliseconds: performance.now() - start });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return done;
}

function isHardened({ pod: { spec } }: PodAnswer): boolean {
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  return containers.length === 2 && containers.every(({ securityContext }) => securityContext?.runAsNonRoot === true);
}

function show(timed: readonly Timed[]): string {
  const sorted = timed.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]?.toFixed(0);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}
