import { isNamespaceName } from '../admission/namespaceName.ts';
import type { NamespaceRecord } from '../admission/namespacePolicy.ts';
import { nearestWord, quoted } from '../admission/words.ts';
import { whyUnreadable } from '../files/whyUnreadable.ts';
import { type ApiClient, type ConnectedClient, createApiClient } from '../kubernetes/client.ts';
import { NoKubeconfigError, reasonOf, StatusError } from '../kubernetes/errors.ts';
import { decodeObjectMeta, isRecord, metadataListOnly, metadataOnly, parseJson } from '../kubernetes/objectMeta.ts';
import { minorIn } from '../kubernetes/serverVersion.ts';

/** A pod as the API server has it, and what is needed to understand it. */
export interface LivePod {
  readonly object: unknown;
  readonly namespace: string;
  /** Absent where it must not be read. */
  readonly record?: NamespaceRecord | undefined;
  readonly minor?: number | undefined;
}

export interface LivePodOptions {
  readonly name: string;
  /** The namespace of the context where none is given. */
  readonly namespace?: string | undefined;
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
}

/** Says in one sentence why there is nothing to explain. */
export class LivePodError extends Error {
  override readonly name = 'LivePodError';
}

const timeoutMs = 15_000;

const noKubeconfig = 'there is no kubeconfig: name one with --kubeconfig, or the manifest of the pod with -f';

/** Reads a pod, its namespace and the version of the API server. Rejects with a LivePodError when there is no pod to read. */
export async function readLivePod(options: LivePodOptions): Promise<LivePod> {
  const client = await connect(options);
  try {
    const namespace = options.namespace ?? client.namespace;
    const [object, record, minor] = await Promise.all([
      readPod(client, namespace, options.name),
      readNamespace(client, namespace),
      readMinor(client),
    ]);
    return { object, namespace, record, minor };
  } catch (error) {
    if (error instanceof LivePodError) throw error;
    throw new LivePodError(`the cluster at ${client.server} cannot be read: ${reasonOf(error)}`);
  } finally {
    client.close();
  }
}

async function connect({ kubeconfig, context }: LivePodOptions): Promise<ConnectedClient> {
  try {
    return await createApiClient({ kubeconfig, context, log: () => {} });
  } catch (error) {
    if (error instanceof NoKubeconfigError) throw new LivePodError(noKubeconfig);
    const why = whyUnreadable(error);
    const file = kubeconfig === undefined ? 'the kubeconfig' : `the kubeconfig ${quoted(kubeconfig, 200)}`;
    if (why !== undefined) throw new LivePodError(`${file}: ${why}`);
    throw new LivePodError(clause((error as Error).message));
  }
}

/** A message of others as ours are: its first line, without a full stop. */
function clause(message: string): string {
  const [first = ''] = message.split('\n');
  return first.replace(/^The (?=kubeconfig )/, 'the ').replace(/\.$/, '');
}

async function readPod(client: ApiClient, namespace: string, name: string): Promise<unknown> {
  const pods = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const { status, body } = await client.get(`${pods}/${encodeURIComponent(name)}`, { timeoutMs });
  if (status === 200) return parseJson(body);
  if (status === 403) throw new LivePodError(`you may not get pods in the namespace ${namespace}`);
  if (status === 401) throw new LivePodError('the cluster does not know you: its answer is 401');
  if (status !== 404) throw new StatusError(status);
  const named = quoted(name, 253);
  const names = await podNames(client, pods);
  if (names?.length === 0 && !(await isThere(client, namespace))) {
    throw new LivePodError(`there is no namespace ${namespace}, so there is no pod ${named}`);
  }
  throw new LivePodError(`there is no pod ${named} in the namespace ${namespace}${closest(name, names ?? [])}`);
}

/** The names of the pods there, as many as come at once; undefined where they must not be listed. */
async function podNames(client: ApiClient, pods: string): Promise<readonly string[] | undefined> {
  const { status, body } = await client.get(`${pods}?limit=500`, { timeoutMs, accept: metadataListOnly });
  if (status !== 200) return undefined;
  const list = parseJson(body);
  const items = isRecord(list) && Array.isArray(list.items) ? list.items : [];
  return items.map((item) => decodeObjectMeta(item).name);
}

async function isThere(client: ApiClient, namespace: string): Promise<boolean> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
  return (await client.get(path, { timeoutMs, accept: metadataOnly })).status !== 404;
}

const mostNames = 3;

/** The pods whose names go on after what was written, or the one that it is most likely a misspelling of. */
function closest(written: string, names: readonly string[]): string {
  const longer = names.filter((name) => name.startsWith(written));
  const nearest = nearestWord(written, names);
  const found = longer.length > 0 ? longer.slice(0, mostNames) : nearest === undefined ? [] : [nearest];
  return found.length === 0 ? '' : `; did you mean ${found.map((name) => quoted(name, 253)).join(' or ')}?`;
}

/** The namespace with its labels and annotations; undefined where it must not be read. */
async function readNamespace(client: ApiClient, name: string): Promise<NamespaceRecord | undefined> {
  if (!isNamespaceName(name)) throw new LivePodError(`${quoted(name)} is no name of a namespace`);
  const path = `/api/v1/namespaces/${encodeURIComponent(name)}`;
  const { status, body } = await client.get(path, { timeoutMs, accept: metadataOnly });
  if (status !== 200) return undefined;
  const { labels, annotations } = decodeObjectMeta(parseJson(body));
  return { name, labels: textsIn(labels), annotations: textsIn(annotations) };
}

function textsIn(map: unknown): Readonly<Record<string, string>> {
  const entries = isRecord(map) ? Object.entries(map) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

async function readMinor(client: ApiClient): Promise<number | undefined> {
  const { status, body } = await client.get('/version', { timeoutMs });
  return status === 200 ? minorIn(body) : undefined;
}
