import { Command } from 'commander';
import type { LoadedConfiguration } from './configurationFile.ts';
import { writtenOptions } from './environment.ts';
import { reportUsage } from './input.ts';
import { logLevels } from './logLevels.ts';
import { optIns, parseServeOptions, tlsWays, type WrittenOptions } from './serveOptions.ts';
import { wordOption } from './words.ts';

const examples = `
An option can also be given in the environment: --metrics-port as
PODHARDENER_METRICS_PORT. The command line wins.

All values, files and ports that it cannot start with are reported at once, with
exit status 2. SIGTERM or SIGINT drains and ends the webhook, a second one ends
it at once.

It answers POST /mutate over HTTPS on --port, and /metrics, /healthz and
/readyz over HTTP on --metrics-port.

Examples:
  Try it without a cluster, with Namespace manifests from a file:
    $ pod-hardener serve --standalone --namespaces examples/namespace.yaml

  In a cluster, with a certificate that it makes, renews and registers itself:
    $ pod-hardener serve

  Outside of a cluster, for the API server of a kubeconfig:
    $ pod-hardener serve --kubeconfig ~/.kube/config \\
        --tls-cert-file tls.crt --tls-key-file tls.key`;

/** The command `serve`: the webhook. */
export function serveCommand(): Command {
  return new Command('serve')
    .summary('run the webhook')
    .description('Run the webhook: answer AdmissionReviews with what the authors of pods left out.')
    .option('--kubeconfig <file>', 'API server to ask (default: in a cluster its own, else the one of kubectl)')
    .option('--standalone', 'ask no API server; make a certificate in memory')
    .option('--namespaces <file>', 'Namespace manifests for --standalone, watched for changes')
    .option('--config <file>', 'profiles, defaults and exemptions, watched for changes')
    .option('--host <address>', 'address to listen on (default: all; 127.0.0.1 with --standalone)')
    .option('--port <port>', 'HTTPS port', '8443')
    .option('--metrics-port <port>', 'HTTP port for metrics and probes', '8080')
    .addOption(
      wordOption('--tls <how>', 'certificate: self-managed in a Secret (default in a cluster) or files', tlsWays),
    )
    .option('--tls-cert-file <file>', 'certificate chain in PEM, watched for changes')
    .option('--tls-key-file <file>', 'its private key in PEM, watched for changes')
    .option('--webhook-name <name>', 'MutatingWebhookConfiguration that is told what to trust', 'pod-hardener')
    .option('--service-name <name>', 'Service that we are called by', 'pod-hardener')
    .option('--secret-name <name>', 'Secret for the certificate', 'pod-hardener-tls')
    .option('--namespace <name>', "namespace of both (default: the service account's)")
    .option('--client-ca-file <file>', 'mutual TLS: authority of the clients in PEM, watched for changes')
    .option('--client-names <names>', 'names let in, separated by commas (default: all of that authority)')
    .addOption(wordOption('--opt-in <how>', 'how pods are routed here: label or annotation', optIns).default('label'))
    .option('--shutdown-delay <time>', 'go on answering so long when ended (default: 10s; 0s with --standalone)')
    .option('--metrics-namespaces <count>', 'namespaces told apart in metrics', '50')
    .option('--evidence', 'learn from running pods which images run as root, and tell of what breaks')
    .option('--no-provenance', 'do not annotate pods with what was filled')
    .addOption(wordOption('--log-level <level>', 'error, warn, info or debug', logLevels).default('info'))
    .addHelpText('after', examples)
    .action((_, command: Command) => run(writtenOptions(command)));
}

async function run(written: WrittenOptions): Promise<void> {
  const options = parseServeOptions(written);
  const { fileProblems, placeProblems } = await import('./startProblems.ts');
  const loaded = typeof written.config === 'string' ? await load(written.config) : undefined;
  const ofConfig = loaded && 'problems' in loaded ? loaded.problems : [];
  const found = [...(await fileProblems(written, Date.now())), ...ofConfig];
  if ('problems' in options) return reportUsage('serve', [...options.problems, ...found]);
  const problems = [...found, ...(await placeProblems(options))];
  if (problems.length > 0 || (loaded && 'problems' in loaded)) return reportUsage('serve', problems);
  const { serve } = await import('./runServe.ts');
  process.exitCode = await serve(options, loaded);
}

async function load(file: string): Promise<LoadedConfiguration | { readonly problems: readonly string[] }> {
  const { ConfigurationError, loadConfiguration } = await import('./configurationFile.ts');
  return loadConfiguration(file).catch((error: unknown) => {
    if (error instanceof ConfigurationError) return { problems: error.sentences };
    throw error;
  });
}
