import { keyPrefix } from '../admission/keys.ts';
import type { NamespaceRecord } from '../admission/namespacePolicy.ts';
import { type ApiClient, type ConnectedClient, createApiClient } from '../kubernetes/client.ts';
import { ForbiddenError, NoKubeconfigError, reasonOf, StatusError } from '../kubernetes/errors.ts';
import { decodeObjectMeta, isRecord, metadataListOnly, metadataOnly, parseJson } from '../kubernetes/objectMeta.ts';
import { findOwners } from '../kubernetes/owners.ts';
import { readPages } from '../kubernetes/pages.ts';
import { minorIn } from '../kubernetes/serverVersion.ts';
import { PodError } from '../policy/decodePod.ts';
import { oneLine } from '../policy/text.ts';
import { ownerIn } from '../readiness/observed.ts';
import type { Survey } from '../readiness/survey.ts';
import type { Gathered } from './gathered.ts';
import { createGathering, type Gathering } from './gathering.ts';
import { learntElsewhere } from './learntElsewhere.ts';
import { createProgress } from './progress.ts';
import type { Terminal } from './terminal.ts';

export interface LiveOptions {
  /** The namespaces to look at; none for all of them. */
  readonly namespaces: readonly string[];
  readonly kubeconfig?: string;
  readonly context?: string;
}

const noKubeconfig = 'there is no kubeconfig: name one with --kubeconfig, or manifests with -f';

/** The pods of a cluster. What must not be read is a problem or a note, and the rest is read all the same. */
export async function liveSurvey(options: LiveOptions, terminal: Terminal, now: number): Promise<Gathered> {
  const reading = createReading(terminal);
  const gathering = createGathering(now);
  const { survey, evidence } = gathering;
  const nothing = {
    ...reading,
    surveyed: new Map(),
    evidence,
    thing: 'pod',
    ownerOf: () => undefined,
    hasOpenReports: false,
  } as const;
  let client: ConnectedClient;
  try {
    client = await createApiClient({ ...options, log: (level, text) => level !== 'info' && reading.note(text) });
  } catch (error) {
    reading.fail(error instanceof NoKubeconfigError ? noKubeconfig : (error as Error).message);
    return { ...nothing, namespaces: [], source: '', minor: undefined };
  }
  try {
    const minor = await readMinor(client);
    const namespaces = await readNamespaces(client, options.namespaces, reading);
    const unread = await readPods(client, options.namespaces, gathering, reading, terminal);
    return {
      ...nothing,
      surveyed: survey.namespaces(),
      // Of pods that nobody has seen there is nothing to say.
      namespaces: namespaces.filter(({ name }) => !unread.has(name) && !unread.has(undefined)),
      source: client.server,
      minor,
      unlearnt: await learntElsewhere(client, gathering),
      ownerOf: await readOwners(client, options.namespaces, survey, reading),
      hasOpenReports: await knowsOpenReports(client),
    };
  } catch (error) {
    reading.fail(`the cluster cannot be read: ${reasonOf(error)}`);
    return { ...nothing, namespaces: [], source: client.server, minor: undefined };
  } finally {
    client.close();
  }
}

interface Reading {
  readonly problems: string[];
  readonly notes: string[];
  readonly fail: (problem: string) => void;
  readonly note: (note: string) => void;
}

function createReading({ say }: Terminal): Reading {
  const [problems, notes]: [string[], string[]] = [[], []];
  return {
    problems,
    notes,
    fail(problem) {
      problems.push(problem);
      say(oneLine(`error: ${problem}`));
    },
    note(note) {
      notes.push(note);
      say(oneLine(`note: ${note}`));
    },
  };
}

const timeoutMs = 30_000;

async function readMinor(client: ApiClient): Promise<number | undefined> {
  const { status, body } = await client.get('/version', { timeoutMs });
  return status === 200 ? minorIn(body) : undefined;
}

async function readNamespaces(client: ApiClient, names: readonly string[], reading: Reading) {
  if (names.length > 0) return (await Promise.all(names.map((name) => readNamespace(client, name, reading)))).flat();
  let records: NamespaceRecord[] = [];
  const onRestart = () => {
    records = [];
  };
  const onPage = (objects: readonly unknown[]) => void records.push(...objects.map(recordOf));
  try {
    await readPages({ client, path: '/api/v1/namespaces', accept: metadataListOnly, onPage, onRestart });
  } catch (error) {
    if (!(error instanceof ForbiddenError)) throw error;
    reading.fail('you must not list namespaces: name those that you may read with -n');
  }
  return records;
}

async function readNamespace(client: ApiClient, name: string, reading: Reading): Promise<readonly NamespaceRecord[]> {
  const { status, body } = await client.get(`/api/v1/namespaces/${name}`, { timeoutMs, accept: metadataOnly });
  if (status === 200) return [recordOf(parseJson(body))];
  if (status === 404) {
    reading.fail(`there is no namespace ${name}`);
    return [];
  }
  if (status !== 403) throw new StatusError(status);
  reading.note(`you must not read the namespace ${name}: its own policy is not known`);
  return [{ name, labels: {}, annotations: {} }];
}

/** A namespace's record, with only those labels and annotations that a report looks at. */
function recordOf(object: unknown): NamespaceRecord {
  const { name, labels, annotations } = decodeObjectMeta(object);
  return { name, labels: relevant(labels), annotations: relevant(annotations) };
}

function relevant(map: unknown): Readonly<Record<string, string>> {
  const entries = isRecord(map) ? Object.entries(map) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => {
      const [key, value] = entry;
      return typeof value === 'string' && (key.startsWith(keyPrefix) || key.startsWith('pod-security.kubernetes.io/'));
    }),
  );
}

/** The namespaces whose pods must not be read; undefined among them stands for all. */
async function readPods(
  client: ApiClient,
  names: readonly string[],
  gathering: Gathering,
  reading: Reading,
  { showPassing, now }: Terminal,
): Promise<ReadonlySet<string | undefined>> {
  const unread = new Set<string | undefined>();
  const progress = showPassing && createProgress(showPassing, now, 'pods');
  for (const name of names.length > 0 ? names : [undefined]) {
    const path = name === undefined ? '/api/v1/pods' : `/api/v1/namespaces/${name}/pods`;
    try {
      await readPages({
        client,
        path,
        onPage(objects, done, all) {
          for (const object of objects) addPod(object, gathering, reading);
          progress?.at(done, all);
        },
        onRestart() {
          gathering.survey.forget(name);
          reading.note('the list of pods expired while it was read: it is read once more');
        },
      });
    } catch (error) {
      if (!(error instanceof ForbiddenError)) throw error;
      unread.add(name);
      reading.fail(
        name === undefined
          ? 'you must not list the pods of all namespaces: name those that you may read with -n'
          : `you must not list the pods of the namespace ${name}`,
      );
    }
  }
  progress?.end();
  return unread;
}

function addPod(object: unknown, { survey, look }: Gathering, reading: Reading): void {
  try {
    survey.add(look(object));
  } catch (error) {
    if (!(error instanceof PodError)) throw error;
    reading.fail(`the API server sent a pod that is none: ${error.message}`);
  }
}

async function readOwners(
  client: ApiClient,
  names: readonly string[],
  survey: Survey,
  reading: Reading,
): Promise<Gathered['ownerOf']> {
  const seeds = [...survey.namespaces()].flatMap(([namespace, { shapes }]) =>
    shapes.map(({ owner }) => ({ namespace, owner })),
  );
  return findOwners(seeds, {
    client,
    namespaces: names.length > 0 ? names : undefined,
    ownerIn,
    onUnknown: (kind, reason) =>
      reading.note(`the ${kind}s that pods come from cannot be read, since ${reason}: what made those is not known`),
  });
}

async function knowsOpenReports(client: ApiClient): Promise<boolean> {
  const { status } = await client.get('/apis/openreports.io/v1alpha1', { timeoutMs });
  return status === 200;
}
