import { expect } from 'chai';
import { writtenOptions } from '../../src/commands/environment.ts';
import { serveCommand } from '../../src/commands/serve.ts';
import { parseServeOptions, type WrittenOptions } from '../../src/commands/serveOptions.ts';

const certificate = ['--tls-cert-file', 'tls.crt', '--tls-key-file', 'tls.key'];
/** What is the same in every case below, unless it is given. */
const names = {
  clientNames: [],
  webhookName: 'pod-hardener',
  serviceName: 'pod-hardener',
  secretName: 'pod-hardener-tls',
};
const standalone = ['--standalone', '--namespaces', 'namespaces.yaml'];

/** What the command line and the environment come to. */
function parse(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const command = serveCommand();
  command.parseOptions([...args]);
  Object.assign(process.env, environment);
  try {
    return parseServeOptions(writtenOptions(command));
  } finally {
    for (const name of Object.keys(environment)) delete process.env[name];
  }
}

describe('the options of serve', () => {
  it('are for a cluster by default', () => {
    expect(parse([])).to.deep.equal({
      ...names,
      standalone: false,
      tls: 'self-managed',
      port: 8443,
      metricsPort: 8080,
      optIn: 'label',
      shutdownDelayMs: 10_000,
      metricsNamespaces: 50,
      provenance: true,
      evidence: false,
      logLevel: 'info',
    });
  });

  it('take the certificate from files when these are named', () => {
    const files = { tls: 'files', tlsCertFile: 'tls.crt', tlsKeyFile: 'tls.key' };
    expect(parse(certificate)).to.include(files);
    expect(parse([...certificate, '--tls', 'files'])).to.include(files);
    expect(parse([...certificate, ...standalone])).to.include(files);
  });

  it('need neither a certificate nor a delay when it stands alone', () => {
    expect(parse(standalone)).to.deep.equal({
      ...names,
      standalone: true,
      tls: 'memory',
      namespaces: 'namespaces.yaml',
      port: 8443,
      metricsPort: 8080,
      optIn: 'label',
      shutdownDelayMs: 0,
      metricsNamespaces: 50,
      provenance: true,
      evidence: false,
      logLevel: 'info',
    });
  });

  it('can all be given', () => {
    const given = [
      ...certificate,
      ...['--kubeconfig', 'config', '--host', '::', '--port', '0', '--metrics-port', '65535', '--opt-in', 'annotation'],
      ...['--shutdown-delay', '1500ms', '--metrics-namespaces', '0', '--no-provenance', '--log-level', 'debug'],
      ...['--tls', 'files', '--client-ca-file', 'ca.crt', '--client-names', 'a, b.example,'],
      ...['--webhook-name', 'w', '--service-name', 's', '--secret-name', 't', '--namespace', 'n', '--evidence'],
    ];
    expect(parse(given)).to.deep.equal({
      tls: 'files',
      clientCaFile: 'ca.crt',
      clientNames: ['a', 'b.example'],
      webhookName: 'w',
      serviceName: 's',
      secretName: 't',
      namespace: 'n',
      kubeconfig: 'config',
      host: '::',
      standalone: false,
      tlsCertFile: 'tls.crt',
      tlsKeyFile: 'tls.key',
      port: 0,
      metricsPort: 65_535,
      optIn: 'annotation',
      shutdownDelayMs: 1_500,
      metricsNamespaces: 0,
      provenance: false,
      evidence: true,
      logLevel: 'debug',
    });
  });

  it('can be given in the environment, which the command line overrides', () => {
    const environment = {
      PODHARDENER_STANDALONE: 'true',
      PODHARDENER_NAMESPACES: 'from-environment.yaml',
      PODHARDENER_PORT: '1',
      PODHARDENER_SECRET_NAME: 'from-environment',
      PODHARDENER_METRICS_PORT: '2',
      PODHARDENER_SHUTDOWN_DELAY: '3s',
      PODHARDENER_NO_PROVENANCE: 'true',
      PODHARDENER_LOG_LEVEL: 'warn',
      // What Kubernetes sets for a Service of our name must not be taken for an option.
      POD_HARDENER_PORT: 'tcp://10.96.0.7:443',
    };
    expect(parse(['--port', '7'], environment)).to.deep.equal({
      ...names,
      secretName: 'from-environment',
      standalone: true,
      tls: 'memory',
      namespaces: 'from-environment.yaml',
      port: 7,
      metricsPort: 2,
      optIn: 'label',
      shutdownDelayMs: 3_000,
      metricsNamespaces: 50,
      provenance: false,
      evidence: false,
      logLevel: 'warn',
    });
  });

  for (const [name, value, option] of [
    ['PODHARDENER_STANDALONE', 'true', { standalone: true }],
    ['PODHARDENER_STANDALONE', 'false', { standalone: false }],
    ['PODHARDENER_STANDALONE', '0', { standalone: false }],
    ['PODHARDENER_NO_PROVENANCE', 'true', { provenance: false }],
    ['PODHARDENER_NO_PROVENANCE', '1', { provenance: false }],
    ['PODHARDENER_NO_PROVENANCE', 'false', { provenance: true }],
    ['PODHARDENER_NO_PROVENANCE', '', { provenance: true }],
  ] as const) {
    it(`are switched by ${name}=${value}`, () => {
      const args = value === 'true' && name === 'PODHARDENER_STANDALONE' ? ['--namespaces', 'x'] : certificate;
      expect(parse(args, { [name]: value })).to.include(option);
    });
  }

  for (const [text, milliseconds] of [
    ['0s', 0],
    ['500ms', 500],
    ['10s', 10_000],
    ['2m', 120_000],
  ] as const) {
    it(`read ${text} as ${milliseconds} milliseconds`, () => {
      expect(parse([...standalone, '--shutdown-delay', text])).to.include({ shutdownDelayMs: milliseconds });
    });
  }

  function problemsOf(...args: readonly string[]): readonly string[] {
    const options = parse(args);
    return 'problems' in options ? options.problems : [];
  }

  for (const [args, problem] of [
    [['--port', '65536'], '--port "65536" is not an integer from 0 to 65535'],
    [['--port', '-1'], '--port "-1" is not an integer from 0 to 65535'],
    [['--port', '80.5'], '--port "80.5" is not an integer from 0 to 65535'],
    [['--port', ''], '--port "" is not an integer from 0 to 65535'],
    [['--metrics-port', '0x1'], '--metrics-port "0x1" is not an integer from 0 to 65535'],
    [['--metrics-namespaces', '10001'], '--metrics-namespaces "10001" is not an integer from 0 to 10000'],
    [['--shutdown-delay', '10'], '--shutdown-delay "10" is not a duration such as 500ms, 10s or 1m'],
    [['--shutdown-delay', '1h'], '--shutdown-delay "1h" is not a duration such as 500ms, 10s or 1m'],
    [['--opt-in', 'both'], '--opt-in "both" is unknown; there are label, annotation'],
    [['--opt-in', 'anotation'], '--opt-in "anotation" is unknown; did you mean "annotation"?'],
    [['--log-level', 'trace'], '--log-level "trace" is unknown; there are error, warn, info, debug'],
    [['--log-level', 'wran'], '--log-level "wran" is unknown; did you mean "warn"?'],
    [['--evidence'], '--standalone sees no pods, so --evidence has no place'],
    [['--kubeconfig', 'config'], '--standalone asks no API server, so --kubeconfig has no place'],
    [['--tls', 'acme'], '--tls "acme" is unknown; there are self-managed, files'],
    [['--tls', 'files'], '--tls files needs --tls-cert-file and --tls-key-file'],
    [['--tls', 'self-managed'], '--standalone keeps no Secret, so --tls self-managed has no place'],
    [['--secret-name', '../x'], '--secret-name "../x" is not a name that an object can have'],
    [['--service-name', 'A'], '--service-name "A" is not a name that an object can have'],
    [['--webhook-name', ''], '--webhook-name "" is not a name that an object can have'],
    [['--namespace', 'a/b'], '--namespace "a/b" is not a name that an object can have'],
    [['--client-names', 'a'], '--client-names says whom --client-ca-file lets in: name both or neither'],
    [['--tls-cert-file', 'x'], '--tls-cert-file and --tls-key-file go together: name both or neither'],
    [['--tls-key-file', 'x'], '--tls-cert-file and --tls-key-file go together: name both or neither'],
  ] as const) {
    it(`are refused with ${args.map((arg) => arg || '""').join(' ')}`, () => {
      expect(problemsOf(...standalone, ...args)).to.deep.equal([problem]);
    });
  }

  it('are refused with files beside a certificate that is managed here', () => {
    expect(problemsOf('--tls', 'self-managed', ...certificate)).to.deep.equal([
      '--tls self-managed makes its own certificate, so --tls-cert-file and --tls-key-file have no place',
    ]);
  });

  it('are refused without namespaces when it stands alone, and with them when it does not', () => {
    expect(problemsOf('--standalone')).to.deep.equal(['--standalone needs --namespaces FILE with Namespace manifests']);
    expect(problemsOf('--namespaces', 'x', ...certificate)).to.deep.equal([
      '--namespaces FILE is read with --standalone only',
    ]);
  });

  it('are refused with a sentence for each mistake, all at once', () => {
    const args = ['--standalone', '--port', 'a', '--metrics-port', 'b', '--opt-in', 'c', '--shutdown-delay', 'd'];
    const more = ['--metrics-namespaces', 'e', '--log-level', 'f', '--tls-key-file', 'g', '--kubeconfig', 'h'];
    expect(problemsOf(...args, ...more)).to.deep.equal([
      '--port "a" is not an integer from 0 to 65535',
      '--metrics-port "b" is not an integer from 0 to 65535',
      '--opt-in "c" is unknown; there are label, annotation',
      '--shutdown-delay "d" is not a duration such as 500ms, 10s or 1m',
      '--metrics-namespaces "e" is not an integer from 0 to 10000',
      '--log-level "f" is unknown; there are error, warn, info, debug',
      '--tls-cert-file and --tls-key-file go together: name both or neither',
      '--standalone needs --namespaces FILE with Namespace manifests',
      '--standalone asks no API server, so --kubeconfig has no place',
    ]);
  });

  it('are understood without commander, as it writes them', () => {
    const written: WrittenOptions = {
      standalone: true,
      namespaces: 'n',
      port: '1',
      metricsPort: '2',
      optIn: 'label',
      metricsNamespaces: '3',
      logLevel: 'info',
      webhookName: 'w',
      serviceName: 's',
      secretName: 't',
    };
    expect(parseServeOptions(written)).to.include({ provenance: true, shutdownDelayMs: 0 });
  });
});
