import type { ApiClient } from './client.ts';
import { ForbiddenError, reasonOf, StatusError } from './errors.ts';
import { isRecord, metadataListOnly, metadataOnly, parseJson } from './objectMeta.ts';
import { readPages } from './pages.ts';

/** An object as others name it that it owns. */
export interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid?: string;
}

/** An object, and the namespace that it is in. */
export interface Owned {
  readonly namespace: string;
  readonly owner: Owner;
}

export interface OwnersOptions {
  readonly client: ApiClient;
  /** The namespaces that are looked at; undefined for all of them. */
  readonly namespaces?: readonly string[] | undefined;
  /** What an object's metadata names as its owner. */
  readonly ownerIn: (metadata: Readonly<Record<string, unknown>>) => Owner | undefined;
  /** Told once for each kind that cannot be read, in a clause, and why. */
  readonly onUnknown: (kind: string, reason: string) => void;
}

/** What owns an object; undefined where nothing does, or nobody knows. */
export type OwnerOf = (namespace: string, owner: Owner) => Owner | undefined;

/** From so many objects of a kind on, listing all of them is less work than asking for each. */
const worthAList = 8;
/** How many are asked for at the same time. */
const atOnce = 8;
/** Chains of owners are shorter than that. */
const longestChain = 8;

/** Finds what owns the given objects, what owns that, and so on: of each, only the metadata is read, and once. */
export async function findOwners(seeds: Iterable<Owned>, options: OwnersOptions): Promise<OwnerOf> {
  const known = new Map<string, Owner | undefined>();
  const resourceOf = createResources(options.client);
  let next = unknownIn(seeds, known);
  for (let round = 0; round < longestChain && next.length > 0; round++) {
    for (const ofKind of byKind(next)) await readKind(ofKind, resourceOf, known, options);
    for (const owned of next) if (!known.has(keyOf(owned))) known.set(keyOf(owned), undefined);
    const found = next.flatMap(({ namespace, owner }) => {
      const above = known.get(keyOf({ namespace, owner }));
      return above ? [{ namespace, owner: above }] : [];
    });
    next = unknownIn(found, known);
  }
  return (namespace, owner) => known.get(keyOf({ namespace, owner }));
}

function unknownIn(all: Iterable<Owned>, known: ReadonlyMap<string, unknown>): readonly Owned[] {
  const unknown = new Map<string, Owned>();
  for (const owned of all) {
    if (isReadable(owned.owner) && !known.has(keyOf(owned))) unknown.set(keyOf(owned), owned);
  }
  return [...unknown.values()];
}

/** Whether its names are such as the API server gives, and so safe in a path; a pod names its owner itself. */
function isReadable({ apiVersion, kind, name }: Owner): boolean {
  return (
    kind !== 'Pod' && /^([a-z0-9][-a-z0-9.]*\/)?v[a-z0-9]+$/.test(apiVersion) && /^[a-z0-9][-a-z0-9.]*$/.test(name)
  );
}

function byKind(all: readonly Owned[]): Iterable<readonly Owned[]> {
  const kinds = new Map<string, Owned[]>();
  for (const owned of all) {
    const key = `${owned.owner.apiVersion}\n${owned.owner.kind}`;
    const members = kinds.get(key) ?? [];
    kinds.set(key, members);
    members.push(owned);
  }
  return kinds.values();
}

interface Resource {
  readonly path: string;
  readonly name: string;
  readonly namespaced: boolean;
}

type Known = Map<string, Owner | undefined>;

async function readKind(
  owned: readonly Owned[],
  resourceOf: (owner: Owner) => Promise<Resource>,
  known: Known,
  options: OwnersOptions,
): Promise<void> {
  const [{ owner }] = owned as readonly [Owned, ...Owned[]];
  try {
    const resource = await resourceOf(owner);
    if (owned.length >= worthAList) await listKind(owner, resource, known, options);
    else await getEach(owned, resource, known, options);
  } catch (error) {
    const reason = error instanceof ForbiddenError ? 'that is not allowed' : reasonOf(error);
    options.onUnknown(owner.kind, reason);
  }
}

/** What the kind is called in paths, asked once for each version of an API. */
function createResources(client: ApiClient): (owner: Owner) => Promise<Resource> {
  const answers = new Map<string, Promise<unknown>>();
  return async ({ apiVersion, kind }) => {
    const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const answer = answers.get(path) ?? readJson(client, path);
    answers.set(path, answer);
    const list = await answer;
    const resources = isRecord(list) && Array.isArray(list.resources) ? list.resources.filter(isRecord) : [];
    const found = resources.find((one) => one.kind === kind && !String(one.name).includes('/'));
    if (!found) throw new StatusError(404);
    return { path, name: encodeURIComponent(String(found.name)), namespaced: found.namespaced === true };
  };
}

async function listKind(
  { apiVersion, kind }: Owner,
  { path, name, namespaced }: Resource,
  known: Known,
  { client, namespaces, ownerIn }: OwnersOptions,
): Promise<void> {
  const scopes =
    namespaces && namespaced ? namespaces.map((one) => `${path}/namespaces/${one}/${name}`) : [`${path}/${name}`];
  for (const scope of scopes) {
    await readPages({
      client,
      path: scope,
      accept: metadataListOnly,
      onRestart: () => {},
      onPage(objects) {
        for (const object of objects) {
          const metadata = metadataOf(object);
          const [namespace, own, uid] = [String(metadata.namespace ?? ''), String(metadata.name), String(metadata.uid)];
          known.set(keyOf({ namespace, owner: { apiVersion, kind, name: own, uid } }), ownerIn(metadata));
        }
      },
    });
  }
}

async function getEach(
  owned: readonly Owned[],
  resource: Resource,
  known: Known,
  options: OwnersOptions,
): Promise<void> {
  const { client, ownerIn } = options;
  const waiting = [...owned];
  const ask = async () => {
    for (let one = waiting.pop(); one; one = waiting.pop()) {
      const { path, name, namespaced } = resource;
      const scope = namespaced ? `${path}/namespaces/${one.namespace}/${name}` : `${path}/${name}`;
      const object = await readJson(client, `${scope}/${one.owner.name}`, metadataOnly).catch(onlyMissing);
      known.set(keyOf(one), object === undefined ? undefined : ownerIn(metadataOf(object)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, ask));
}

async function readJson(client: ApiClient, path: string, accept?: string): Promise<unknown> {
  const { status, body } = await client.get(path, { timeoutMs: 30_000, ...(accept !== undefined && { accept }) });
  if (status === 403) throw new ForbiddenError(`the API server does not allow GET ${path}`);
  if (status !== 200) throw new StatusError(status);
  return parseJson(body);
}

/** An owner may be gone before what it owned. */
function onlyMissing(error: unknown): undefined {
  if (error instanceof StatusError && error.status === 404) return undefined;
  throw error;
}

function metadataOf(object: unknown): Readonly<Record<string, unknown>> {
  const metadata = isRecord(object) ? object.metadata : undefined;
  return isRecord(metadata) ? metadata : {};
}

function keyOf({ namespace, owner: { apiVersion, kind, name } }: Owned): string {
  return [namespace, apiVersion, kind, name].join('\n');
}
