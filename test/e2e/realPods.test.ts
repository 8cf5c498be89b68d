import { readFileSync } from 'node:fs';
import type { V1ObjectMeta, V1Pod, V1PodSpec } from '@kubernetes/client-node';
import { expect } from 'chai';
import { cluster, createServiceAccount, type PodAnswer } from './cluster.ts';
import { essence, lostValues } from './storedPod.ts';
import { startWebhook, type Webhook } from './webhook.ts';

interface RealPod {
  readonly id: string;
  /** The kind of workload that makes such pods. */
  readonly kind: string;
  readonly metadata?: V1ObjectMeta;
  readonly spec: V1PodSpec;
}

interface Attempt {
  readonly id: string;
  readonly without: PodAnswer;
  readonly with: PodAnswer;
}

const file = process.env.POD_HARDENER_E2E_PODS;
/** Pod Security admission tells of every pod that does not reach `restricted`, and refuses none. */
const told = { 'pod-security.kubernetes.io/warn': 'restricted' } as const;

for (const profile of ['restricted', 'hardened']) {
  describe(`real pods under ${profile}`, () => {
    let webhook: Webhook;
    let attempts: readonly Attempt[] = [];

    before(async function () {
      if (!file) {
        console.log('    skipped: POD_HARDENER_E2E_PODS names no file of pods to try');
        return this.skip();
      }
      this.timeout(300_000);
      webhook = await startWebhook(cluster());
      attempts = await tryAll(readPods(file), profile);
      const valid = attempts.filter(isValid);
      const restricted = (which: 'without' | 'with') => valid.filter((attempt) => reaches(attempt[which])).length;
      cluster().note(
        `${attempts.length} real pods, ${valid.length} of them valid; at \`restricted\`: ` +
          `${restricted('without')} without pod-hardener, ${restricted('with')} with the profile ${profile}`,
      );
    });

    after(() => webhook?.close());

    it('that are valid without pod-hardener are valid with it', () => {
      const valid = attempts.filter(isValid);
      expect(valid).not.to.deep.equal([]);
      const broken = valid.filter((attempt) => attempt.with.status !== 201);
      expect(broken.map(({ id, with: { message } }) => `${id}: ${message}`)).to.deep.equal([]);
    });

    it('that are not valid are refused in the same words with it', () => {
      const changed = attempts.filter((each) => !isValid(each) && plain(each.with) !== plain(each.without));
      expect(changed.map(({ id, with: { message } }) => `${id}: ${message}`)).to.deep.equal([]);
    });

    it('keep every value that their authors wrote', () => {
      const lost = attempts.filter(isValid).flatMap(({ id, without, with: answer }) => {
        const paths = lostValues(essence(without.pod), essence(answer.pod));
        return paths.map((path) => `${id}: ${path}`);
      });
      expect(lost).to.deep.equal([]);
    });

    it('never come out worse', () => {
      const worse = attempts.filter(isValid).filter((each) => reaches(each.without) && !reaches(each.with));
      expect(worse.map(({ id }) => id)).to.deep.equal([]);
    });
  });
}

function readPods(path: string): RealPod[] {
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as RealPod);
}

async function tryAll(pods: readonly RealPod[], profile: string): Promise<Attempt[]> {
  const [bare, team] = [
    await cluster().createNamespace('bare', { labels: told }),
    await cluster().createNamespace('team', { labels: { ...told, 'pod-hardener.io/profile': profile } }),
  ];
  await createWhatTheyNeed(pods, [bare, team]);
  const attempts: Attempt[] = [];
  for (const { id, kind, metadata, spec } of pods) {
    const whole = kind === 'StatefulSet' ? withClaims(spec) : spec;
    const pod: V1Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: 'real' }, spec: whole };
    const without = await cluster().createPod(bare, pod, { dryRun: true });
    attempts.push({ id, without, with: await cluster().createPod(team, pod, { dryRun: true }) });
  }
  return attempts;
}

/** A StatefulSet's template has no volumes for its claims: the controller adds them to each pod. */
function withClaims(spec: V1PodSpec): V1PodSpec {
  const volumes = spec.volumes ?? [];
  const mounts = [...(spec.initContainers ?? []), ...spec.containers].flatMap(({ volumeMounts }) => volumeMounts ?? []);
  const missing = new Set(mounts.map(({ name }) => name).filter((name) => volumes.every((each) => each.name !== name)));
  const claims = Array.from(missing, (name) => ({ name, persistentVolumeClaim: { claimName: `${name}-real-0` } }));
  return { ...spec, volumes: [...volumes, ...claims] };
}

/** A pod is refused when its ServiceAccount, PriorityClass or RuntimeClass does not exist. */
async function createWhatTheyNeed(pods: readonly RealPod[], namespaces: readonly string[]): Promise<void> {
  const named = (name: (spec: V1PodSpec) => string | undefined) =>
    [...new Set(pods.map(({ spec }) => name(spec)))].filter((each): each is string => !!each);
  for (const namespace of namespaces) {
    for (const name of named((spec) => spec.serviceAccountName ?? spec.serviceAccount)) {
      if (name !== 'default') await createServiceAccount(cluster().api, namespace, name);
    }
  }
  for (const name of named(({ priorityClassName }) => priorityClassName)) {
    if (name.startsWith('system-')) continue;
    await cluster().apply('/apis/scheduling.k8s.io/v1/priorityclasses', { metadata: { name }, ...{ value: 1000 } });
  }
  for (const name of named(({ runtimeClassName }) => runtimeClassName)) {
    await cluster().apply('/apis/node.k8s.io/v1/runtimeclasses', { metadata: { name }, ...{ handler: 'real' } });
  }
}

function isValid({ without }: Attempt): boolean {
  return without.status === 201;
}

function reaches({ warnings }: PodAnswer): boolean {
  return !warnings.some((warning) => warning.includes('PodSecurity'));
}

/** The explanation of a refusal, without the part of it that is the pod's own namespace. */
function plain({ message }: PodAnswer): string {
  return message.replaceAll(/\b(bare|team)-[0-9a-f]{6}\b/g, 'NAMESPACE');
}
