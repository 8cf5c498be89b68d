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
import type { Reply } from '../webhook/reply.ts';
import { contextOptions, createTlsServer } from '../webhook/server.ts';
import { endOfProcess } from './endOfProcess.ts';
import { createLog, type Log } from './log.ts';
import { clusterPolicies, filePolicies, type PolicySource } from './policySource.ts';
import { logReply } from './reviewLog.ts';
import type { ServeOptions } from './serveOptions.ts';
import { makeCertificate, readCertificate, type ServingCertificate, watchCertificate } from './servingCertificate.ts';
import { version } from './version.ts';

/** How long a request may still run once the server has stopped listening, in milliseconds. */
const graceMs = 5_000;

/** Runs the webhook until it is told to end. Resolves with the exit code, when nothing of it runs any more. */
export async function serve(options: ServeOptions): Promise<number> {
  const log = createLog(options.logLevel);
  const ending = endOfProcess(log);
  const cleanUps: (() => void)[] = [];
  try {
    const webhook = await startWebhook(options, log, cleanUps);
    const code = await ending;
    log('info', 'Draining. The same signal again ends it at once.', { milliseconds: options.shutdownDelayMs });
    await webhook.drain();
    log('info', 'Ended.', { code });
    return code;
  } catch (error) {
    log('error', 'The webhook cannot run.', { error: error instanceof Error ? error.message : String(error) });
    return 1;
  } finally {
    for (const cleanUp of cleanUps.reverse()) cleanUp();
  }
}

/** Starts everything; what has been started is undone by the clean-ups, also when a later part fails. */
async function startWebhook(options: ServeOptions, log: Log, cleanUps: (() => void)[]) {
  const host = options.host ?? (options.standalone ? '127.0.0.1' : undefined);
  const certificate = await firstCertificate(options, host, log);
  const source = await policySource(options, log);
  cleanUps.push(source.stop);
  const { server, plain, startDraining, stopWatching } = createWebhook(options, { certificate, source, log });
  cleanUps.push(stopWatching);
  for (const [one, port] of [
    [plain, options.metricsPort],
    [server, options.port],
  ] as const) {
    await listen(one, port, host);
    cleanUps.push(() => {
      one.close();
      one.closeAllConnections();
    });
  }
  log('info', 'Listening.', {
    version,
    mutate: `https://${addressOf(server)}/mutate`,
    metrics: `http://${addressOf(plain)}/metrics`,
  });
  return {
    drain() {
      startDraining();
      return drain(server, { delayMs: options.shutdownDelayMs, graceMs });
    },
  };
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

/** Wires the servers. Neither listens yet. */
function createWebhook(options: ServeOptions, { certificate, source, log }: Parts) {
  const metrics = createMetrics(version);
  const load = createLoad();
  let { notAfter } = certificate;
  let draining = false;

  const app = createApp({
    findPolicy: source.findPolicy,
    minor: source.minor,
    provenance: options.provenance,
    load,
    isLast: (request) => draining || isOld(request),
    observe: observer(metrics, options.metricsNamespaces, log),
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
      ...(source.synced() ? [] : [`the namespaces have not been listed yet${because(source.status().problem)}`]),
      ...(Date.now() < notAfter ? [] : ['the certificate has expired']),
    ],
    beforeScrape: () => show(metrics, { ...source.status(), inFlight: load.requests, notAfter }),
  });
  const startDraining = () => {
    draining = true;
  };
  return { server, plain, startDraining, stopWatching };
}

function because(problem: string | undefined): string {
  return problem === undefined ? '' : `: ${problem}`;
}

/** Counts and logs a reply. The sender has it already, so a fault in here is logged and goes no further. */
function observer(metrics: Metrics, maxNamespaces: number, log: Log): (reply: Reply, seconds: number) => void {
  const record = createRecorder(metrics, maxNamespaces);
  return (reply, seconds) => {
    try {
      record(reply, seconds);
      logReply(log, reply, seconds);
    } catch (error) {
      log('error', 'A reply could not be counted or logged.', { error: String(error) });
    }
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
