import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Meta {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** What a request is answered with instead of the usual answer. */
export type Fault = 'none' | 'reset' | 'hang' | { status: number; headers?: Record<string, string>; body?: string };

type Kind = 'list' | 'watch' | 'get';

interface StoredEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: { metadata: { resourceVersion: string } };
}

/** An API server on loopback that knows namespaces only, and misbehaves as it is told. */
export interface FakeApiServer {
  readonly url: string;
  readonly seen: { kind: Kind; url: URL; headers: IncomingHttpHeaders; port: number | undefined; at: number }[];
  /** Faults for the next requests of a kind, in order. */
  readonly next: Record<Kind, Fault[]>;
  /** A fault for every request of a kind. */
  readonly always: Partial<Record<Kind, Fault>>;
  /** Ends every watch normally after so many milliseconds. */
  watchEndsAfterMs: number | undefined;
  /** Events reach the watchers so much later. */
  watchDelayMs: number;
  /** A GET is read at once and answered so much later. */
  getDelayMs: number;
  /** The only token that is accepted. */
  token: string | undefined;
  put(name: string, meta?: Meta): void;
  remove(name: string): void;
  /** Does something of which no watcher is told. */
  silently(change: () => void): void;
  /** Forgets the past: whoever resumes from it is answered 410. */
  compact(how: 'status' | 'event'): void;
  /** Sends this text to every watcher. */
  send(text: string): void;
  bookmark(): void;
  watchers(): number;
  resetWatchers(): void;
  endWatchers(): void;
  count(kind: Kind): number;
  close(): Promise<void>;
}

export async function startFakeApiServer(tls?: { key: string; cert: string }): Promise<FakeApiServer> {
  const namespaces = new Map<string, { metadata: { name: string; uid: string; resourceVersion: string } & Meta }>();
  const watching = new Set<ServerResponse>();
  let events: StoredEvent[] = [];
  let version = 100;
  let uids = 0;
  let compacted = 0;
  let compactedHow: 'status' | 'event' = 'status';
  let silent = false;

  function record(type: StoredEvent['type'], object: StoredEvent['object']): void {
    if (silent) return;
    const event = structuredClone({ type, object });
    events.push(event);
    for (const response of [...watching]) sendLater(response, event);
  }

  function sendLater(response: ServerResponse, event: unknown): void {
    const line = `${JSON.stringify(event)}\n`;
    if (fake.watchDelayMs === 0) response.write(line);
    else setTimeout(() => response.write(line), fake.watchDelayMs).unref();
  }

  function list(url: URL, response: ServerResponse): void {
    const limit = Number(url.searchParams.get('limit') ?? '0') || Number.POSITIVE_INFINITY;
    const [at = version, from = 0] = (url.searchParams.get('continue') ?? '').split('.').filter(Boolean).map(Number);
    const all = [...namespaces.values()];
    const more = from + limit < all.length ? { continue: `${at}.${from + limit}` } : {};
    json(response, 200, {
      kind: 'PartialObjectMetadataList',
      metadata: { resourceVersion: String(at), ...more },
      items: all.slice(from, from + limit),
    });
  }

  function watch(url: URL, response: ServerResponse): void {
    const from = Number(url.searchParams.get('resourceVersion'));
    const expired = { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410 };
    if (from < compacted && compactedHow === 'status') {
      json(response, 410, expired);
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    if (from < compacted) {
      response.end(`${JSON.stringify({ type: 'ERROR', object: expired })}\n`);
      return;
    }
    for (const event of events) if (Number(event.object.metadata.resourceVersion) > from) sendLater(response, event);
    watching.add(response);
    response.on('close', () => watching.delete(response));
    if (fake.watchEndsAfterMs !== undefined) setTimeout(() => response.end(), fake.watchEndsAfterMs).unref();
  }

  function get(name: string, response: ServerResponse): void {
    const found = structuredClone(namespaces.get(name));
    setTimeout(() => json(response, found ? 200 : 404, found ?? { kind: 'Status', code: 404 }), fake.getDelayMs);
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', fake.url);
    const name = /\/api\/v1\/namespaces\/([^/]+)$/.exec(url.pathname)?.[1];
    const kind = name !== undefined ? 'get' : url.searchParams.has('watch') ? 'watch' : 'list';
    fake.seen.push({ kind, url, headers: request.headers, port: request.socket.remotePort, at: performance.now() });
    const fault = fake.next[kind].shift() ?? fake.always[kind];
    const authorized = fake.token === undefined || request.headers.authorization === `Bearer ${fake.token}`;
    if (fault !== undefined && fault !== 'none') misbehave(fault, response);
    else if (!authorized) json(response, 401, { kind: 'Status', code: 401 });
    else if (name !== undefined) get(name, response);
    else if (kind === 'watch') watch(url, response);
    else list(url, response);
  }

  const server: Server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const fake: FakeApiServer = {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    next: { list: [], watch: [], get: [] },
    always: {},
    watchEndsAfterMs: undefined,
    watchDelayMs: 0,
    getDelayMs: 0,
    token: undefined,
    put(name, meta = {}) {
      const old = namespaces.get(name);
      version += 1;
      if (old === undefined) uids += 1;
      const uid = old?.metadata.uid ?? `uid-${uids}`;
      const object = { metadata: { name, uid, resourceVersion: String(version), ...meta } };
      namespaces.set(name, object);
      record(old === undefined ? 'ADDED' : 'MODIFIED', object);
    },
    remove(name) {
      const old = namespaces.get(name);
      if (old === undefined) return;
      version += 1;
      namespaces.delete(name);
      record('DELETED', { metadata: { ...old.metadata, resourceVersion: String(version) } });
    },
    silently(change) {
      silent = true;
      change();
      silent = false;
    },
    compact(how) {
      version += 1;
      compacted = version;
      compactedHow = how;
      events = [];
    },
    send(text) {
      for (const response of watching) response.write(text);
    },
    bookmark() {
      version += 1;
      fake.send(
        `${JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(version) } } })}\n`,
      );
    },
    watchers: () => watching.size,
    resetWatchers() {
      for (const response of watching) response.socket?.resetAndDestroy();
    },
    endWatchers() {
      for (const response of watching) response.end();
    },
    count: (kind) => fake.seen.filter((request) => request.kind === kind).length,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return fake;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function misbehave(fault: Exclude<Fault, 'none'>, response: ServerResponse): void {
  if (fault === 'hang') return;
  if (fault === 'reset') response.socket?.resetAndDestroy();
  else response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
}

/** Writes a kubeconfig (JSON is YAML) into a folder of its own. */
export async function writeKubeconfig(
  cluster: Record<string, unknown>,
  user?: Record<string, unknown>,
): Promise<{ file: string; folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'pod-hardener-'));
  const file = join(folder, 'kubeconfig');
  const kubeconfig = {
    clusters: [{ name: 'c', cluster }],
    users: user === undefined ? [] : [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  await writeFile(file, JSON.stringify(kubeconfig));
  return { file, folder, remove: () => rm(folder, { recursive: true }) };
}
