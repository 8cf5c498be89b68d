import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { type Cluster, expectSuccess, optedIn } from '../../test/e2e/cluster.ts';
import { filledByPolicy, readPolicy } from '../../test/e2e/fillPolicy.ts';
import { parseSeries } from '../../test/e2e/prometheus.ts';
import { until } from '../../test/e2e/until.ts';
import { configurations, startWebhook, webhookManifest } from '../../test/e2e/webhook.ts';
import { type Contender, processorMicrosOf, startContender } from './contender.ts';
import { creatablePod } from './pods.ts';

/** One way of having pods looked at when they are created. */
interface Way {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly isFilled: boolean;
  /** The processor time, in microseconds, that its webhook has used. */
  readonly processorMicros?: () => number;
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

/**
 * Starts the programs, and makes a namespace for each way. Throws unless the API server calls each webhook, and pods are
 * filled where they should be and nowhere else.
 */
export async function startAdmissions(cluster: Cluster, constantFile: string): Promise<Admissions> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    await Promise.all(stops.map((end) => end()));
  };
  const startConstant = async (kind: string): Promise<Contender> => {
    const contender = await startContender([constantFile, kind], { pinned: false });
    stops.push(contender.stop);
    const { mutate: url, ca = '' } = contender;
    await register(cluster, kind, { clientConfig: { url, caBundle: Buffer.from(ca).toString('base64') } });
    return contender;
  };
  const startOurs = async (): Promise<() => number> => {
    const webhook = await startWebhook(cluster, { overrides: { namespaceSelector: withoutChoice } });
    stops.push(webhook.close);
    const clientConfig = { url: webhook.url, caBundle: Buffer.from(webhook.ca).toString('base64') };
    await register(cluster, 'fail-closed', { clientConfig, ...(await failClosed()) });
    return () => processorMicrosOf(webhook.process.pid);
  };
  try {
    const [plain, filling] = [await startConstant('plain'), await startConstant('filling')];
    const ofPodHardener = await startOurs();
    for (const { path, object } of await readPolicy()) expectSuccess(await cluster.api.request('POST', path, object));
    const all = await inNamespaces(cluster, [
      { name: bare, labels: {}, isFilled: false },
      { name: 'constant', labels: { [choice]: 'plain' }, isFilled: false, processorMicros: plain.processorMicros },
      { name: patching, labels: { [choice]: 'filling' }, isFilled: true, processorMicros: filling.processorMicros },
      { name: 'pod-hardener', labels: optedIn, isFilled: true, processorMicros: ofPodHardener },
      {
        ...{ name: '  fail-closed', labels: { ...optedIn, [choice]: 'fail-closed' } },
        ...{ isFilled: true, processorMicros: ofPodHardener },
      },
      { name: 'CEL policy', labels: filledByPolicy, isFilled: true },
      {
        ...{ name: '  and constant', labels: { ...filledByPolicy, [choice]: 'plain' } },
        ...{ isFilled: true, processorMicros: plain.processorMicros },
      },
    ]);
    await untilInForce(cluster, all);
    return { all, stop };
  } catch (error) {
    await stop();
    throw error;
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
async function register(cluster: Cluster, chosen: string, own: object): Promise<void> {
  const { webhooks, ...configuration } = await webhookManifest();
  const namespaceSelector = { matchLabels: { [choice]: chosen } };
  const webhook = { ...webhooks[0], name: nameOf(chosen), failurePolicy: 'Fail', namespaceSelector, ...own };
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

/** The API server needs a moment until it follows what is new. */
async function untilInForce(cluster: Cluster, admissions: readonly Admission[]): Promise<void> {
  const called = [...['plain', 'filling', 'fail-closed'].map(nameOf), 'pods.pod-hardener.io'];
  const metric = 'apiserver_admission_webhook_admission_duration_seconds_count';
  await until('every webhook is called, and pods are filled', async () => {
    for (const { namespace, isFilled } of admissions) {
      const { pod, message } = await cluster.createPod(namespace, creatablePod(3) as V1Pod, { dryRun: true });
      if (message !== '') throw new Error(message);
      if ((pod.spec?.containers[2]?.securityContext?.capabilities?.drop?.[0] === 'ALL') !== isFilled) return false;
    }
    const series = Object.keys(parseSeries((await cluster.api.request('GET', '/metrics')).text, metric));
    return called.every((webhook) => series.some((labels) => labels.includes(`name="${webhook}"`)));
  });
}
