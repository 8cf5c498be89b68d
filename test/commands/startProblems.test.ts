import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseServeOptions, type ServeOptions } from '../../src/commands/serveOptions.ts';
import { fileProblems, placeProblems } from '../../src/commands/startProblems.ts';
import { freshPair } from '../certificates/keyPairs.ts';

describe('what serve cannot start with', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pod-hardener-start-'));
  });

  after(() => rm(folder, { recursive: true }));

  async function fileOf(name: string, text: string): Promise<string> {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  }

  const day = 86_400_000;

  it('is every file that is not there or is none, each by its option', async () => {
    const missing = join(folder, 'missing');
    const written = {
      namespaces: missing,
      tlsCertFile: folder,
      tlsKeyFile: missing,
      clientCaFile: missing,
      kubeconfig: join(await fileOf('plain', ''), 'below'),
    };
    expect(await fileProblems(written, 0)).to.deep.equal([
      `--namespaces ${missing}: there is no such file`,
      `--tls-cert-file ${folder}: this is a folder, not a file`,
      `--tls-key-file ${missing}: there is no such file`,
      `--client-ca-file ${missing}: there is no such file`,
      `--kubeconfig ${folder}/plain/below: there is no such file`,
    ]);
  });

  it('is a file that says something else than it should', async () => {
    const pod = await fileOf('pod.yaml', 'kind: Pod\n');
    expect(await fileProblems({ namespaces: pod, clientCaFile: pod }, 0)).to.deep.equal([
      `--namespaces ${pod}: line 1, column 1: this is a manifest of kind Pod, not of a Namespace`,
      `--client-ca-file ${pod}: the file of client authorities holds no certificate in PEM`,
    ]);
    const [broken = ''] = await fileProblems({ kubeconfig: await fileOf('config', 'a: [\n') }, 0);
    expect(broken).to.match(/^--kubeconfig .*config: [^\n]+ \(2:1\)$/);
    const empty = await fileOf('empty', 'kind: Config\n');
    expect(await fileProblems({ kubeconfig: empty }, 0)).to.deep.equal([
      `--kubeconfig ${empty}: the kubeconfig has no current context that names a cluster`,
    ]);
  });

  it('is a certificate with the key of another, or one that has expired, but not a good one', async () => {
    const [one, other] = await Promise.all([freshPair(), freshPair()]);
    const [tlsCertFile, tlsKeyFile] = [await fileOf('one.crt', one.cert), await fileOf('one.key', one.key)];
    const now = Date.now();
    expect(await fileProblems({ tlsCertFile, tlsKeyFile }, now)).to.deep.equal([]);
    expect(await fileProblems({ tlsCertFile, tlsKeyFile: await fileOf('b.key', other.key) }, now)).to.deep.equal([
      `--tls-cert-file ${tlsCertFile}, --tls-key-file ${folder}/b.key: the private key does not belong to the certificate`,
    ]);
    const [expired = ''] = await fileProblems({ tlsCertFile, tlsKeyFile }, now + 2 * day);
    expect(expired).to.match(/^--tls-cert-file .*one\.key: the certificate expired at /);
  });

  const optionsWith = (more: Readonly<Record<string, string>>): ServeOptions => {
    const defaults = { optIn: 'label', logLevel: 'info', metricsNamespaces: '50', port: '0', metricsPort: '0' };
    const names = { webhookName: 'w', serviceName: 's', secretName: 't' };
    const written = { ...defaults, ...names, standalone: true, namespaces: 'a', ...more };
    const options = parseServeOptions(written);
    if ('problems' in options) throw new Error(options.problems.join('\n'));
    return options;
  };

  it('is a port that is taken, on either side', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const port = String((holder.address() as AddressInfo).port);
    try {
      expect(await placeProblems(optionsWith({ port }))).to.deep.equal([
        `--port ${port}: something listens to it already`,
      ]);
      expect(await placeProblems(optionsWith({ metricsPort: port }))).to.deep.equal([
        `--metrics-port ${port}: something listens to it already`,
      ]);
    } finally {
      holder.close();
    }
  });

  it('is an address of another machine, said once', async () => {
    expect(await placeProblems(optionsWith({ host: '192.0.2.1' }))).to.deep.equal([
      '--host 192.0.2.1: this machine has no such address',
    ]);
  });

  it('is nothing where all is well, and the ports are free afterwards', async () => {
    const options = optionsWith({});
    expect(await placeProblems(options)).to.deep.equal([]);
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    for (const _ of [1, 2]) expect(await placeProblems({ ...options, port })).to.deep.equal([]);
  });
});
