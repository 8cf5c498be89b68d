import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeResource {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [member: string]: unknown };
  readonly [member: string]: unknown;
}

/** An API server on loopback that has objects to be read: lists in pages, single ones, and which resources there are. */
export interface FakeCluster {
  readonly url: string;
  readonly seen: { readonly path: string; readonly query: URLSearchParams; readonly accept: string }[];
  /** The statuses with which the next requests for a path are refused. */
  readonly next: Map<string, (number | { readonly status: number; readonly retryAfter: number })[]>;
  /** The paths that must not be read. */
  readonly forbidden: Set<string>;
  /** Adds a resource such as `deployments` of `/apis/apps/v1`, and the objects of it. */
  put(api: string, resource: string, kind: string, ...objects: readonly FakeResource[]): void;
  close(): Promise<void>;
}

interface Collection {
  readonly api: string;
  readonly resource: string;
  readonly kind: string;
  readonly objects: FakeResource[];
}

export async function startFakeCluster(minor = '36'): Promise<FakeCluster> {
  const collections: Collection[] = [];

  function find(path: string, query: URLSearchParams): readonly [status: number, body: unknown] {
    if (path === '/version') return [200, { major: '1', minor }];
    const ofApi = collections.filter(({ api }) => path === api);
    if (ofApi.length > 0) return [200, { resources: ofApi.flatMap(resourcesOf) }];
    for (const { api, resource, objects } of collections) {
      const pattern = new RegExp(`^${api}(?:/namespaces/([^/]+))?/${resource}(?:/([^/]+))?$`);
      const [matched, namespace, name] = pattern.exec(path) ?? [];
      if (matched === undefined) continue;
      const within = objects.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
      if (name === undefined) return [200, pageOf(within, query)];
      const one = within.find(({ metadata }) => metadata.name === name);
      return one ? [200, one] : [404, { kind: 'Status' }];
    }
    return [404, { kind: 'Status' }];
  }

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', fake.url);
    fake.seen.push({ path: pathname, query: searchParams, accept: request.headers.accept ?? '' });
    const fault = fake.next.get(pathname)?.shift();
    if (fake.forbidden.has(pathname)) answer(response, 403, { kind: 'Status' });
    else if (fault === undefined || fault === 200) answer(response, ...find(pathname, searchParams));
    else if (typeof fault === 'number') answer(response, fault, { kind: 'Status' });
    else answer(response, fault.status, { kind: 'Status' }, { 'retry-after': String(fault.retryAfter) });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const fake: FakeCluster = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    next: new Map(),
    forbidden: new Set(),
    put(api, resource, kind, ...objects) {
      const known = collections.find((one) => one.api === api && one.resource === resource);
      if (known) known.objects.push(...objects);
      else collections.push({ api, resource, kind, objects: [...objects] });
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return fake;
}

function pageOf(objects: readonly FakeResource[], query: URLSearchParams) {
  const from = Number(query.get('continue') ?? 0);
  const end = from + Number(query.get('limit') ?? objects.length);
  const more = end < objects.length && { continue: String(end), remainingItemCount: objects.length - end };
  return { metadata: { resourceVersion: '7', ...more }, items: objects.slice(from, end) };
}

function resourcesOf({ resource, kind }: Collection) {
  return [
    { name: `${resource}/status`, kind, namespaced: true },
    { name: resource, kind, namespaced: true },
  ];
}

function answer(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
