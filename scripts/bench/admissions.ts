import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { V1Pod } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { type Cluster, expectSuccess, optedIn } from '../../test/e2e/cluster.ts';
import { filledByPolicy, readPolicy } from '../../test/e2e/fillPolicy.ts';
import type { RunningProcess } from '../../test/e2e/processes.ts';
import { parseSeries } from '../../test/e2e/prometheus.ts';
import { until } from '../../test/e2e/until.ts';
import { configurations, startWebhook, webhookManifest } from '../../test/e2e/webhook.ts';
import type { Runtime } from '../../test/webhook/child.ts';
import { type Contender, startContender } from './contender.ts';
import type { Engine } from './engines/engine.ts';
import { creatablePod } from './pods.ts';

/** One way of having pods looked at when they are created. */
interface Way {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly isFilled: boolean;
  /** The process of its webhook. */
  readonly pid?: number | undefined;
}

/** The same in a namespace of its own. */
export interface Admission extends Way {
  readonly namespace: string;
}

/** The way without a webhook, and the one with a webhook that knows the patch beforehand: what others are compared with. */
export const bare = 'no webhook';
export const patching = 'constant patch';

/** What the API server is made to do with the pods of all these namespaces, and what ends the programs for it. */
export interface Admissions {
  readonly all: readonly Admission[];
  readonly stop: () => Promise<void>;
}

const choice = 'example.com/admission';

export interface AdmissionsOptions {
  /** The bundle of the server that answers a constant. */
  readonly constantFile: string;
  /** pod-hardener as its image runs it. */
  readonly runtime: Runtime;
  /** Policy engines to have beside the others. */
  readonly engines: readonly Engine[];
  /** Is told of what takes time. */
  readonly say: (line: string) => void;
}

/**
 * Starts the programs, and makes a namespace for each way. Throws unless the API server calls each webhook, and pods are
 * filled alike where they should be, and nowhere else.
 */
export async function startAdmissions(cluster: Cluster, options: AdmissionsOptions): Promise<Admissions> {
  const stops: (() => Promise<unknown>)[] = [];
  const programs: RunningProcess[] = [];
  const stop = async () => {
    await Promise.all(stops.map((end) => end()));
  };
  const startConstant = async (kind: string): Promise<Contender> => {
    const contender = await startContender([options.constantFile, kind], { pinned: false });
    stops.push(contender.stop);
    const { mutate: url, ca = '' } = contender;
    await register(cluster, kind, { url, ca });
    return contender;
  };
  const startOurs = async (): Promise<number | undefined> => {
    const { runtime } = options;
    const webhook = await startWebhook(cluster, { runtime, overrides: { namespaceSelector: withoutChoice } });
    stops.push(webhook.close);
    await register(cluster, 'fail-closed', webhook, await failClosed());
    return webhook.process.pid;
  };
  const startEngine = async (engine: Engine): Promise<Way> => {
    options.say(`starting ${engine.title} …`);
    const labels = { [choice]: engine.name };
    const { process: running, client } = await engine.start(cluster, { labels, say: options.say });
    programs.push(running);
    if (client) await register(cluster, engine.name, client);
    return { name: engine.title, labels, isFilled: true, pid: running.pid };
  };
  try {
    const [plain, filling] = [await startConstant('plain'), await startConstant('filling')];
    const ours = await startOurs();
    for (const { path, object } of await readPolicy()) expectSuccess(await cluster.api.request('POST', path, object));
    const engines: Way[] = [];
    for (const engine of options.engines) engines.push(await startEngine(engine));
    const all = await inNamespaces(cluster, [
      { name: bare, labels: {}, isFilled: false },
      { name: 'constant', labels: { [choice]: 'plain' }, isFilled: false, pid: plain.pid },
      { name: patching, labels: { [choice]: 'filling' }, isFilled: true, pid: filling.pid },
      { name: 'pod-hardener', labels: optedIn, isFilled: true, pid: ours },
      { name: '  fail-closed', labels: { ...optedIn, [choice]: 'fail-closed' }, isFilled: true, pid: ours },
      { name: 'CEL policy', labels: filledByPolicy, isFilled: true },
      { name: '  and constant', labels: { ...filledByPolicy, [choice]: 'plain' }, isFilled: true, pid: plain.pid },
      ...engines,
    ]);
    await untilInForce(cluster, all);
    return { all, stop };
  } catch (error) {
    const words = programs.map((one) => one.output().slice(-1_000));
    await stop();
    throw new Error([(error as Error).message, ...words].join('\n'));
  }
}

async function inNamespaces(cluster: Cluster, ways: readonly Way[]): Promise<readonly Admission[]> {
  const named = ways.map(async (way) => ({
    ...way,
    namespace: await cluster.createNamespace('bench', { labels: way.labels }),
  }));
  return Promise.all(named);
}

/** Namespaces in which nothing but pod-hardener, as it is installed, is called. */
const withoutChoice = {
  matchExpressions: [
    { key: 'pod-hardener.io/profile', operator: 'Exists' },
    { key: choice, operator: 'DoesNotExist' },
  ],
};

/** Registers a webhook like ours for the namespaces that choose it, with some fields of its own. */
async function register(
  cluster: Cluster,
  chosen: string,
  { url, ca }: { readonly url: string; readonly ca: string },
  own: object = {},
): Promise<void> {
  const { webhooks, ...configuration } = await webhookManifest();
  const namespaceSelector = { matchLabels: { [choice]: chosen } };
  const clientConfig = { url, caBundle: Buffer.from(ca).toString('base64') };
  const fields = { name: nameOf(chosen), failurePolicy: 'Fail', namespaceSelector, clientConfig };
  const webhook = { ...webhooks[0], ...fields, ...own };
  await cluster.apply(configurations, { ...configuration, metadata: { name: chosen }, ...{ webhooks: [webhook] } });
}

function nameOf(chosen: string): string {
  return `${chosen}.bench.example.com`;
}

/** What the component of that name changes in the webhook. */
async function failClosed(): Promise<object> {
  const component = parse(await readFile(join('manifests', 'components', 'fail-closed', 'kustomization.yaml'), 'utf8'));
  const { name: _, ...fields } = parse(component.patches[0].patch).webhooks[0];
  return fields;
}

/** The API server needs a moment until it follows what is new, and an engine until it follows its rules. */
async function untilInForce(cluster: Cluster, admissions: readonly Admission[]): Promise<void> {
  const called = [...['plain', 'filling', 'fail-closed'].map(nameOf), 'pods.pod-hardener.io'];
  const metric = 'apiserver_admission_webhook_admission_duration_seconds_count';
  const specIn = async (namespace: string): Promise<unknown> => {
    const { pod, message } = await cluster.createPod(namespace, creatablePod(3) as V1Pod, { dryRun: true });
    if (message !== '') throw new Error(message);
    return pod.spec;
  };
  await until(
    'every webhook is called, and pods are filled alike',
    async () => {
      const specs = new Map<string, unknown>();
      for (const { name, namespace } of admissions) specs.set(name, await specIn(namespace));
      const isAlike = (one: string, other: string) => isDeepStrictEqual(specs.get(one), specs.get(other));
      if (isAlike(patching, bare)) throw new Error(`nothing is filled by ${patching}`);
      for (const { name, isFilled } of admissions) {
        const like = isFilled ? patching : bare;
        if (!isAlike(name, like)) throw new Error(`a pod of "${name.trim()}" is not as one of "${like}"`);
      }
      const series = Object.keys(parseSeries((await cluster.api.request('GET', '/metrics')).text, metric));
      return called.every((webhook) => series.some((labels) => labels.includes(`name="${webhook}"`)));
    },
    90,
  );
}
