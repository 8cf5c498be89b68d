import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { issueCertificates } from '../../src/certificates/issue.ts';
import type { Runtime } from '../webhook/child.ts';
import { type Cluster, optedIn } from './cluster.ts';
import { users } from './controlPlane.ts';
import { freePort } from './freePort.ts';
import { plainPod } from './pods.ts';
import { type RunningProcess, untilReady } from './processes.ts';
import { program } from './program.ts';
import { parseSeries, type Series } from './prometheus.ts';
import { until } from './until.ts';

export interface WebhookOptions {
  /** The program and what Node and the system are told about it, where that matters. */
  readonly runtime?: Runtime;
  /** More arguments for `serve`. */
  readonly args?: readonly string[];
  readonly shutdownDelay?: string;
  /** What to change in the webhook of the manifest; undefined takes a field out. */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

export interface Webhook {
  readonly url: string;
  /** What a client must trust in order to reach `url`. */
  readonly ca: string;
  /** The paths of its certificate and key. */
  readonly files: { readonly cert: string; readonly key: string };
  readonly process: RunningProcess;
  /** The series of the program's own metrics whose names start with one of the prefixes. */
  series(...prefixes: string[]): Promise<Series>;
  /** Host and port of the plain port. */
  readonly plainAddress: string;
  /** The status of a path on the plain port. */
  status(path: string): Promise<number>;
  /** Takes the registration away and ends the program. Answers with its exit code. */
  close(): Promise<number | string>;
}

export const configurations = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

interface WebhookConfiguration {
  readonly metadata: { readonly name: string };
  readonly webhooks: readonly [Readonly<Record<string, unknown>>];
}

/** The registration as it is installed in a cluster. */
export async function webhookManifest(): Promise<WebhookConfiguration> {
  const file = fileURLToPath(new URL('../../manifests/base/webhook.yaml', import.meta.url));
  return parse(await readFile(file, 'utf8')) as WebhookConfiguration;
}

/** Starts the program with a new certificate, registers it and waits until the API server asks it about pods. */
export async function startWebhook(
  cluster: Cluster,
  { runtime = { node: [program] }, args = [], shutdownDelay = '0s', overrides }: WebhookOptions = {},
): Promise<Webhook> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const url = `https://127.0.0.1:${port}/mutate`;
  const files = { cert: join(cluster.folder, `${port}.crt`), key: join(cluster.folder, `${port}.key`) };
  const ca = await writeCertificate(files);
  const command = [
    ...[...runtime.node, 'serve', '--kubeconfig', await cluster.kubeconfig(users.podHardener.token)],
    ...['--host', '127.0.0.1', '--port', String(port), '--metrics-port', String(metricsPort)],
    ...['--tls-cert-file', files.cert, '--tls-key-file', files.key, '--shutdown-delay', shutdownDelay],
    ...args,
  ];
  const server = cluster.processes.start(process.execPath, command, { env: { ...process.env, ...runtime.env } });
  const plainAddress = `127.0.0.1:${metricsPort}`;
  const plain = (path: string) => fetch(`http://${plainAddress}${path}`);
  await untilReady('the webhook is ready', server, async () => (await plain('/readyz')).status === 200);
  await registerUrl(cluster, url, ca, overrides);
  await untilEffective(cluster);
  return {
    url,
    ca,
    files,
    process: server,
    plainAddress,
    series: async (...prefixes) => parseSeries(await (await plain('/metrics')).text(), ...prefixes),
    status: async (path) => (await plain(path)).status,
    async close() {
      await cluster.api.request('DELETE', `${configurations}/pod-hardener`);
      return server.stop();
    },
  };
}

/** Writes a certificate for loopback and its key to these paths. Answers with what clients must trust. */
export async function writeCertificate(files: { readonly cert: string; readonly key: string }): Promise<string> {
  const { caCert, cert, key } = await issueCertificates({ hosts: ['127.0.0.1'], now: new Date(), days: 1 });
  await writeFile(files.cert, cert);
  await writeFile(files.key, key, { mode: 0o600 });
  return caCert;
}

/** The manifest, with the address of a program outside the cluster in place of the Service. */
async function registerUrl(cluster: Cluster, url: string, ca: string, changes: WebhookOptions['overrides']) {
  const { webhooks, ...configuration } = await webhookManifest();
  const clientConfig = { url, caBundle: Buffer.from(ca).toString('base64') };
  const webhook = { ...webhooks[0], clientConfig, ...changes };
  // Not changed in place: what one test leaves out must not stay from the test before.
  await cluster.api.request('DELETE', `${configurations}/${configuration.metadata.name}`);
  await cluster.apply(configurations, { ...configuration, ...{ webhooks: [webhook] } });
}

/** Asks with pods that nobody stores, in a namespace of its own. */
async function untilEffective(cluster: Cluster): Promise<void> {
  const namespace = await cluster.createNamespace('probe', { labels: optedIn });
  await until('the API server asks the webhook', async () => {
    const { pod } = await cluster.createPod(namespace, plainPod('probe'), { dryRun: true });
    return pod.spec?.containers[0]?.securityContext?.allowPrivilegeEscalation === false;
  });
}
