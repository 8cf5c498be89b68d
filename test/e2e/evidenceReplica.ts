import { request } from 'node:https';
import { join } from 'node:path';
import { creationReview } from './creationReview.ts';
import { freePort } from './freePort.ts';
import { type RunningProcess, untilReady } from './processes.ts';
import { program } from './program.ts';
import { parseSeries, type Series } from './prometheus.ts';
import { serviceAccountToken } from './rights.ts';
import { ownNamespace, type Site } from './site.ts';
import { writeCertificate } from './webhook.ts';

/** The program with the rights of its ServiceAccount, gathering evidence. Nobody but the tests asks it. */
export interface EvidenceReplica {
  readonly process: RunningProcess;
  /** Where it answers reviews, and what a client of it must trust. */
  readonly url: string;
  readonly ca: string;
  readonly readyAfterMs: number;
  series(...prefixes: string[]): Promise<Series>;
  status(path: string): Promise<number>;
  /** How many images it knows in a state. */
  images(state: 'root' | 'uid' | 'named'): Promise<number | undefined>;
  /** How many breaks it has told of. */
  told(): Promise<number>;
  /** What it answers to a review of a plain pod that is created in the namespace. */
  review(namespace: string): Promise<{ readonly status: number | undefined; readonly text: string }>;
}

export async function startEvidenceReplica(site: Site, args = ['--evidence']): Promise<EvidenceReplica> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const files = { cert: join(site.folder, `${port}.crt`), key: join(site.folder, `${port}.key`) };
  const ca = await writeCertificate(files);
  const token = await serviceAccountToken(site.api);
  const started = performance.now();
  const child = site.processes.start(process.execPath, [
    ...['--max-old-space-size=128', program, 'serve', '--kubeconfig', await site.kubeconfig(token)],
    ...['--host', '127.0.0.1', '--port', String(port), '--metrics-port', String(metricsPort)],
    ...['--tls-cert-file', files.cert, '--tls-key-file', files.key, '--namespace', ownNamespace],
    ...['--shutdown-delay', '500ms', ...args],
  ]);
  const page = (path: string) => fetch(`http://127.0.0.1:${metricsPort}${path}`);
  await untilReady('it is ready', child, async () => (await page('/readyz')).status === 200);
  const series = async (...prefixes: string[]) => parseSeries(await (await page('/metrics')).text(), ...prefixes);
  return {
    process: child,
    url: `https://127.0.0.1:${port}`,
    ca,
    readyAfterMs: performance.now() - started,
    series,
    status: async (path) => (await page(path)).status,
    images: async (state) => {
      const name = 'pod_hardener_image_evidence';
      return (await series(name))[`${name}{state="${state}"}`];
    },
    told: async () => Object.values(await series('pod_hardener_suspected_breaks_total')).reduce((a, b) => a + b, 0),
    review: (namespace) =>
      new Promise((resolve, reject) => {
        const headers = { 'content-type': 'application/json' };
        const url = `https://127.0.0.1:${port}/mutate?timeout=3s`;
        const call = request(url, { method: 'POST', ca, headers }, (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.once('end', () => resolve({ status: answer.statusCode, text: Buffer.concat(chunks).toString() }));
        });
        call.once('error', reject).end(creationReview(namespace, '0b1e5a5c-9a6b-4d3e-8f0a-3c7f2d1e6b56'));
      }),
  };
}
