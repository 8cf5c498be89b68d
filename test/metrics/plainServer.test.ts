import { once } from 'node:events';
import { get, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect } from 'chai';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { createPlainServer } from '../../src/metrics/plainServer.ts';
import { parseExposition } from './exposition.ts';

describe('createPlainServer', () => {
  let server: Server;
  let reasons: readonly string[];
  let beforeScrape: () => void;
  const metrics = createMetrics('1.2.3');

  before(async () => {
    server = createPlainServer({
      registry: metrics.registry,
      notReady: () => reasons,
      beforeScrape: () => beforeScrape(),
      elapsed: () => performance.now(),
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  beforeEach(() => {
    reasons = [];
    beforeScrape = () => {};
  });

  after(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });

  async function ask(path: string, method = 'GET') {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
    const type = response.headers.get('content-type');
    return { status: response.status, type, allow: response.headers.get('allow'), body: await response.text() };
  }

  const plain = { type: 'text/plain; charset=utf-8', allow: null };

  it('lives', async () => {
    reasons = ['the namespaces have not been listed yet'];
    expect(await ask('/healthz')).to.deep.equal({ ...plain, status: 200, body: 'ok\n' });
  });

  it('is ready when nothing stands against it, and says what does', async () => {
    expect(await ask('/readyz')).to.deep.equal({ ...plain, status: 200, body: 'ok\n' });
    reasons = ['draining', 'the certificate has expired'];
    const body = 'draining\nthe certificate has expired\n';
    expect(await ask('/readyz?verbose')).to.deep.equal({ ...plain, status: 503, body });
  });

  it('shows the metrics as Prometheus reads them, brought up to date before', async () => {
    beforeScrape = () => metrics.inFlight.set(7);
    const { status, type, body } = await ask('/metrics');
    expect(status).to.equal(200);
    expect(type).to.equal('text/plain; version=0.0.4; charset=utf-8');
    expect(parseExposition(body).value('pod_hardener_admission_requests_in_flight')).to.equal(7);
  });

  it('answers a scrape that fails without a word of the cause', async () => {
    beforeScrape = () => {
      throw new Error('at /srv/state.ts:1');
    };
    expect(await ask('/metrics')).to.deep.equal({ ...plain, status: 500, body: 'internal error\n' });
  });

  for (const path of ['/', '/mutate', '/metrics/', '/Metrics', '/readyz/x']) {
    it(`answers 404 for ${path}, and says what is here`, async () => {
      const body = 'here are /metrics, /healthz and /readyz\n';
      expect(await ask(path)).to.deep.equal({ ...plain, status: 404, body });
    });
  }

  it('answers HEAD, and no other method but GET', async () => {
    expect(await ask('/readyz', 'HEAD')).to.include({ status: 200, body: '' });
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect(await ask('/metrics', method)).to.include({ status: 405, body: 'only GET is answered here\n' });
    }
  });

  it('answers a probe beside 300 silent connections', async () => {
    const { port } = server.address() as AddressInfo;
    const sockets = Array.from({ length: 300 }, () => connect(port, '127.0.0.1').on('error', () => {}));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    try {
      const probe = get({ host: '127.0.0.1', port, path: '/healthz', agent: false });
      const [{ statusCode }] = await once(probe, 'response');
      expect(statusCode).to.equal(200);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });
});
