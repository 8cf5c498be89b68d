import { readdirSync, readFileSync } from 'node:fs';
import type { V1Pod } from '@kubernetes/client-node';
import { expect } from 'chai';
import fc from 'fast-check';
import { parse } from 'yaml';
import { decodePod } from '../../src/policy/decodePod.ts';
import { evaluate } from '../../src/policy/evaluate.ts';
import type { Container, Pod } from '../../src/policy/pod.ts';
import { newestMinor } from '../../src/policy/version.ts';
import { violatingPods } from '../violations.ts';
import type { ApiAnswer } from './apiClient.ts';
import { cluster, expectSuccess } from './cluster.ts';

/** A namespace in which Pod Security admission tells, as a warning, what one level of one version objects to. */
interface Oracle {
  readonly namespace: string;
  readonly level: 'baseline' | 'restricted';
  readonly minor: number;
}

const seed = 20261121;
const generated = 300;

describe('the Pod Security Standards, as the API server judges by them', () => {
  const oracles: Oracle[] = [];

  before(async function () {
    this.timeout(60_000);
    const minors = await minorsKnown();
    for (const level of ['baseline', 'restricted'] as const) {
      for (const minor of minors) oracles.push(await createOracle(level, minor));
    }
  });

  it('are judged by in the same words for the pods of every table of the controls', async function () {
    this.timeout(300_000);
    await compare('pods of tables', tablePods(), oracles);
  });

  it('are judged by in the same words for generated pods', async function () {
    this.timeout(600_000);
    await compare('generated pods', fc.sample(violatingPods, { numRuns: generated, seed }), oracles);
  });

  it('are judged by in the same words for ephemeral containers', async function () {
    this.timeout(300_000);
    const pods = fc.sample(violatingPods, { numRuns: 20, seed: seed + 1 });
    let verdicts = 0;
    const differences: string[] = [];
    for (const { namespace, level, minor } of oracles) {
      const base = await storePlainPod(namespace);
      for (const pod of pods) {
        const debugged = withEphemeral(base, pod.spec.containers);
        const path = `/api/v1/namespaces/${namespace}/pods/plain/ephemeralcontainers?dryRun=All`;
        const answer = await cluster().api.request('PUT', path, debugged);
        if (answer.status >= 300) continue;
        verdicts++;
        differences.push(...differenceOf(answer, debugged, level, minor));
      }
    }
    cluster().note(`${verdicts} verdicts on ephemeral containers, ${differences.length} differ from the API server's`);
    expect(differences).to.deep.equal([]);
    expect(verdicts).to.be.above(0);
  });
});

/** Those that both the API server and we know: a version that is newer than itself is its own to an API server. */
async function minorsKnown(): Promise<readonly number[]> {
  const { body } = await cluster().api.request('GET', '/version');
  const newest = Math.min(newestMinor, Number.parseInt(String(body.minor), 10));
  return Array.from({ length: newest + 1 }, (_, minor) => minor);
}

async function createOracle(level: Oracle['level'], minor: number): Promise<Oracle> {
  const labels = {
    'pod-security.kubernetes.io/warn': level,
    'pod-security.kubernetes.io/warn-version': `v1.${minor}`,
  };
  return { namespace: await cluster().createNamespace('oracle', { labels }), level, minor };
}

/** Compares our text with the API server's for each pod in each namespace; pods that are not valid are left out. */
async function compare(what: string, pods: readonly Pod[], oracles: readonly Oracle[]): Promise<void> {
  let valid = 0;
  let verdicts = 0;
  const differences: string[] = [];
  for (const pod of pods) {
    const [first] = oracles;
    if (!first || (await dryRun(first.namespace, pod)).status >= 300) continue;
    valid++;
    await Promise.all(
      oracles.map(async ({ namespace, level, minor }) => {
        const answer = await dryRun(namespace, pod);
        verdicts++;
        differences.push(...differenceOf(answer, pod, level, minor));
      }),
    );
  }
  cluster().note(`${verdicts} verdicts on ${valid} ${what}, ${differences.length} differ from the API server's`);
  expect(differences.slice(0, 10).join('\n')).to.equal('');
  expect(valid).to.be.above(pods.length / 2);
}

function dryRun(namespace: string, pod: Pod): Promise<ApiAnswer> {
  return cluster().createPod(namespace, pod as unknown as V1Pod, { dryRun: true });
}

function differenceOf(answer: ApiAnswer, pod: unknown, level: Oracle['level'], minor: number): readonly string[] {
  const prefix = /^would violate PodSecurity "[^"]*": /;
  const theirs = answer.warnings.find((text) => prefix.test(text))?.replace(prefix, '') ?? '';
  const ours = evaluate(decodePod(JSON.parse(JSON.stringify(pod))), level, minor).message;
  if (ours === theirs) return [];
  return [`${level} v1.${minor}: the API server says «${theirs}», we say «${ours}», of ${JSON.stringify(pod)}`];
}

/** The pods of the tables, with what a valid pod needs besides. */
function tablePods(): readonly Pod[] {
  const folder = new URL('../controls/', import.meta.url);
  const cases = readdirSync(folder).flatMap((file) => parse(readFileSync(new URL(file, folder), 'utf8')) as Pod[]);
  return cases
    .filter(({ spec }) => !spec.ephemeralContainers)
    .map(({ metadata, spec }) => ({
      metadata: { ...metadata, name: 'p' },
      spec: {
        ...spec,
        containers: spec.containers.map(withImage),
        ...(spec.initContainers && { initContainers: spec.initContainers.map(withImage) }),
      },
    }));
}

function withImage(container: Container): Container {
  return { image: 'registry.example/app:1', ...container } as Container;
}

async function storePlainPod(namespace: string): Promise<V1Pod> {
  const created = await cluster().createPod(namespace, {
    metadata: { name: 'plain' },
    spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] },
  });
  expectSuccess(created);
  return created.pod;
}

/** The stored pod with the containers added to it as ephemeral ones, which have neither ports nor probes nor handlers. */
function withEphemeral(pod: V1Pod, containers: readonly Container[]): unknown {
  const ephemeralContainers = containers.map(({ name, securityContext }) => ({
    name: `debug-${name}`,
    image: 'registry.example/debug:1',
    ...(securityContext && { securityContext }),
  }));
  return { ...pod, spec: { ...pod.spec, ephemeralContainers } };
}
