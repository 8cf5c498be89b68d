import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { createInterface } from 'node:readline';
import { styleText } from 'node:util';
import { diffLines } from 'diff';
import jsonpatch, { type Operation } from 'fast-json-patch';
import { parseAllDocuments, stringify } from 'yaml';
import { wrap } from '../src/output/wrap.ts';

const namespacesFile = 'examples/demo/namespaces.yaml';
const podsFile = 'examples/demo/pods.yaml';

interface DemoPod {
  readonly metadata: { readonly name?: string; readonly generateName?: string; readonly namespace: string };
  readonly spec: Record<string, unknown>;
}

interface ReviewResponse {
  readonly allowed: boolean;
  readonly patch?: string;
  readonly warnings?: readonly string[];
}

interface Webhook {
  readonly mutate: string;
  readonly metrics: string;
  readonly ca: string;
  stop(): Promise<number>;
}

const titles = [
  'The head of a RayCluster: its author wrote no security settings at all',
  'A head with the autoscaler, which the operator adds as a second container',
  'A worker with the init container that waits for the head',
  'A pod whose author asked for more than the namespace allows',
  'A pod in a namespace that nobody opted in',
];

await main();

async function main(): Promise<void> {
  say('bold', 'pod-hardener: the real webhook over HTTPS, without a cluster\n');
  say('gray', `$ pod-hardener serve --standalone --namespaces ${namespacesFile}`);
  const started = performance.now();
  const webhook = await startWebhook();
  say('gray', `ready after ${Math.round(performance.now() - started)} ms at ${webhook.mutate}`);
  const before = await readMetrics(webhook);
  for (const [index, pod] of readPods().entries()) {
    say('bold', `\n${index + 1}. ${titles[index] ?? pod.metadata.name}`);
    showPod(pod, await review(webhook, pod));
  }
  say('bold', '\nWhat Prometheus scrapes now');
  showMetrics(before, await readMetrics(webhook));
  const code = await webhook.stop();
  say('bold', '\nNext');
  console.log('  The same for a manifest of yours:   npm start -s -- preview -f FILE');
  console.log('  With a real API server:             README.md, "Try it with an API server"');
  process.exitCode = code;
}

/** Starts the webhook as a process of its own and waits until it listens. Its log tells where, and whom to trust. */
async function startWebhook(): Promise<Webhook> {
  const options = ['--standalone', '--namespaces', namespacesFile, '--port', '0', '--metrics-port', '0'];
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', 'serve', ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  const stop = () => {
    child.kill('SIGTERM');
    return exited;
  };
  let ca = '';
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    const entry = parseLine(line);
    if (entry.caBundle) ca = Buffer.from(entry.caBundle, 'base64').toString();
    if (entry.mutate && entry.metrics) {
      child.stderr.resume();
      return { mutate: entry.mutate, metrics: entry.metrics, ca, stop };
    }
  }
  throw new Error(`The webhook did not start. It said:\n${lines.join('\n')}`);
}

function parseLine(line: string): Record<string, string | undefined> {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}

function readPods(): readonly DemoPod[] {
  return parseAllDocuments(readFileSync(podsFile, 'utf8')).map((document) => document.toJS() as DemoPod);
}

/** Sends the pod as an API server does when somebody creates it. */
async function review(webhook: Webhook, pod: DemoPod): Promise<ReviewResponse> {
  const body = JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: randomUUID(),
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      namespace: pod.metadata.namespace,
      operation: 'CREATE',
      userInfo: { username: 'system:serviceaccount:ray-system:kuberay-operator' },
      object: pod,
    },
  });
  const options = { method: 'POST', ca: webhook.ca, headers: { 'content-type': 'application/json' } };
  const answer = await new Promise<string>((resolve, reject) => {
    https.request(`${webhook.mutate}?timeout=3s`, options, collect(resolve)).on('error', reject).end(body);
  });
  const { response } = JSON.parse(answer) as { response: ReviewResponse };
  if (!response.allowed) throw new Error(`The webhook did not allow a pod: ${answer}`);
  return response;
}

function showPod(pod: DemoPod, { patch, warnings = [] }: ReviewResponse): void {
  const operations = patch ? (JSON.parse(Buffer.from(patch, 'base64').toString()) as Operation[]) : [];
  const after = jsonpatch.applyPatch(structuredClone(pod), operations).newDocument;
  for (const part of diffLines(essence(pod), essence(after))) {
    for (const line of part.value.trimEnd().split('\n')) {
      if (part.added) say('green', `  + ${line}`);
      else if (part.removed) say('red', `  - ${line}`);
      else console.log(`    ${line}`);
    }
  }
  if (operations.length === 0) say('gray', '  (nothing is changed, and nobody is told anything)');
  for (const warning of warnings) say('yellow', wrap(`Warning: ${warning}`, '  ', '    '));
}

/** What the demonstration shows of a pod: everything about security, and names to find one's way. */
function essence({ spec }: DemoPod): string {
  const contextOf = (value: unknown) => (isEmpty(value) ? {} : { securityContext: value });
  const containers = (list: unknown) =>
    (list as Record<string, unknown>[]).map(({ name, securityContext }) => ({ name, ...contextOf(securityContext) }));
  return stringify({
    spec: {
      ...contextOf(spec.securityContext),
      ...(spec.initContainers !== undefined && { initContainers: containers(spec.initContainers) }),
      containers: containers(spec.containers),
    },
  });
}

function isEmpty(value: unknown): boolean {
  return value == null || Object.keys(value).length === 0;
}

async function readMetrics({ metrics }: Webhook): Promise<ReadonlyMap<string, string>> {
  const text = await new Promise<string>((resolve, reject) => {
    http.get(metrics, collect(resolve)).on('error', reject);
  });
  return new Map(
    [...text.matchAll(/^(pod_hardener_\S+?_total\S*) (\S+)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** The series that have changed, below the name of their metric. */
function showMetrics(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): void {
  let last = '';
  for (const [series, value] of after) {
    if (value === (before.get(series) ?? '0')) continue;
    const [, name = '', labels = ''] = /^([^{]+)\{(.*)\}$/.exec(series) ?? [];
    if (name !== last) console.log(`  ${name}`);
    last = name;
    console.log(`    ${value.padStart(3)}  ${labels.replaceAll('"', '').replaceAll(',', ' ')}`);
  }
}

function collect(resolve: (text: string) => void): (response: http.IncomingMessage) => void {
  return (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    response.on('end', () => resolve(text));
  };
}

function say(style: 'bold' | 'gray' | 'green' | 'red' | 'yellow', text: string): void {
  const coloured = process.stdout.isTTY && !process.env.NO_COLOR;
  console.log(coloured ? styleText(style, text) : text);
}
