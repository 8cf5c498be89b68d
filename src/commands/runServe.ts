import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { NamespaceVerdict } from '../admission/advice.ts';
import type { Configuration } from '../admission/configuration.ts';
import { policyOf } from '../admission/namespacePolicy.ts';
import { createMetrics, type Metrics } from '../metrics/metrics.ts';
import { createPlainServer } from '../metrics/plainServer.ts';
import { createProfileSeries } from '../metrics/profileSeries.ts';
import { show } from '../metrics/show.ts';
import { createApp, createLoad } from '../webhook/app.ts';
import { onlyFor } from '../webhook/clientNames.ts';
import { watchConnectionAge } from '../webhook/connectionAge.ts';
import { because } from './because.ts';
import { type CertificateSource, startCertificates } from './certificateSource.ts';
import { readClientCa, watchClientCa } from './clientAuthorities.ts';
import type { LoadedConfiguration } from './configurationFile.ts';
import { type ConfigurationSource, createConfigurationSource } from './configurationSource.ts';
import { endOfProcess } from './endOfProcess.ts';
import type { EvidenceSource } from './evidence.ts';
import { createLog, type Log } from './log.ts';
import { observeAdvice, observeExchange, observeRefusal, observeReply } from './observers.ts';
import { clusterPolicies, filePolicies, type PolicySource } from './policySource.ts';
import { hostOf, type ServeOptions } from './serveOptions.ts';
import { createShadowing } from './shadowing.ts';
import { createTlsFront } from './tlsFront.ts';
import { version } from './version.ts';

/** How long a request may still run once the server has stopped listening, in milliseconds. */
const graceMs = 5_000;

/** Runs the webhook until it is told to end. Resolves with the exit code, when nothing of it runs any more. */
export async function serve(options: ServeOptions, loaded?: LoadedConfiguration): Promise<number> {
  const log = createLog(options.logLevel);
  const ending = endOfProcess(log);
  const cleanUps: (() => void)[] = [];
  try {
    const configuration = createConfigurationSource(options.config, loaded, log);
    const webhook = await startWebhook(options, configuration, log, cleanUps);
    // The certificate may be long in coming, and the port may turn out to be taken only then.
    const code = await Promise.race([ending, webhook.open.then(() => ending)]);
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
async function startWebhook(
  options: ServeOptions,
  configuration: ConfigurationSource,
  log: Log,
  cleanUps: (() => void)[],
) {
  const host = hostOf(options);
  const { clientCaFile } = options;
  const clientCa = clientCaFile && (await readClientCa(clientCaFile));
  const source = await policySource(options, configuration.current, log);
  cleanUps.push(source.stop);
  const metrics = createMetrics(version);
  const evidence = options.evidence ? await gatherEvidence(options, metrics, log) : undefined;
  if (evidence) cleanUps.push(evidence.stop);
  const namespaceVerdict = evidence && (await verdictBy(evidence, source, configuration, clientCa !== undefined));
  const parts = { host, clientCa, configuration, source, evidence, namespaceVerdict, metrics, log };
  const webhook = createWebhook(options, parts);
  const { front, plain, user } = webhook;
  cleanUps.push(webhook.watchConfiguration());
  // Probes are answered from the start, also while there is no certificate for the other port.
  await listen(plain, options.metricsPort, host);
  cleanUps.push(() => {
    plain.close();
    plain.closeAllConnections();
  });
  cleanUps.push(front.close);
  const certificates = await startCertificates(options, host, user, log);
  cleanUps.push(certificates.stop);
  webhook.follow(certificates);
  if (clientCaFile && clientCa) {
    cleanUps.push(watchClientCa(clientCaFile, clientCa, { ...user, serve: front.trustClients }, log));
  }
  const open = front.open.then((server) => {
    const addresses = { mutate: `https://${addressOf(server)}/mutate`, metrics: `http://${addressOf(plain)}/metrics` };
    log('info', 'Listening.', { version, ...addresses });
  });
  if (front.notAfter() === undefined) {
    log('info', 'Waiting for a certificate.', { metrics: `http://${addressOf(plain)}/metrics` });
  } else await open;
  return {
    open,
    drain() {
      webhook.startDraining();
      evidence?.retire();
      return front.drain({ delayMs: options.shutdownDelayMs, graceMs });
    },
  };
}

function policySource(options: ServeOptions, current: () => Configuration, log: Log): Promise<PolicySource> {
  return options.standalone && options.namespaces
    ? filePolicies(options.namespaces, current, log)
    : clusterPolicies(options, current, log);
}

async function gatherEvidence(options: ServeOptions, metrics: Metrics, log: Log): Promise<EvidenceSource> {
  const { startEvidence } = await import('./evidence.ts');
  return startEvidence(options, log, (field) => metrics.suspectedBreaks.inc({ field }));
}

/** Names are told where the clients are known, and to nobody else who reaches the port. */
async function verdictBy(
  { residentsIn, evidence }: EvidenceSource,
  { minor }: PolicySource,
  configuration: ConfigurationSource,
  names: boolean,
): Promise<NamespaceVerdict> {
  const { createVerdict } = await import('./verdict.ts');
  return createVerdict({ residentsIn, evidence, configuration, minor, names });
}

interface Parts {
  readonly host: string | undefined;
  readonly clientCa: string | undefined;
  readonly configuration: ConfigurationSource;
  readonly source: PolicySource;
  readonly evidence: EvidenceSource | undefined;
  readonly namespaceVerdict: NamespaceVerdict | undefined;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Wires the servers. Neither listens yet. */
function createWebhook(
  options: ServeOptions,
  { host, clientCa, configuration, source, evidence, namespaceVerdict, metrics, log }: Parts,
) {
  const nameProfiles = createProfileSeries(metrics);
  nameProfiles(configuration.current().profiles);
  const load = createLoad();
  const grounds = { minor: source.minor, exemptions: configuration.exemptions, evidence: evidence?.evidence };
  const shadowing = createShadowing(grounds, log);
  let certificates: CertificateSource | undefined;
  let draining = false;

  const handlerFor = (server: Server) => {
    const isOld = watchConnectionAge(server, () => performance.now(), Math.random);
    const app = createApp({
      findPolicy: source.findPolicy,
      ...grounds,
      provenance: options.provenance,
      load,
      isLast: (request) => draining || isOld(request),
      observe: observeReply(metrics, options.metricsNamespaces, log, shadowing),
      policyFrom: (namespace) => policyOf(namespace, configuration.current()),
      routedBy: options.optIn,
      namespaceVerdict,
      observeAdvice: observeAdvice(metrics, log),
    });
    return onlyFor(options.clientNames, app);
  };
  const { port } = options;
  const front = createTlsFront({ port, host, clientCa, handlerFor, log, onExchange: observeExchange(metrics, log) });
  const plain = createPlainServer({
    registry: metrics.registry,
    notReady: () => [
      ...(draining ? ['draining'] : []),
      ...(source.synced() ? [] : [`the namespaces have not been listed yet${because(source.status().problem)}`]),
      ...(certificates?.notReady() ?? ['there is no certificate yet']),
      ...(Date.now() < (front.notAfter() ?? Number.POSITIVE_INFINITY) ? [] : ['the certificate has expired']),
    ],
    elapsed: () => performance.now(),
    beforeScrape: () =>
      show(metrics, {
        ...source.status(),
        inFlight: load.requests,
        notAfter: front.notAfter(),
        caNotAfter: certificates?.caNotAfter(),
        isTrusted: certificates?.isTrusted(),
        configuration: configuration.current(),
        now: Date.now(),
        evidence: evidence?.status(),
      }),
  });
  return {
    front,
    plain,
    user: { serve: front.serve, onRefused: observeRefusal(metrics, log) },
    follow(source: CertificateSource) {
      certificates = source;
    },
    watchConfiguration: () =>
      configuration.watch((result) => {
        metrics.configurationReloads.inc({ result });
        nameProfiles(configuration.current().profiles);
      }),
    startDraining() {
      draining = true;
    },
  };
}

async function listen(server: HttpServer, port: number, host: string | undefined): Promise<void> {
  server.listen({ port, ...(host !== undefined && { host }) });
  await once(server, 'listening');
}

function addressOf(server: Server | HttpServer): string {
  const { address, port, family } = server.address() as AddressInfo;
  return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
}
