import http, { type Server, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { createScrape } from './scrape.ts';

export interface PlainServerOptions {
  readonly registry: Registry;
  /** Why no request should be sent here now, one phrase each; empty when ready. */
  readonly notReady: () => readonly string[];
  /** Brings what is known elsewhere into the registry. */
  readonly beforeScrape: () => void;
  /** Milliseconds that never go back. */
  readonly elapsed: () => number;
}

/** In milliseconds. A prober must not be kept out by those who connect and say nothing. */
const limits = { headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };

/** The plain HTTP server for scrapers and probes: `/metrics`, `/healthz` and `/readyz`. It does not listen yet. */
export function createPlainServer({ registry, notReady, beforeScrape, elapsed }: PlainServerOptions): Server {
  const scrape = createScrape({ registry, beforeScrape, elapsed });
  const server = http.createServer({ ...limits }, async (request, response) => {
    const path = request.url?.split('?', 1)[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return send(response, 405, 'only GET is answered here');
    }
    if (path === '/healthz') return send(response, 200, 'ok');
    if (path === '/readyz') return sendReadiness(response, notReady());
    if (path === '/metrics') return sendMetrics(response, registry.contentType, scrape);
    return send(response, 404, 'here are /metrics, /healthz and /readyz');
  });
  server.maxConnections = 1024;
  return server;
}

function sendReadiness(response: ServerResponse, reasons: readonly string[]): void {
  if (reasons.length === 0) send(response, 200, 'ok');
  else send(response, 503, reasons.join('\n'));
}

async function sendMetrics(response: ServerResponse, type: string, scrape: () => Promise<Buffer>): Promise<void> {
  try {
    const text = await scrape();
    response.writeHead(200, { 'Content-Type': type }).end(text);
  } catch {
    send(response, 500, 'internal error');
  }
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}
