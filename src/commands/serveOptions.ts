import { readWord } from './input.ts';
import { type LogLevel, logLevels } from './logLevels.ts';

/** Where the certificate may be told to come from. */
export const tlsWays = ['self-managed', 'files'] as const;

/** How pods may be routed here. */
export const optIns = ['label', 'annotation'] as const;

/** What `serve` is told, understood and complete. */
export interface ServeOptions {
  readonly kubeconfig?: string;
  readonly standalone: boolean;
  readonly namespaces?: string;
  /** The configuration file. */
  readonly config?: string;
  readonly host?: string;
  readonly port: number;
  readonly metricsPort: number;
  /** Where the certificate comes from: our Secret, files, or memory when it stands alone. */
  readonly tls: (typeof tlsWays)[number] | 'memory';
  readonly tlsCertFile?: string;
  readonly tlsKeyFile?: string;
  readonly clientCaFile?: string;
  /** Whose certificates are accepted from clients; empty for everybody's that the authority has signed. */
  readonly clientNames: readonly string[];
  readonly webhookName: string;
  readonly serviceName: string;
  readonly secretName: string;
  /** Ours; the service account's when left out. */
  readonly namespace?: string;
  readonly optIn: (typeof optIns)[number];
  readonly shutdownDelayMs: number;
  readonly metricsNamespaces: number;
  readonly provenance: boolean;
  /** Whether to learn from the cluster's pods as whom images run. */
  readonly evidence: boolean;
  readonly logLevel: LogLevel;
}

/** The options as they were written: text, or true for a switch. */
export type WrittenOptions = Readonly<Record<string, string | boolean | undefined>>;

/** The options, or a sentence for each one that is wrong: all of them, so that one start shows all mistakes. */
export function parseServeOptions(written: WrittenOptions): ServeOptions | { readonly problems: readonly string[] } {
  const problems: string[] = [];
  const text = (name: string) => (typeof written[name] === 'string' ? { [name]: written[name] } : {});
  const number = (name: string, most: number) => readNumber(flagOf(name), written[name], most, problems);
  const options: ServeOptions = {
    ...text('kubeconfig'),
    ...text('namespaces'),
    ...text('config'),
    ...text('host'),
    ...text('tlsCertFile'),
    ...text('tlsKeyFile'),
    ...text('clientCaFile'),
    clientNames: readNames(written.clientNames),
    tls: readTls(written, problems),
    webhookName: readObjectName('--webhook-name', written.webhookName, problems),
    serviceName: readObjectName('--service-name', written.serviceName, problems),
    secretName: readObjectName('--secret-name', written.secretName, problems),
    ...(written.namespace !== undefined && { namespace: readObjectName('--namespace', written.namespace, problems) }),
    standalone: written.standalone === true,
    port: number('port', 65_535),
    metricsPort: number('metricsPort', 65_535),
    optIn: readWord('--opt-in', String(written.optIn), optIns, problems) ?? 'label',
    shutdownDelayMs: readDuration('--shutdown-delay', written.shutdownDelay ?? defaultDelay(written), problems),
    metricsNamespaces: number('metricsNamespaces', 10_000),
    provenance: written.provenance !== false,
    evidence: written.evidence === true,
    logLevel: readWord('--log-level', String(written.logLevel), logLevels, problems) ?? 'info',
  };
  problems.push(...contradictions(options));
  return problems.length > 0 ? { problems } : options;
}

/** The address to listen on; all of them when undefined. */
export function hostOf({ host, standalone }: ServeOptions): string | undefined {
  return host ?? (standalone ? '127.0.0.1' : undefined);
}

/** Nobody but its user calls a standalone webhook; a cluster's endpoints need time to forget one. */
function defaultDelay({ standalone }: WrittenOptions): string {
  return standalone ? '0s' : '10s';
}

function contradictions(options: ServeOptions): readonly string[] {
  const problems: string[] = [];
  const { standalone, tls, tlsCertFile, tlsKeyFile } = options;
  if (Boolean(tlsCertFile) !== Boolean(tlsKeyFile)) {
    problems.push('--tls-cert-file and --tls-key-file go together: name both or neither');
  } else if (tls === 'files' && !tlsCertFile) {
    problems.push('--tls files needs --tls-cert-file and --tls-key-file');
  }
  if (tls === 'self-managed' && (tlsCertFile || tlsKeyFile)) {
    problems.push('--tls self-managed makes its own certificate, so --tls-cert-file and --tls-key-file have no place');
  }
  if (tls === 'self-managed' && standalone) {
    problems.push('--standalone keeps no Secret, so --tls self-managed has no place');
  }
  if (options.clientNames.length > 0 && !options.clientCaFile) {
    problems.push('--client-names says whom --client-ca-file lets in: name both or neither');
  }
  if (options.port !== 0 && options.port === options.metricsPort) {
    problems.push(`--port and --metrics-port are both ${options.port}`);
  }
  if (standalone && !options.namespaces) problems.push('--standalone needs --namespaces FILE with Namespace manifests');
  if (standalone && options.evidence) problems.push('--standalone sees no pods, so --evidence has no place');
  if (standalone && options.kubeconfig) problems.push('--standalone asks no API server, so --kubeconfig has no place');
  if (!standalone && options.namespaces) problems.push('--namespaces FILE is read with --standalone only');
  return problems;
}

function readTls(written: WrittenOptions, problems: string[]): ServeOptions['tls'] {
  const { tls, tlsCertFile, tlsKeyFile, standalone } = written;
  const way = tls === undefined ? undefined : readWord('--tls', String(tls), tlsWays, problems);
  if (way !== undefined) return way;
  if (tlsCertFile || tlsKeyFile) return 'files';
  return standalone === true ? 'memory' : 'self-managed';
}

/** Names are parts of paths and of certificates. */
function readObjectName(flag: string, value: unknown, problems: string[]): string {
  const name = String(value);
  if (name.length <= 253 && /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/.test(name)) return name;
  problems.push(`${flag} ${JSON.stringify(value)} is not a name that an object can have`);
  return '';
}

function readNames(value: unknown): readonly string[] {
  const names = typeof value === 'string' ? value.split(',').map((name) => name.trim()) : [];
  return names.filter((name) => name !== '');
}

function readNumber(flag: string, value: unknown, most: number, problems: string[]): number {
  const number = /^\d{1,9}$/.test(String(value)) ? Number(value) : Number.NaN;
  if (number >= 0 && number <= most) return number;
  problems.push(`${flag} ${JSON.stringify(value)} is not an integer from 0 to ${most}`);
  return 0;
}

function readDuration(flag: string, value: unknown, problems: string[]): number {
  const [, count, unit] = /^(\d{1,5})(ms|s|m)$/.exec(String(value)) ?? [];
  const factor = unit === 'ms' ? 1 : unit === 's' ? 1000 : 60_000;
  if (count !== undefined) return Number(count) * factor;
  problems.push(`${flag} ${JSON.stringify(value)} is not a duration such as 500ms, 10s or 1m`);
  return 0;
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
