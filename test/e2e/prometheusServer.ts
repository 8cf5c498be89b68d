import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { rulesFile } from '../../scripts/monitoring/files.ts';
import { prometheusProgram } from '../../scripts/prometheus.ts';
import type { Cluster } from './cluster.ts';
import { users } from './controlPlane.ts';
import { freePort } from './freePort.ts';
import { untilReady } from './processes.ts';

/** One series of an answer: its labels, and its value now. */
export interface Answer {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PrometheusServer {
  /** What the query answers now. Throws what Prometheus says of a bad query. */
  ask(query: string): Promise<readonly Answer[]>;
  /** The names of the alerts that fire. */
  firing(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const say = (line: string) => console.error(`    ${line}`);

/** The labels that the Prometheus operator gives to what it scrapes. */
const labels = { namespace: 'pod-hardener-system', pod: 'pod-hardener-1' };

/**
 * Starts a Prometheus with our alerts that looks at the webhook and at the API server every second, and waits until it
 * has seen both. Answers undefined where there is no Prometheus.
 */
export async function startPrometheus(cluster: Cluster, webhook: string): Promise<PrometheusServer | undefined> {
  const program = await prometheusProgram('prometheus', process.env, say).catch((error: Error) => {
    say(`skipped: ${error.message.split('\n', 1)[0]}`);
  });
  if (program === undefined) return undefined;
  const config = join(cluster.folder, 'prometheus.yaml');
  const caFile = join(cluster.folder, 'prometheus.ca.crt');
  await writeFile(caFile, cluster.ca);
  await writeFile(config, stringify(configuration(cluster.url, caFile, webhook)));
  const port = await freePort();
  const child = cluster.processes.start(program, [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(cluster.folder, 'prometheus')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=warn',
  ]);
  const get = async (path: string) => {
    const { data, error } = (await (await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)).json()) as Reply;
    if (data === undefined) throw new Error(`${path}: ${error}`);
    return data;
  };
  const ask = async (query: string) => {
    const { result = [] } = await get(`query?${new URLSearchParams({ query })}`);
    return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  };
  await untilReady('Prometheus has seen both', child, async () => (await ask('up == 1')).length === 2);
  return {
    ask,
    async firing() {
      const { alerts = [] } = await get('alerts');
      return alerts.filter(({ state }) => state === 'firing').map((alert) => alert.labels.alertname ?? '');
    },
    async stop() {
      await child.stop('SIGKILL');
    },
  };
}

interface Reply {
  readonly error?: string;
  readonly data?: {
    readonly result?: readonly { readonly metric: Answer['labels']; readonly value: readonly [number, string] }[];
    readonly alerts?: readonly { readonly state: string; readonly labels: Answer['labels'] }[];
  };
}

function configuration(url: string, caFile: string, webhook: string) {
  return {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [rulesFile],
    scrape_configs: [
      { job_name: 'pod-hardener-metrics', static_configs: [{ targets: [webhook], labels }] },
      {
        job_name: 'apiserver',
        scheme: 'https',
        authorization: { credentials: users.admin.token },
        tls_config: { ca_file: caFile },
        static_configs: [{ targets: [new URL(url).host] }],
        // It has tens of thousands of others.
        metric_relabel_configs: [
          { source_labels: ['__name__'], regex: 'apiserver_admission_webhook_.*', action: 'keep' },
        ],
      },
    ],
  };
}
