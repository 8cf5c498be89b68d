import { mkdir, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import type { V1Deployment } from '@kubernetes/client-node';
import { expectSuccess } from '../e2e/cluster.ts';
import type { RunningProcess } from '../e2e/processes.ts';
import { program } from '../e2e/program.ts';
import { serviceAccountToken } from '../e2e/rights.ts';
import { ownNamespace, type Site } from '../e2e/site.ts';
import { until } from '../e2e/until.ts';
import { writeEndpoints } from './endpoints.ts';
import { apiServerAddress, replicaAddress } from './network.ts';

/** One process of the program, started as its pod would be. */
export interface Replica {
  readonly address: string;
  readonly process: RunningProcess;
  /** Whether the API server is told of it. */
  isReady(): boolean;
  /** What `/readyz` and the like answer; the status 0 when there is no answer. */
  ask(path: string): Promise<{ readonly status: number; readonly body: string }>;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
}

/** What a node and the cluster's controllers do for the pods of the Deployment, where there are none of them. */
export interface Replicas {
  /** Starts so many and answers when the API server is told of all. */
  start(count: number, options?: StartOptions): Promise<readonly Replica[]>;
  /** Starts one and does not wait for it. */
  launch(options?: StartOptions): Promise<Replica>;
  /** Ends one as the deletion of its pod does: the signal and the news of it start at the same time. Answers its exit code. */
  stop(replica: Replica): Promise<number | string>;
  readonly running: readonly Replica[];
  close(): Promise<void>;
}

/** How long it takes until the API server has heard of a change of the endpoints, in milliseconds. */
const propagationMs = 800;
const folder = '/run/secrets/kubernetes.io/serviceaccount';

interface Probe {
  readonly periodMs: number;
  readonly timeoutMs: number;
  readonly failureThreshold: number;
}

interface Known extends Replica {
  ready: boolean;
  /** Set once it is about to end. */
  leaving: boolean;
}

export async function createReplicas(site: Site): Promise<Replicas> {
  const { env, probe } = await podOf(site);
  const mounted = await writeMountedFiles(site);
  const known: Known[] = [];
  let number = 0;
  let written = '';
  let closed = false;

  async function launch({ env: more = {} }: StartOptions = {}): Promise<Known> {
    const address = replicaAddress((number++ % 240) + 1);
    // The files are where a pod has them: in a mount namespace of its own, where nothing else is.
    const mount = `mount -t tmpfs none /run && mkdir -p ${folder} && cp ${mounted}/* ${folder} && exec "$@"`;
    const node = [process.execPath, '--max-old-space-size=128', program, 'serve', '--host', address];
    const child = site.processes.start('unshare', ['--mount', 'sh', '-c', mount, 'sh', ...node], {
      env: {
        PATH: process.env.PATH,
        KUBERNETES_SERVICE_HOST: apiServerAddress,
        KUBERNETES_SERVICE_PORT: new URL(site.url).port,
        ...env,
        ...more,
      },
    });
    const replica: Known = {
      address,
      process: child,
      ready: false,
      leaving: false,
      isReady: () => replica.ready,
      ask: (path) => ask(address, path, 2_000),
    };
    child.ended.then(() => forget(replica));
    known.push(replica);
    probeOne(replica);
    return replica;
  }

  function forget(replica: Known): void {
    replica.ready = false;
    const index = known.indexOf(replica);
    if (index !== -1) known.splice(index, 1);
  }

  /** One that is not ready is asked often, as by a startup probe; one that is, as its readiness probe says. */
  async function probeOne(replica: Known): Promise<void> {
    let failures = 0;
    while (known.includes(replica) && !replica.leaving) {
      const { status } = await ask(replica.address, '/readyz', probe.timeoutMs);
      failures = status === 200 ? 0 : failures + 1;
      if (replica.leaving) return;
      if (status === 200) replica.ready = true;
      else if (failures >= probe.failureThreshold) replica.ready = false;
      await pause(replica.ready ? probe.periodMs : 100);
    }
  }

  async function watchEndpoints(): Promise<void> {
    while (!closed) {
      const addresses = known.filter(({ ready }) => ready).map(({ address }) => address);
      if (addresses.join() !== written) {
        // An API server that is down is told later.
        await writeEndpoints(site.api, addresses).then(
          () => {
            written = addresses.join();
          },
          () => {},
        );
      }
      await pause(50);
    }
  }
  const watching = watchEndpoints();

  return {
    launch,
    running: known,
    async start(count, options) {
      const started = await Promise.all(Array.from({ length: count }, () => launch(options)));
      await until('the replicas are ready', () => areReady(started), 30).catch((error: Error) => {
        throw new Error(`${error.message}\n${started.map((one) => one.process.output().slice(-2000)).join('\n')}`);
      });
      await until('the endpoints are written', () => started.every(({ address }) => written.includes(address)));
      return started;
    },
    async stop(replica) {
      const one = replica as Known;
      one.leaving = true;
      const ended = replica.process.stop('SIGTERM', 30);
      await pause(propagationMs);
      one.ready = false;
      return ended;
    },
    async close() {
      closed = true;
      await watching;
      await Promise.all([...known].map(({ process: child }) => child.stop('SIGKILL')));
      await writeEndpoints(site.api, []);
    },
  };
}

function areReady(started: readonly Known[]): boolean {
  const ended = started.find(({ process: child }) => child.hasEnded());
  if (ended) throw new Error('a replica has ended');
  return started.every(({ ready }) => ready);
}

/** What the manifests say of the program's environment and of its readiness. */
async function podOf({ api }: Site): Promise<{ env: Readonly<Record<string, string>>; probe: Probe }> {
  const answer = await api.request('GET', `/apis/apps/v1/namespaces/${ownNamespace}/deployments/pod-hardener`);
  expectSuccess(answer);
  const container = (answer.body as V1Deployment).spec?.template.spec?.containers[0];
  const { periodSeconds = 10, timeoutSeconds = 1, failureThreshold = 3 } = container?.readinessProbe ?? {};
  return {
    env: Object.fromEntries((container?.env ?? []).map(({ name, value = '' }) => [name, value])),
    probe: { periodMs: periodSeconds * 1000, timeoutMs: timeoutSeconds * 1000, failureThreshold },
  };
}

/** What every pod finds mounted: the ServiceAccount's token, the API server's authority and the namespace. */
async function writeMountedFiles(site: Site): Promise<string> {
  const made = join(site.folder, 'serviceaccount');
  await mkdir(made, { recursive: true });
  const files = { token: await serviceAccountToken(site.api), 'ca.crt': site.ca, namespace: ownNamespace };
  for (const [name, text] of Object.entries(files)) await writeFile(join(made, name), text);
  return made;
}

function ask(address: string, path: string, timeoutMs: number): Promise<{ status: number; body: string }> {
  const none = { status: 0, body: '' };
  return new Promise((resolve) => {
    const url = `http://${address}:8080${path}`;
    const call = get(url, { timeout: timeoutMs, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    call.once('timeout', () => call.destroy()).once('error', () => resolve(none));
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
