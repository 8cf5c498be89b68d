import { type Cluster, cluster, createServiceAccount, expectSuccess, optedIn } from '../../test/e2e/cluster.ts';
import { type Installation, install, register, secretPath, startInstalled } from '../../test/e2e/ownCertificate.ts';
import { until } from '../../test/e2e/until.ts';
import { neutralEnv, type Runtime } from '../../test/webhook/child.ts';
import type { Server } from '../../test/webhook/client.ts';

/** Everything that takes part in the run. */
export interface Stage {
  readonly cluster: Cluster;
  readonly installation: Installation;
  /** The webhook, for those who call it directly. */
  readonly server: Server;
  /** Reads the Secret anew, and with it whom clients are to trust. Answers with its texts. */
  readSecret(): Promise<Readonly<Record<string, string>>>;
}

/** The name by which the API server calls the webhook. */
export const serviceName = 'pod-hardener.pod-hardener-system.svc';

/** The namespaces that stay as they are. */
export const namespaces = {
  team: { labels: optedIn },
  plain: {},
  auditing: { labels: optedIn, annotations: { 'pod-hardener.io/mode': 'audit' } },
  enforcing: { labels: { ...optedIn, 'pod-security.kubernetes.io/enforce': 'restricted' } },
} as const;

/**
 * Installs the webhook as the manifest does, but under `Fail`, so that every call that fails is a refused pod. It has its
 * certificate from its Secret. Resolves when the API server asks it.
 */
export async function setStage(runtime: Runtime, hear: (text: string) => void): Promise<Stage> {
  const port = await install({ type: 'Opaque' });
  await register(port);
  const { node, env } = runtime;
  const installation = await startInstalled(port, { node, env: { ...neutralEnv(), ...env }, hear });
  for (const [name, meta] of Object.entries(namespaces)) {
    expectSuccess(await cluster().api.request('POST', '/api/v1/namespaces', { metadata: { name, ...meta } }));
    await createServiceAccount(cluster().api, name, 'default');
  }
  let caCert = '';
  const readSecret = async () => {
    const answer = await cluster().api.request('GET', secretPath);
    expectSuccess(answer);
    const data = Object.entries((answer.body.data ?? {}) as Record<string, string>);
    const texts = Object.fromEntries(data.map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]));
    caCert = texts['ca.crt'] ?? caCert;
    return texts;
  };
  await readSecret();
  await untilAsked(cluster());
  const server: Server = {
    port,
    servername: serviceName,
    get caCert() {
      return caCert;
    },
  };
  return { cluster: cluster(), installation, server, readSecret };
}

/** Resolves when the API server has heard of the webhook: pods that nobody stores are hardened. */
async function untilAsked({ createPod }: Cluster): Promise<void> {
  const pod = { metadata: { name: 'probe' }, spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] } };
  await until('the API server asks the webhook', async () => {
    const answer = await createPod('team', pod, { dryRun: true });
    return answer.pod.spec?.containers[0]?.securityContext?.runAsNonRoot === true;
  });
}
