import { type Cluster, cluster, expectSuccess } from './cluster.ts';
import { users } from './controlPlane.ts';
import { freePort } from './freePort.ts';
import { type RunningProcess, type StartOptions, untilReady } from './processes.ts';
import { program } from './program.ts';
import { parseSeries, type Series } from './prometheus.ts';
import { configurations, webhookManifest } from './webhook.ts';

/** Where pod-hardener is installed. */
export const home = 'pod-hardener-system';
export const secrets = `/api/v1/namespaces/${home}/secrets`;
export const secretPath = `${secrets}/pod-hardener-tls`;

/** pod-hardener as it runs in a cluster: it has its certificate from its Secret, and is called by its Service. */
export interface Installation {
  readonly process: RunningProcess;
  /** Milliseconds from its start until it was ready. */
  readonly readyAfterMs: number;
  readiness(): Promise<{ readonly status: number; readonly text: string }>;
  /** The series of the program's own metrics whose names start with one of the prefixes. */
  series(...prefixes: string[]): Promise<Series>;
}

/** Makes the namespace, the rights and the empty Secret of the manifest, and a Service that leads to a port of this machine. */
export async function install(secret: object): Promise<number> {
  const { api, apply } = cluster();
  await apply('/api/v1/namespaces', object('v1', 'Namespace', home, {}));
  await grant(cluster());
  await api.request('DELETE', secretPath);
  expectSuccess(await api.request('POST', secrets, { metadata: { name: 'pod-hardener-tls' }, ...secret }));
  const port = await freePort();
  // A name outside the cluster is the one kind of Service that leads anywhere without a proxy.
  const spec = { type: 'ExternalName', externalName: 'localhost' };
  await apply(`/api/v1/namespaces/${home}/services`, object('v1', 'Service', 'pod-hardener', { spec }));
  return port;
}

/** Registers the webhook of the manifest on the port, under `Fail`: every failed handshake is a refused pod. */
export async function register(port: number, changes: object = {}): Promise<void> {
  const { webhooks, ...configuration } = await webhookManifest();
  const [webhook] = webhooks;
  const { service } = webhook.clientConfig as { service: object };
  const clientConfig = { service: { ...service, port } };
  await cluster().api.request('DELETE', `${configurations}/${configuration.metadata.name}`);
  const ours = { ...webhook, clientConfig, failurePolicy: 'Fail', ...changes };
  await cluster().apply(configurations, { ...configuration, ...{ webhooks: [ours] } });
}

export interface InstalledOptions extends StartOptions {
  /** More arguments for `serve`. */
  readonly args?: readonly string[];
  /** What Node runs, after its own options: the bundle that was built for this run unless given. */
  readonly node?: readonly string[];
}

/** Starts the program with the rights of its ServiceAccount, and waits until it is ready. */
export async function startInstalled(
  port: number,
  { args = [], node = [program], ...how }: InstalledOptions = {},
): Promise<Installation> {
  const metricsPort = await freePort();
  const started = performance.now();
  const listen = ['--host', '127.0.0.1', '--port', String(port), '--metrics-port', String(metricsPort)];
  const kubeconfig = ['--kubeconfig', await cluster().kubeconfig(users.podHardener.token)];
  const serve = [...node, 'serve', ...kubeconfig, ...listen, '--shutdown-delay', '0s', ...args];
  const server = cluster().processes.start(process.execPath, serve, how);
  const page = (path: string) => fetch(`http://127.0.0.1:${metricsPort}${path}`);
  const readiness = async () => {
    const response = await page('/readyz');
    return { status: response.status, text: await response.text() };
  };
  await untilReady('it is ready', server, async () => (await readiness()).status === 200);
  return {
    process: server,
    readyAfterMs: performance.now() - started,
    readiness,
    series: async (...prefixes) => parseSeries(await (await page('/metrics')).text(), ...prefixes),
  };
}

/** The rights that rotation needs, by name: nothing else may be read or written. */
async function grant({ apply }: Cluster): Promise<void> {
  const group = 'rbac.authorization.k8s.io';
  const [path, version] = [`/apis/${group}/v1`, `${group}/v1`];
  const name = 'pod-hardener-certificates';
  const verbs = ['get', 'list', 'watch', 'patch'];
  const secret = { apiGroups: [''], resources: ['secrets'], resourceNames: ['pod-hardener-tls'], verbs };
  const configuration = {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['mutatingwebhookconfigurations'],
    resourceNames: ['pod-hardener'],
    verbs,
  };
  const subjects = [{ kind: 'User', name: users.podHardener.name }];
  const toRole = (kind: string) => ({ subjects, roleRef: { apiGroup: group, kind, name } });
  await apply(`${path}/namespaces/${home}/roles`, object(version, 'Role', name, { rules: [secret] }));
  await apply(`${path}/namespaces/${home}/rolebindings`, object(version, 'RoleBinding', name, toRole('Role')));
  await apply(`${path}/clusterroles`, object(version, 'ClusterRole', name, { rules: [configuration] }));
  await apply(`${path}/clusterrolebindings`, object(version, 'ClusterRoleBinding', name, toRole('ClusterRole')));
}

function object(apiVersion: string, kind: string, name: string, rest: object) {
  return { apiVersion, kind, metadata: { name }, ...rest };
}
