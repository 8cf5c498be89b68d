import type { StoredTable, TableStore } from '../evidence/stores.ts';
import type { ApiClient, ApiResponse } from './client.ts';
import { explained, ResyncError } from './errors.ts';
import { evidenceObjectIn } from './evidenceObject.ts';
import { decodeObjectMeta, isRecord, parseJson } from './objectMeta.ts';

export interface ObjectPlace {
  readonly namespace: string;
  readonly name: string;
}

const timeoutMs = 10_000;
const key = 'images.json';

/** Returns what reads and writes the table in one ConfigMap, which the manifests make. */
export function createEvidenceStore(client: ApiClient, place: ObjectPlace, signal: AbortSignal): TableStore {
  const { namespace, name } = place;
  const path = pathOf(place);

  async function read(): Promise<StoredTable> {
    return decodeAnswer(await client.get(path, { timeoutMs, signal }));
  }

  async function write(text: string, resourceVersion: string): Promise<StoredTable | 'conflict'> {
    const body = JSON.stringify({ metadata: { resourceVersion }, data: { [key]: text } });
    const options = { method: 'PATCH', contentType: 'application/merge-patch+json', body, timeoutMs, signal } as const;
    const response = await client.send(path, options);
    return response.status === 409 ? 'conflict' : decodeAnswer(response);
  }

  function decodeAnswer(response: ApiResponse): StoredTable {
    return decodeConfigMap(evidenceObjectIn(response, `ConfigMap ${namespace}/${name}`));
  }

  return {
    read: () => explained(read),
    write: (text, resourceVersion) => explained(() => write(text, resourceVersion)),
  };
}

/** The status of the answer, and the text of the table where that is 200. Nothing is told of the others: a reader needs no table. */
export async function readEvidence(
  client: ApiClient,
  place: ObjectPlace,
): Promise<{ readonly status: number; readonly text: string }> {
  const { status, body } = await client.get(pathOf(place), { timeoutMs });
  return { status, text: status === 200 ? decodeConfigMap(parseJson(body)).text : '' };
}

function pathOf({ namespace, name }: ObjectPlace): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`;
}

function decodeConfigMap(object: unknown): StoredTable {
  const { resourceVersion } = decodeObjectMeta(object);
  const data = isRecord(object) ? (object.data ?? {}) : undefined;
  if (!isRecord(data)) throw new ResyncError('the API server sent a ConfigMap that is none');
  const text = data[key];
  return { resourceVersion, text: typeof text === 'string' ? text : '' };
}
