import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type ApiClient, createApiClient } from './apiClient.ts';
import { freePort } from './freePort.ts';
import {
  createProcesses,
  type Processes,
  type ProcessesOptions,
  type RunningProcess,
  untilReady,
} from './processes.ts';
import { until } from './until.ts';

/** Who may call the API server: name, bearer token and groups. */
export const users = {
  admin: { name: 'admin', token: 'admin-token', groups: 'system:masters' },
  node: { name: 'system:node:node1', token: 'node-token', groups: 'system:nodes' },
  podHardener: {
    name: 'system:serviceaccount:pod-hardener-system:pod-hardener',
    token: 'pod-hardener-token',
    groups: 'system:serviceaccounts',
  },
} as const;

export interface AuditEvent {
  readonly auditID: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ControlPlane {
  /** A folder that lives as long as the control plane. */
  readonly folder: string;
  readonly processes: Processes;
  readonly url: string;
  /** What clients of it must trust. */
  readonly ca: string;
  /** Speaks for the administrator. */
  readonly api: ApiClient;
  /** The path of a kubeconfig file for the bearer of the token. */
  kubeconfig(token: string): Promise<string>;
  /** What the audit log says of the request. */
  auditEvent(auditId: string): Promise<AuditEvent>;
  /** What the API server, and those that ran before it, have logged. */
  apiServerLog(): string;
  /** The process of the API server that was started last. */
  apiServerPid(): number | undefined;
  /** Ends the API server and waits until it is gone. */
  stopApiServer(signal: NodeJS.Signals): Promise<void>;
  /** Starts another one on the same port and data, and waits until it is ready. */
  startApiServer(): Promise<void>;
  /** Starts one more beside it, on the same data; answers with a client of it when it is ready, and what ends both. */
  startSecondApiServer(): Promise<{ readonly api: ApiClient; stop(): Promise<void> }>;
  stop(): Promise<void>;
}

export interface ControlPlaneOptions {
  /** Where the API server listens, and where it says that it does: loopback unless given. */
  readonly address?: string;
  /** More flags of the API server, or others. */
  readonly apiServer?: Flags;
  /** How its processes, and those that are started beside them, stand to this one. */
  readonly processes?: ProcessesOptions;
}

type Flags = Readonly<Record<string, string | number | boolean>>;

/**
 * Starts etcd and an API server with its default admission plugins, in a temporary folder. No controller manager runs,
 * so nobody makes ServiceAccounts or pods of workloads. Throws with the server's log if it does not start.
 */
export async function startControlPlane(
  assets: string,
  { address = '127.0.0.1', apiServer = {}, processes: how = {} }: ControlPlaneOptions = {},
): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), 'pod-hardener-e2e-'));
  const processes = createProcesses(how);
  const clean = () => {
    processes.killAll();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', clean);
  try {
    const etcdUrl = await startEtcd(assets, folder, processes);
    const port = await freePort();
    const url = `https://${address}:${port}`;
    const options = { ...(await apiServerFlags(folder, etcdUrl, address, port)), ...apiServer };
    const args = flags(options);
    const servers: RunningProcess[] = [];
    const startApiServer = async () => {
      const server = processes.start(join(assets, 'kube-apiserver'), args);
      servers.push(server);
      await untilServing(url, server, folder);
    };
    const stopApiServer = async (signal: NodeJS.Signals) => {
      await servers.at(-1)?.stop(signal);
    };
    await startApiServer();
    const ca = await readFile(join(folder, 'certificates', 'apiserver.crt'), 'utf8');
    const api = createApiClient(url, ca, users.admin.token);
    return {
      folder,
      processes,
      url,
      ca,
      api,
      kubeconfig: (token) => writeKubeconfig(folder, url, ca, token),
      auditEvent: (auditId) =>
        until(`the audit log mentions ${auditId}`, async () =>
          auditEvents(folder, auditId).then((events) => events[0]),
        ),
      apiServerLog: () => servers.map((server) => server.output()).join(''),
      apiServerPid: () => servers.at(-1)?.pid,
      stopApiServer,
      startApiServer,
      async startSecondApiServer() {
        const own = { 'secure-port': await freePort(), 'audit-log-path': join(folder, 'audit-2.log') };
        const server = processes.start(join(assets, 'kube-apiserver'), flags({ ...options, ...own }));
        const second = `https://${address}:${own['secure-port']}`;
        await untilServing(second, server, folder);
        const client = createApiClient(second, ca, users.admin.token);
        return {
          api: client,
          async stop() {
            client.close();
            await server.stop('SIGKILL');
          },
        };
      },
      async stop() {
        api.close();
        // Neither of them holds anything worth a slow goodbye.
        await stopApiServer('SIGKILL');
        clean();
        process.off('exit', clean);
      },
    };
  } catch (error) {
    clean();
    throw error;
  }
}

async function startEtcd(assets: string, folder: string, processes: Processes): Promise<string> {
  const clients = `http://127.0.0.1:${await freePort()}`;
  const peers = `http://127.0.0.1:${await freePort()}`;
  const options = {
    'data-dir': join(folder, 'etcd'),
    'listen-client-urls': clients,
    'advertise-client-urls': clients,
    'listen-peer-urls': peers,
    'initial-advertise-peer-urls': peers,
    'initial-cluster': `default=${peers}`,
    'log-level': 'error',
    'unsafe-no-fsync': true,
  };
  processes.start(join(assets, 'etcd'), flags(options));
  return clients;
}

async function apiServerFlags(folder: string, etcdUrl: string, address: string, port: number): Promise<Flags> {
  const file = (name: string) => join(folder, name);
  const tokens = Object.values(users).map(({ name, token, groups }) => `${token},${name},${name},"${groups}"\n`);
  await writeFile(file('tokens.csv'), tokens.join(''), { mode: 0o600 });
  await writeFile(file('audit-policy.yaml'), stringify(auditPolicy));
  await writeFile(file('service-accounts.key'), serviceAccountKey(), { mode: 0o600 });
  return {
    'etcd-servers': etcdUrl,
    'bind-address': address,
    'advertise-address': address,
    'endpoint-reconciler-type': 'none',
    'secure-port': port,
    'cert-dir': file('certificates'),
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': file('service-accounts.key'),
    'service-account-signing-key-file': file('service-accounts.key'),
    'service-cluster-ip-range': '10.0.0.0/24',
    'authorization-mode': 'Node,RBAC',
    'token-auth-file': file('tokens.csv'),
    'allow-privileged': true,
    'audit-policy-file': file('audit-policy.yaml'),
    'audit-log-path': file('audit.log'),
  };
}

function flags(options: Flags): string[] {
  return Object.entries(options).map(([name, value]) => `--${name}=${value}`);
}

/** The API server names the patches of webhooks only from the level Request on. */
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'Request', verbs: ['create', 'update', 'patch'], resources: [{ resources: ['pods', 'pods/*'] }] },
    { level: 'Metadata', users: ['system:serviceaccount:pod-hardener-system:pod-hardener'] },
    { level: 'None' },
  ],
};

function serviceAccountKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

async function untilServing(url: string, server: RunningProcess, folder: string): Promise<void> {
  const isReady = async () => {
    const ca = await readFile(join(folder, 'certificates', 'apiserver.crt'), 'utf8');
    const client = createApiClient(url, ca, users.admin.token);
    const answer = await client.request('GET', '/readyz').finally(() => client.close());
    return answer.status === 200;
  };
  await untilReady('the API server is ready', server, isReady, 60);
}

async function writeKubeconfig(folder: string, server: string, ca: string, token: string): Promise<string> {
  // The token of a ServiceAccount is longer than the name of a file may be.
  const path = join(folder, `${createHash('sha256').update(token).digest('hex').slice(0, 12)}.kubeconfig`);
  const cluster = { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'e2e', cluster }],
    users: [{ name: 'e2e', user: { token } }],
    contexts: [{ name: 'e2e', context: { cluster: 'e2e', user: 'e2e' } }],
    'current-context': 'e2e',
  };
  await writeFile(path, stringify(config), { mode: 0o600 });
  return path;
}

async function auditEvents(folder: string, auditId: string): Promise<AuditEvent[]> {
  const lines = (await readFile(join(folder, 'audit.log'), 'utf8')).split('\n');
  // The last line may still be in the making.
  const complete = lines.slice(0, -1).filter((line) => line.includes(auditId));
  return complete.map((line) => JSON.parse(line) as AuditEvent).filter((event) => event.auditID === auditId);
}
