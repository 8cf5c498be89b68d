import type { SecretChange, SecretStore, StoredSecret } from '../certificates/stores.ts';
import type { ApiClient, ApiResponse } from './client.ts';
import { explained, ForbiddenError, ResyncError } from './errors.ts';
import { statusErrorOf } from './list.ts';
import { decodeObjectMeta, isRecord, parseJson } from './objectMeta.ts';

export interface SecretPlace {
  readonly namespace: string;
  readonly name: string;
}

const timeoutMs = 5_000;

/** Returns the path of the collection that the Secret is in. */
export function secretsIn({ namespace }: SecretPlace): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
}

/** What to tell an administrator when the Secret cannot be read. */
export function secretForbidden({ namespace, name }: SecretPlace): string {
  return `the API server does not allow reading Secret ${namespace}/${name}: apply the Role in the manifest`;
}

/** Returns what reads and writes one Secret. */
export function createSecretStore(client: ApiClient, place: SecretPlace, signal: AbortSignal): SecretStore {
  const { namespace, name } = place;
  const collection = secretsIn(place);
  const path = `${collection}/${encodeURIComponent(name)}`;

  async function read(): Promise<StoredSecret | undefined> {
    const response = await client.get(path, { timeoutMs, signal });
    if (response.status === 404) return undefined;
    if (response.status === 403) throw new ForbiddenError(secretForbidden(place));
    return decodeAnswer(response);
  }

  async function create(change: SecretChange): Promise<StoredSecret | 'conflict'> {
    // Of this type it may also stand in a manifest that is applied again and again, which then neither forbids ours nor
    // writes empty values over what we have made.
    const object = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata: { name, ...metadataOf(change) } };
    const body = JSON.stringify({ ...object, data: withoutNulls(encoded(change.data)) });
    const options = { method: 'POST', contentType: 'application/json', body, timeoutMs, signal } as const;
    const response = await client.send(collection, options);
    if (response.status !== 403) return response.status === 409 ? 'conflict' : decodeAnswer(response);
    throw new ForbiddenError(
      `Secret ${namespace}/${name} does not exist and the API server does not allow creating it: ` +
        'apply the manifest, which holds an empty one',
    );
  }

  async function update(change: SecretChange, resourceVersion: string): Promise<StoredSecret | 'conflict'> {
    const metadata = { resourceVersion, labels: change.labels, annotations: change.annotations };
    const body = JSON.stringify({ metadata, data: encoded(change.data) });
    const options = { method: 'PATCH', contentType: 'application/merge-patch+json', body, timeoutMs, signal } as const;
    const response = await client.send(path, options);
    if (response.status !== 403) return [404, 409].includes(response.status) ? 'conflict' : decodeAnswer(response);
    throw new ForbiddenError(
      `the API server does not allow writing Secret ${namespace}/${name}: apply the Role in the manifest`,
    );
  }

  return {
    read: () => explained(read),
    create: (change) => explained(() => create(change)),
    update: (change, resourceVersion) => explained(() => update(change, resourceVersion)),
  };
}

/** Returns what matters of a Secret; throws ResyncError if it is none. */
export function decodeSecret(object: unknown): StoredSecret {
  const { resourceVersion, labels, annotations } = decodeObjectMeta(object);
  const data = textsIn(isRecord(object) ? object.data : undefined);
  const decoded = Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString('utf8')]);
  return {
    resourceVersion,
    labels: textsIn(labels),
    annotations: textsIn(annotations),
    data: Object.fromEntries(decoded),
  };
}

function decodeAnswer(response: ApiResponse): StoredSecret {
  if (response.status !== 200 && response.status !== 201) throw statusErrorOf(response);
  return decodeSecret(parseJson(response.body));
}

function textsIn(value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) throw new ResyncError('the API server sent a Secret that is none');
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function metadataOf({ labels, annotations }: SecretChange) {
  return { labels, annotations: withoutNulls(annotations) };
}

function encoded(data: SecretChange['data']): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(data).map(([key, text]) => [key, text === null ? null : Buffer.from(text).toString('base64')]),
  );
}

function withoutNulls(values: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null));
}
