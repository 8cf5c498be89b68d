import { access } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { NoKubeconfigError } from './errors.ts';
import type { Log } from './log.ts';

const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** TLS options and headers for one request, and where they came from. */
export interface Issued {
  readonly options: RequestOptions;
  readonly source: object;
}

export interface Credentials {
  /** The API server's address without a trailing slash. */
  readonly server: string;
  /** The namespace that the context names; `default` where it names none. */
  readonly namespace: string;
  /** What to send now. A token file is read again when its copy is older than 60 s, a plugin run again when its token expires. */
  current(): Promise<Issued>;
  /** Loads everything anew, once for all requests that were refused together. Never rejects. */
  renew(refused: Issued): Promise<void>;
}

/** Which credentials to use. */
export interface CredentialsChoice {
  readonly kubeconfig?: string | undefined;
  /** A context of the kubeconfig other than its current one. */
  readonly context?: string | undefined;
}

/**
 * Returns the credentials in the kubeconfig file if one is named, else the pod's own unless a context is named, else
 * those in the usual kubeconfig. Throws if the file cannot be read or names no cluster.
 */
export async function loadCredentials(choice: CredentialsChoice, log: Log): Promise<Credentials> {
  let config = await loadConfig(choice);
  let latest: Issued | undefined;
  let renewal: Promise<void> | undefined;

  async function reload(): Promise<void> {
    try {
      config = await loadConfig(choice);
    } catch {
      log('warn', 'The credentials for the API server could not be loaded again; the old ones stay in use.');
    }
    renewal = undefined;
  }

  return {
    server: serverOf(config),
    namespace: namespaceOf(config) ?? 'default',
    async current() {
      const source = config;
      try {
        latest = { options: await requestOptionsOf(source), source };
      } catch (error) {
        // A token that cannot be read just now is usually still valid in the copy we have.
        if (latest === undefined) throw error;
        log('warn', 'The credentials for the API server could not be read; the last ones stay in use.');
      }
      return latest;
    },
    renew(refused) {
      if (refused.source !== config) return Promise.resolve();
      renewal ??= reload();
      return renewal;
    },
  };
}

async function loadConfig({ kubeconfig, context }: CredentialsChoice): Promise<KubeConfig> {
  // Imported here, and by its deep path, because every model and API of Kubernetes hangs on the package's index.
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const config = new KubeConfig();
  if (kubeconfig !== undefined) config.loadFromFile(kubeconfig);
  else if (context === undefined && (await exists(serviceAccountToken))) config.loadFromCluster();
  else config.loadFromDefault();
  if (kubeconfig === undefined && config.getCurrentCluster()?.server === 'http://localhost:8080') {
    // What the package makes up when it finds nothing: that port may well be our own.
    throw new NoKubeconfigError('There is no kubeconfig: name one with --kubeconfig, or run in a cluster.');
  }
  if (context !== undefined) {
    if (config.getContextObject(context) === null) throw new Error(`The kubeconfig has no context "${context}".`);
    config.setCurrentContext(context);
  }

  const [cluster, namespace] = [config.getCurrentCluster(), namespaceOf(config)];
  if (cluster === null) throw new Error('The kubeconfig has no current context that names a cluster.');
  // Without a user the package leaves the cluster's CA out, and it refuses http although there is no TLS to verify.
  config.loadFromClusterAndUser(
    { ...cluster, skipTLSVerify: cluster.skipTLSVerify || cluster.server.startsWith('http:') },
    config.getCurrentUser() ?? { name: 'anonymous' },
  );
  if (namespace !== undefined) config.contexts = config.contexts.map((one) => ({ ...one, namespace }));
  return config;
}

function serverOf(config: KubeConfig): string {
  return config.getCurrentCluster()?.server.replace(/\/+$/, '') ?? '';
}

function namespaceOf(config: KubeConfig): string | undefined {
  return config.getContextObject(config.getCurrentContext())?.namespace;
}

async function requestOptionsOf(config: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  // The package's agent keeps no connection alive; it is needed only where it goes through a proxy.
  if (config.getCurrentCluster()?.proxyUrl === undefined) delete options.agent;
  return { ...options, headers: trimmed(options.headers) };
}

/** A token file may end in a newline, which is not allowed in a header. */
function trimmed(headers: RequestOptions['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value).trim()]));
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
