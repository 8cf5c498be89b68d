import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { type ApiClient, createApiClient } from '../../src/kubernetes/client.ts';
import type { ListWatch } from '../../src/kubernetes/listWatch.ts';
import { type PodItem, watchPods } from '../../src/kubernetes/pods.ts';
import { writeKubeconfig } from './fakeApiServer.ts';
import { until } from './poll.ts';

const quick = { shortestWaitMs: 5, longestWaitMs: 10, spacingMs: 5 };
const pod = (namespace: string, name: string, resourceVersion: string) => ({
  metadata: { namespace, name, uid: `${namespace}-${name}`, resourceVersion },
  spec: { containers: [{ name: 'app', image: 'nginx' }] },
});

describe('the watch of pods', () => {
  let server: Server;
  let client: ApiClient;
  let removeKubeconfig: () => Promise<void>;
  let status: number;
  let seen: { readonly url: URL; readonly accept: string | undefined }[];
  let watching: ServerResponse[];
  let logged: string[];
  let running: ListWatch<PodItem<unknown>> | undefined;

  beforeEach(async () => {
    [status, seen, watching, logged] = [200, [], [], []];
    server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const kubeconfig = await writeKubeconfig({ server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    removeKubeconfig = kubeconfig.remove;
    client = await createApiClient({ kubeconfig: kubeconfig.file, log: () => {} });
  });

  afterEach(async () => {
    running?.stop();
    client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await removeKubeconfig();
  });

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://fake');
    seen.push({ url, accept: request.headers.accept });
    response.writeHead(status, { 'content-type': 'application/json' });
    if (status === 200 && url.searchParams.has('watch')) {
      response.flushHeaders();
      watching.push(response);
    } else {
      const items = [pod('a', 'web', '5'), pod('b', 'web', '6')];
      response.end(JSON.stringify({ metadata: { resourceVersion: '7' }, items }));
    }
  }

  function start(sight: (object: unknown) => unknown = () => 'seen') {
    running = watchPods({
      client,
      sight,
      onChange: () => {},
      log: (level, message, fields) => logged.push(`${level}: ${message} ${fields?.reason ?? ''}`),
      limits: quick,
    });
    return running;
  }

  it('asks for whole pods of all namespaces, and keeps nothing but the sighting of each', async () => {
    const { items } = start((object) => Object.keys(object as object).join());
    await until('a watch is open', () => watching.length === 1);
    expect([...items.values()]).to.deep.equal([
      { name: 'a/web', uid: 'a-web', resourceVersion: '5', sighting: 'metadata,spec' },
      { name: 'b/web', uid: 'b-web', resourceVersion: '6', sighting: 'metadata,spec' },
    ]);
    expect(seen.map(({ url, accept }) => [url.pathname, accept])).to.deep.equal([
      ['/api/v1/pods', 'application/json'],
      ['/api/v1/pods', 'application/json'],
    ]);
    watching[0]?.write(`${JSON.stringify({ type: 'DELETED', object: pod('a', 'web', '8') })}\n`);
    await until('the pod is forgotten', () => items.size === 1);
    expect([...items.keys()]).to.deep.equal(['b/web']);
  });

  it('says in one sentence that it is not allowed, goes on asking, and takes up its work when it is', async () => {
    status = 403;
    const { items, status: statusOf } = start();
    await until('it has been refused often', () => seen.length > 20);
    expect(logged).to.deep.equal([
      'warn: The watch was interrupted. the API server does not allow listing and watching pods: apply the component ' +
        'evidence of the manifests, or leave --evidence out',
    ]);
    expect(statusOf()).to.include({ synced: false });
    status = 200;
    await until('the pods are known', () => items.size === 2);
    expect(statusOf()).to.include({ synced: true });
  });
});
