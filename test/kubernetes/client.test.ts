import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { expect } from 'chai';
import { type ApiClient, createApiClient } from '../../src/kubernetes/client.ts';
import { TimeoutError, TooLargeError } from '../../src/kubernetes/errors.ts';
import { type FakeApiServer, startFakeApiServer, writeKubeconfig } from './fakeApiServer.ts';
import { startFakeObjects } from './fakeObjects.ts';
import { rejection, until } from './poll.ts';

const path = '/api/v1/namespaces/a';
const timeoutMs = 2_000;

describe('createApiClient', () => {
  let server: FakeApiServer;
  let client: ApiClient | undefined;
  let kubeconfig: Awaited<ReturnType<typeof writeKubeconfig>> | undefined;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pod-hardener-'));
    server = await startFakeApiServer();
    server.put('a');
  });

  afterEach(async () => {
    client?.close();
    await server.close();
    await kubeconfig?.remove();
    kubeconfig = undefined;
    await rm(folder, { recursive: true });
  });

  async function connect(
    user: Record<string, unknown> = {},
    limits: { maxBodyBytes?: number } = {},
  ): Promise<ApiClient> {
    kubeconfig = await writeKubeconfig({ server: server.url }, user);
    client = await createApiClient({ kubeconfig: kubeconfig.file, log: () => {}, ...limits });
    return client;
  }

  async function connectWithTokenFile(token: string): Promise<{ get: ApiClient['get']; file: string }> {
    const file = join(folder, 'token');
    await writeFile(file, token);
    const { get } = await connect({ 'auth-provider': { name: 'file', config: { tokenFile: file } } });
    return { get, file };
  }

  it('throws when the kubeconfig is missing or names no cluster', async () => {
    expect(await rejection(createApiClient({ kubeconfig: '/nowhere/kubeconfig', log: () => {} }))).to.be.an('error');
    kubeconfig = await writeKubeconfig({ server: server.url });
    const text = await readFile(kubeconfig.file, 'utf8');
    await writeFile(kubeconfig.file, text.replace('"current-context":"x"', '"current-context":"y"'));
    expect(String(await rejection(createApiClient({ kubeconfig: kubeconfig.file, log: () => {} })))).to.contain(
      'has no current context',
    );
  });

  it('speaks with the cluster of the context that is named, and knows its namespace', async () => {
    const other = { name: 'other', context: { cluster: 'c', user: 'u', namespace: 'team' } };
    kubeconfig = await writeKubeconfig({ server: server.url });
    const config = JSON.parse(await readFile(kubeconfig.file, 'utf8'));
    await writeFile(kubeconfig.file, JSON.stringify({ ...config, contexts: [...config.contexts, other] }));
    const options = { kubeconfig: kubeconfig.file, log: () => {} };
    const clients = [await createApiClient(options), await createApiClient({ ...options, context: 'other' })];
    expect(clients.map(({ namespace }) => namespace)).to.deep.equal(['default', 'team']);
    expect(clients.map((one) => one.server)).to.deep.equal([server.url, server.url]);
    for (const one of clients) one.close();
    const unknown = rejection(createApiClient({ ...options, context: 'none' }));
    expect(((await unknown) as Error).message).to.equal('The kubeconfig has no context "none".');
  });

  it('returns answers of any status', async () => {
    const { get } = await connect();
    expect((await get(path, { timeoutMs })).status).to.equal(200);
    expect((await get('/api/v1/namespaces/b', { timeoutMs })).status).to.equal(404);
    server.next.get.push({ status: 500, body: 'oh' });
    expect(await get(path, { timeoutMs })).to.include({ status: 500, body: 'oh' });
  });

  it('keeps the path of the server’s address', async () => {
    kubeconfig = await writeKubeconfig({ server: `${server.url}/k8s/clusters/c-1/` });
    client = await createApiClient({ kubeconfig: kubeconfig.file, log: () => {} });
    await client.get(path, { timeoutMs });
    expect(server.seen[0]?.url.pathname).to.equal(`/k8s/clusters/c-1${path}`);
  });

  it('reads a rotated token at once after a 401, and asks again', async () => {
    server.token = 'first';
    const { get, file } = await connectWithTokenFile('first\n');
    expect((await get(path, { timeoutMs })).status).to.equal(200);
    await writeFile(file, 'second\n');
    server.token = 'second';
    expect((await get(path, { timeoutMs })).status).to.equal(200);
    expect(server.seen.map(({ headers }) => headers.authorization)).to.deep.equal([
      'Bearer first',
      'Bearer first',
      'Bearer second',
    ]);
  });

  it('reads the kubeconfig again after a 401', async () => {
    server.token = 'second';
    const { get } = await connect({ token: 'first' });
    const file = kubeconfig?.file ?? '';
    await writeFile(file, (await readFile(file, 'utf8')).replace('first', 'second'));
    expect((await get(path, { timeoutMs })).status).to.equal(200);
  });

  it('returns the second 401, and does not ask a third time', async () => {
    server.token = 'right';
    const { get } = await connect({ token: 'wrong' });
    expect((await get(path, { timeoutMs })).status).to.equal(401);
    expect(server.seen).to.have.length(2);
  });

  it('stays with the last token while the file cannot be read', async () => {
    server.token = 'first';
    const { get, file } = await connectWithTokenFile('first');
    expect((await get(path, { timeoutMs })).status).to.equal(200);
    await rm(file);
    server.next.get.push({ status: 401 });
    expect((await get(path, { timeoutMs })).status).to.equal(200);
  });

  it('runs a credential plugin, and runs it again after a 401', async () => {
    const plugin = join(folder, 'plugin');
    const print = (token: string) =>
      writeFile(
        plugin,
        `#!/bin/sh\necho '{"apiVersion":"v1","kind":"ExecCredential","status":{"token":"${token}"}}'\n`,
      );
    await print('first');
    await chmod(plugin, 0o700);
    server.token = 'first';
    const { get } = await connect({ exec: { apiVersion: 'client.authentication.k8s.io/v1', command: plugin } });
    expect((await get(path, { timeoutMs })).status).to.equal(200);
    await print('second');
    server.token = 'second';
    expect((await get(path, { timeoutMs })).status).to.equal(200);
    expect(server.seen.map(({ headers }) => headers.authorization).at(-1)).to.equal('Bearer second');
  });

  it('checks the server’s certificate against the cluster’s CA, without and with a user', async () => {
    const tls = await selfSigned();
    const secure = await startFakeApiServer(tls);
    try {
      secure.put('a');
      for (const user of [undefined, {}, { token: 't' }]) {
        const trusting = await writeKubeconfig(
          { server: secure.url, 'certificate-authority-data': Buffer.from(tls.cert).toString('base64') },
          user,
        );
        const trusted = await createApiClient({ kubeconfig: trusting.file, log: () => {} });
        expect((await trusted.get(path, { timeoutMs })).status).to.equal(200);
        trusted.close();
        await trusting.remove();
      }
      const strange = await writeKubeconfig({ server: secure.url });
      client = await createApiClient({ kubeconfig: strange.file, log: () => {} });
      expect(await rejection(client.get(path, { timeoutMs }))).to.have.property('code', 'DEPTH_ZERO_SELF_SIGNED_CERT');
      await strange.remove();
    } finally {
      await secure.close();
    }
  });

  it('rejects in time when there is no answer', async () => {
    server.always.get = 'hang';
    const { get } = await connect();
    const beginning = performance.now();
    expect(await rejection(get(path, { timeoutMs: 50 }))).to.be.instanceOf(TimeoutError);
    expect(performance.now() - beginning).to.be.within(40, 1_000);
  });

  it('rejects an answer that is too large', async () => {
    server.always.get = { status: 200, body: 'x'.repeat(10_001) };
    const { get } = await connect({}, { maxBodyBytes: 10_000 });
    expect(await rejection(get(path, { timeoutMs }))).to.be.instanceOf(TooLargeError);
  });

  it('tries a second time when an idle connection turns out to be closed', async () => {
    const { get } = await connect();
    await get(path, { timeoutMs });
    server.next.get.push('reset');
    expect((await get(path, { timeoutMs })).status).to.equal(200);
  });

  it('sends a change with its body and type, and again after a 401, but not after a connection was closed', async () => {
    const objects = await startFakeObjects();
    try {
      kubeconfig = await writeKubeconfig({ server: objects.url });
      client = await createApiClient({ kubeconfig: kubeconfig.file, log: () => {} });
      const [collection, type] = ['/api/v1/namespaces/a/secrets', 'application/json'] as const;
      const create = (name: string) => {
        const body = JSON.stringify({ metadata: { name } });
        return client?.send(collection, { method: 'POST', contentType: type, body, timeoutMs });
      };
      expect((await create('b'))?.status).to.equal(201);
      expect(objects.get(`${collection}/b`)?.metadata).to.include({ name: 'b' });
      let refusals = 1;
      objects.refuse = () => (refusals-- > 0 ? 401 : undefined);
      expect((await create('c'))?.status).to.equal(201);
      objects.reset = () => true;
      expect(await rejection(create('d'))).to.include({ code: 'ECONNRESET' });
      const post = { method: 'POST', path: collection, query: '', type };
      expect(objects.seen).to.deep.equal([post, post, post, post]);
    } finally {
      await objects.close();
    }
  });

  it('asks over one connection', async () => {
    const { get } = await connect();
    const ports = new Set<number | undefined>();
    for (let i = 0; i < 3; i += 1) {
      await get(path, { timeoutMs });
      ports.add(server.seen.at(-1)?.port);
    }
    expect(ports.size).to.equal(1);
  });

  it('ends a stream when it is told to', async () => {
    const { stream } = await connect();
    const ending = new AbortController();
    const ended = rejection(
      stream('/api/v1/namespaces?watch=true', { inactivityMs: 5_000, signal: ending.signal, onLine: () => {} }),
    );
    await until('it is open', () => server.watchers() === 1);
    ending.abort(new Error('enough'));
    expect(String(await ended)).to.equal('Error: enough');
    await until('it is closed', () => server.watchers() === 0);
  });
});

async function selfSigned(): Promise<{ key: string; cert: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=127.0.0.1',
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 600_000),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
  });
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return { key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`, cert: certificate.toString('pem') };
}
