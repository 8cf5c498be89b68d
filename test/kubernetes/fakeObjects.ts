import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import jsonPatch from 'fast-json-patch';

export interface FakeObject {
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string };
  readonly [key: string]: unknown;
}

/** An API server on loopback that knows objects by their paths, counts their versions, and refuses what it is told to. */
export interface FakeObjects {
  readonly url: string;
  readonly seen: { readonly method: string; readonly path: string; readonly query: string; readonly type: string }[];
  /** The status to refuse a request with instead of answering it. */
  refuse: (method: string, path: string) => number | undefined;
  /** Has every connection of these requests reset when it was read. */
  reset: (method: string, path: string) => boolean;
  get(path: string): FakeObject | undefined;
  put(path: string, object: FakeObject): void;
  remove(path: string): void;
  close(): Promise<void>;
}

export async function startFakeObjects(): Promise<FakeObjects> {
  const objects = new Map<string, FakeObject>();
  const watchers = new Set<{ readonly path: string; readonly response: ServerResponse }>();
  let version = 100;

  function store(path: string, object: FakeObject, old = objects.get(path)): FakeObject {
    version += 1;
    const uid = old?.metadata.uid ?? `uid-${version}`;
    const stored = { ...object, metadata: { ...object.metadata, uid, resourceVersion: String(version) } };
    objects.set(path, stored);
    tell(path, old ? 'MODIFIED' : 'ADDED', stored);
    return stored;
  }

  function tell(path: string, type: string, object: FakeObject): void {
    for (const watcher of watchers) {
      if (watcher.path === path) watcher.response.write(`${JSON.stringify({ type, object })}\n`);
    }
  }

  function list(url: URL, response: ServerResponse): void {
    const name = /^metadata\.name=(.+)$/.exec(url.searchParams.get('fieldSelector') ?? '')?.[1];
    const path = `${url.pathname}/${name}`;
    if (url.searchParams.has('watch')) {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      const watcher = { path, response };
      watchers.add(watcher);
      response.on('close', () => watchers.delete(watcher));
      const object = objects.get(path);
      const since = Number(url.searchParams.get('resourceVersion'));
      if (object && Number(object.metadata.resourceVersion) > since) tell(path, 'MODIFIED', object);
      return;
    }
    const object = objects.get(path);
    answerWith(response, 200, { metadata: { resourceVersion: String(version) }, items: object ? [object] : [] });
  }

  function create(url: URL, object: FakeObject, response: ServerResponse): void {
    const path = `${url.pathname}/${object.metadata.name}`;
    if (objects.has(path)) answerWith(response, 409, { kind: 'Status', code: 409 });
    else answerWith(response, 201, store(path, object));
  }

  function patch(path: string, type: string, change: unknown, response: ServerResponse): void {
    const old = objects.get(path) ?? { metadata: { name: '' } };
    if (!objects.has(path)) return void answerWith(response, 404, { kind: 'Status', code: 404 });
    try {
      const merged = type.includes('json-patch')
        ? jsonPatch.applyPatch(structuredClone(old), change as jsonPatch.Operation[]).newDocument
        : merge(old, change);
      const { resourceVersion } = (merged as FakeObject).metadata;
      const isCurrent = resourceVersion === old.metadata.resourceVersion;
      answerWith(response, isCurrent ? 200 : 409, isCurrent ? store(path, merged as FakeObject) : { code: 409 });
    } catch {
      answerWith(response, 422, { kind: 'Status', code: 422 });
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', fake.url);
    const { method = '' } = request;
    const type = request.headers['content-type'] ?? '';
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    fake.seen.push({ method, path: url.pathname, query: url.search, type });
    if (fake.reset(method, url.pathname)) return void response.socket?.resetAndDestroy();
    const refused = fake.refuse(method, url.pathname);
    if (refused !== undefined) return answerWith(response, refused, { kind: 'Status', code: refused });
    const body: unknown = chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString());
    if (method === 'POST') return create(url, body as FakeObject, response);
    if (method === 'PATCH') return patch(url.pathname, type, body, response);
    if (/\/(secrets|mutatingwebhookconfigurations)$/.test(url.pathname)) return list(url, response);
    const object = objects.get(url.pathname);
    return answerWith(response, object ? 200 : 404, object ?? { kind: 'Status', code: 404 });
  }

  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fake: FakeObjects = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    refuse: () => undefined,
    reset: () => false,
    get: (path) => objects.get(path),
    put: (path, object) => void store(path, object),
    remove(path) {
      const object = objects.get(path);
      version += 1;
      objects.delete(path);
      if (object) tell(path, 'DELETED', { ...object, metadata: { ...object.metadata, resourceVersion: `${version}` } });
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return fake;
}

/** A JSON merge patch (RFC 7396). */
function merge(target: unknown, change: unknown): unknown {
  if (typeof change !== 'object' || change === null || Array.isArray(change)) return change;
  const merged: Record<string, unknown> = { ...(target as Record<string, unknown>) };
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key] ?? {}, value);
  }
  return merged;
}

function answerWith(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
