import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createMetrics, type Metrics } from '../metrics/metrics.ts';
import { createPlainServer } from '../metrics/plainServer.ts';
import { createRecorder } from '../metrics/record.ts';
import { show } from '../metrics/show.ts';
import { createApp, createLoad } from '../webhook/app.ts';
import { watchConnectionAge } from '../webhook/connectionAge.ts';
import { drain } from '../webhook/drain.ts';
import { contextOptions, createTlsServer } from '../webhook/server.ts';
import { createLog, type Log } from './log.ts';
import { clusterPolicies, filePolicies, type PolicySource } from './policySource.ts';
import { logReply } from './reviewLog.ts';
import type { ServeOptions } from './serveOptions.ts';
import { makeCertificate, readCertificate, type ServingCertificate, watchCertificate } from './servingCertificate.ts';
import { version } from './version.ts';

/** How long a request may still run once the server has stopped listening, in milliseconds. */
const graceMs = 5_000;

/** Runs the webhook until it is told to end. Resolves with the exit code. */
export async function serve(options: ServeOptions): Promise<number> {
  const log = createLog(options.logLevel);
  const ending = endOfProcess(log);
  try {
    const host = options.host ?? (options.standalone ? '127.0.0.1' : undefined);
    const certificate = await firstCertificate(options, host, log);
    const source = await policySource(options, log);
    const webhook = startWebhook(options, { certificate, source, log });
    await listen(webhook.plain, options.metricsPort, host);
    await listen(webhook.server, options.port, host);
    log('info', 'Listening.', {
      version,
      mutate: `https://${addressOf(webhook.server)}/mutate`,
      metrics: `http://${addressOf(webhook.plain)}/metrics`,
    });
    const code = await ending;
    log('info', 'Draining: no new connection is kept; the same signal again ends it at once.', {
      milliseconds: options.shutdownDelayMs,
    });
    await webhook.stop();
    log('info', 'Ended.', { code });
    return code;
  } catch (error) {
    log('error', 'The webhook cannot run.', { error: error instanceof Error ? error.message : String(error) });
    return 1;
  }
}

function firstCertificate(options: ServeOptions, host: string | undefined, log: Log): Promise<ServingCertificate> {
  const { tlsCertFile, tlsKeyFile } = options;
  if (tlsCertFile && tlsKeyFile) return readCertificate(tlsCertFile, tlsKeyFile, Date.now());
  return makeCertificate(host, log);
}

function policySource(options: ServeOptions, log: Log): Promise<PolicySource> {
  return options.standalone && options.namespaces
    ? filePolicies(options.namespaces, log)
    : clusterPolicies(options, log);
}

interface Parts {
  readonly certificate: ServingCertificate;
  readonly source: PolicySource;
  readonly log: Log;
}

function startWebhook(options: ServeOptions, { certificate, source, log }: Parts) {
  const metrics = createMetrics(version);
  const record = createRecorder(metrics, options.metricsNamespaces);
  const load = createLoad();
  let { notAfter } = certificate;
  let draining = false;

  const app = createApp({
    findPolicy: source.findPolicy,
    provenance: options.provenance,
    load,
    isLast: (request) => draining || isOld(request),
    observe(reply, seconds) {
      record(reply, seconds);
      logReply(log, reply, seconds);
    },
  });
  const server = createTlsServer(certificate, app);
  const isOld = watchConnectionAge(server, Date.now, Math.random);
  const stopWatching = exchangeCertificates(options, certificate, server, metrics, log, (changed) => {
    notAfter = changed;
  });
  const plain = createPlainServer({
    registry: metrics.registry,
    notReady: () => [
      ...(draining ? ['draining'] : []),
      ...(source.status().synced ? [] : ['the namespaces have not been listed yet']),
      ...(Date.now() < notAfter ? [] : ['the certificate has expired']),
    ],
    beforeScrape: () => show(metrics, { ...source.status(), inFlight: load.requests, notAfter }),
  });

  return {
    server,
    plain,
    async stop() {
      draining = true;
      await drain(server, { delayMs: options.shutdownDelayMs, graceMs });
      stopWatching();
      source.stop();
      plain.closeAllConnections();
      plain.close();
    },
  };
}

function exchangeCertificates(
  { tlsCertFile, tlsKeyFile }: ServeOptions,
  first: ServingCertificate,
  server: Server,
  metrics: Metrics,
  log: Log,
  onChange: (notAfter: number) => void,
): () => void {
  if (!tlsCertFile || !tlsKeyFile) return () => {};
  return watchCertificate(
    { certFile: tlsCertFile, keyFile: tlsKeyFile },
    first,
    (certificate) => {
      server.setSecureContext(contextOptions(certificate));
      onChange(certificate.notAfter);
      metrics.certificateReloads.inc({ result: 'success' });
      log('info', 'The certificate was exchanged.', { notAfter: new Date(certificate.notAfter).toISOString() });
    },
    (error) => {
      metrics.certificateReloads.inc({ result: 'failure' });
      log('error', 'The certificate was not exchanged; the last one stays.', { error: error.message });
    },
  );
}

async function listen(server: Server | HttpServer, port: number, host: string | undefined): Promise<void> {
  server.listen({ port, ...(host !== undefined && { host }) });
  await once(server, 'listening');
}

function addressOf(server: Server | HttpServer): string {
  const { address, port, family } = server.address() as AddressInfo;
  return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Resolves with the exit code once the process is told to end, or once a fault has left it in an unknown state. */
function endOfProcess(log: Log): Promise<number> {
  return new Promise((resolve) => {
    let ending = false;
    const end = (code: number) => {
      if (ending) process.exit(1);
      ending = true;
      resolve(code);
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(0));
    for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
      process.on(fault, (error: unknown) => {
        log('error', 'A fault of this program: it drains and ends.', {
          error: error instanceof Error ? error.stack : String(error),
        });
        if (!ending) end(1);
      });
    }
  });
}
