import { mkdtemp, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { V1MutatingWebhookConfiguration, V1Pod, V1PodList, V1Secret } from '@kubernetes/client-node';
import { until } from '../e2e/until.ts';
import { nodeCluster } from './nodeCluster.ts';
import { parseStatus } from './runningPod.ts';

export const ownNamespace = 'pod-hardener-system';

/** What the documentation tells to apply. */
export const manifest = 'manifests/install.yaml';

type Variant = 'plain' | 'evidence';

let installed: { readonly variant: Variant; readonly done: Promise<void> } | undefined;

/**
 * Installs pod-hardener as its documentation says, and waits until its replicas are ready. Test files that need the same
 * share it.
 */
export function install(): Promise<void> {
  return installVariant('plain');
}

/** As `install`, with the component that learns the users of images. */
export function installWithEvidence(): Promise<void> {
  return installVariant('evidence');
}

function installVariant(variant: Variant): Promise<void> {
  if (installed?.variant !== variant) installed = { variant, done: change(installed?.variant, variant) };
  return installed.done;
}

async function change(from: Variant | undefined, to: Variant): Promise<void> {
  if (from === undefined) await apply();
  if (to === 'evidence') await addEvidence();
  else if (from === 'evidence') await removeEvidence();
}

async function addEvidence(): Promise<void> {
  const made = await mkdtemp(join(nodeCluster().folder, 'kustomization-'));
  const path = (name: string) => relative(made, join(process.cwd(), 'manifests', name));
  const lists = { resources: [path('overlays/default')], components: [path('components/evidence')] };
  await writeFile(join(made, 'kustomization.yaml'), JSON.stringify(lists));
  await nodeCluster().kubectl(['apply', '-k', made]);
  await rolledOut();
  await untilSettled();
}

async function removeEvidence(): Promise<void> {
  const { kubectl } = nodeCluster();
  await kubectl(['apply', '-f', manifest]);
  for (const file of ['store.yaml', 'rbac.yaml']) {
    await kubectl(['delete', '-f', `manifests/components/evidence/${file}`, '--ignore-not-found']);
  }
  await rolledOut();
  await untilSettled();
}

/** Takes away everything that the manifests brought, and waits until it is gone. */
export async function uninstall(): Promise<void> {
  installed = undefined;
  await nodeCluster().kubectl(['delete', '-f', manifest, '--timeout=100s']);
}

async function apply(): Promise<void> {
  const { kubectl, note } = nodeCluster();
  const started = Date.now();
  await kubectl(['apply', '-f', manifest]);
  await rolledOut();
  note(`${((Date.now() - started) / 1000).toFixed(1)} s from \`kubectl apply\` until two replicas were ready`);
}

/** Waits until the newest version runs in all replicas. Throws with what Kubernetes and the replicas say otherwise. */
export async function rolledOut(): Promise<void> {
  const rollout = ['-n', ownNamespace, 'rollout', 'status', 'deployment/pod-hardener', '--timeout=180s'];
  await nodeCluster()
    .kubectl(rollout)
    .catch(async (error: Error) => {
      throw new Error(`${error.message}\n${await whatReplicasSay()}`);
    });
}

/** The state of the replicas, what happened to them, and what they logged last. */
export async function whatReplicasSay(): Promise<string> {
  const own = (...args: string[]) =>
    nodeCluster()
      .kubectl(['-n', ownNamespace, ...args])
      .catch(String);
  const lists = [await own('get', 'pods'), await own('get', 'events', '--sort-by=.lastTimestamp')];
  const logs = await own('logs', '-l', 'app.kubernetes.io/name=pod-hardener', '--prefix', '--tail=-1');
  const unusual = logs.split('\n').filter((line) => !line.includes('"Review answered."'));
  return [...lists, ...unusual].join('\n');
}

/** The replicas that are not being deleted, the oldest first. */
export async function replicas(): Promise<readonly V1Pod[]> {
  const { kubectl } = nodeCluster();
  const selector = ['-l', 'app.kubernetes.io/name=pod-hardener', '--sort-by=.metadata.creationTimestamp'];
  const list = JSON.parse(await kubectl(['-n', ownNamespace, 'get', 'pods', ...selector, '-o', 'json'])) as V1PodList;
  return list.items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
}

/** Waits until as many replicas as were asked for are ready, and no other pod of pod-hardener is left. */
export async function untilSettled(): Promise<void> {
  const { kubectl } = nodeCluster();
  await until(
    'two replicas are ready, and none is ending',
    async () => {
      const all = await kubectl(['-n', ownNamespace, 'get', 'pods', '--no-headers']);
      const lines = all.trim().split('\n');
      return lines.length === 2 && lines.every((line) => / 1\/1 +Running /.test(line));
    },
    180,
  );
}

/** What was made for the API server and the replicas to trust each other: the Secret, and the certificates in PEM. */
export async function trust(): Promise<{ readonly secret: V1Secret['data']; readonly bundle: string }> {
  const { data } = await getOwn<V1Secret>('secret/pod-hardener-tls');
  const { webhooks } = await getOwn<V1MutatingWebhookConfiguration>('mutatingwebhookconfiguration/pod-hardener');
  return { secret: data, bundle: Buffer.from(webhooks?.[0]?.clientConfig.caBundle ?? '', 'base64').toString() };
}

/** An object or a list in pod-hardener's namespace. */
export async function getOwn<T>(what: string): Promise<T> {
  return JSON.parse(await nodeCluster().kubectl(['-n', ownNamespace, 'get', what, '-o', 'json'])) as T;
}

/** What a script prints in a replica. Nothing but Node is in the image, so Node is what looks around in it. */
export function inReplica(name: string | undefined, script: string): Promise<string> {
  const node = ['/nodejs/bin/node', '-e', script];
  return nodeCluster().kubectl(['-n', ownNamespace, 'exec', String(name), '--', ...node]);
}

/** What the kernel says of the program in a replica. */
export async function replicaStatus(name: string | undefined): Promise<Readonly<Record<string, string>>> {
  return parseStatus(await inReplica(name, "process.stdout.write(fs.readFileSync('/proc/1/status'))"));
}
