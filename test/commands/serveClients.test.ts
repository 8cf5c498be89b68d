import { renameSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { issueAuthority, type Pair } from '../../src/certificates/issue.ts';
import { clientPair, freshPair } from '../certificates/keyPairs.ts';
import { until } from '../kubernetes/poll.ts';
import { parseExposition } from '../metrics/exposition.ts';
import { type ListeningProcess, listening, type ServeProcess, startServe } from '../webhook/child.ts';
import { send } from '../webhook/client.ts';
import { creation } from '../webhook/reviews.ts';

describe('serve with --client-ca-file and --client-names', () => {
  let folder: string;
  let clientCa: string;
  let started: ServeProcess | undefined;
  let serve: ListeningProcess;
  let [first, second]: Pair[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pod-hardener-'));
    clientCa = join(folder, 'client-ca.crt');
    const now = new Date();
    [first, second] = await Promise.all([issueAuthority(now, 1), issueAuthority(now, 1)]);
    write(clientCa, first?.cert ?? '');
    const { cert, key, caCert } = await freshPair();
    write(join(folder, 'tls.crt'), cert);
    write(join(folder, 'tls.key'), key);
    write(join(folder, 'namespaces.yaml'), 'apiVersion: v1\nkind: Namespace\nmetadata: {name: team}\n');
    started = startServe([
      ...['--standalone', '--namespaces', join(folder, 'namespaces.yaml'), '--port', '0', '--metrics-port', '0'],
      ...['--tls-cert-file', join(folder, 'tls.crt'), '--tls-key-file', join(folder, 'tls.key')],
      ...['--client-ca-file', clientCa, '--client-names', 'kube-apiserver'],
    ]);
    serve = { ...(await listening(started)), caCert };
  });

  after(async () => {
    started?.child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  function write(file: string, text: string): void {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  }

  async function statusFor(authority: Pair | undefined, name = 'kube-apiserver'): Promise<number | undefined> {
    const client = authority && (await clientPair(authority, name));
    const answer = await send(serve, creation(), { agent: false, ...client }).catch(() => undefined);
    return answer?.status;
  }

  it('lets in the clients of the authority that have such a name, and probes without a certificate', async () => {
    expect(await statusFor(first)).to.equal(200);
    expect(await statusFor(first, 'somebody')).to.equal(403);
    expect(await statusFor(second)).to.equal(undefined);
    expect(await statusFor(undefined)).to.equal(undefined);
    expect((await serve.page('/readyz')).status).to.equal(200);
    expect((await serve.page('/metrics')).status).to.equal(200);
  });

  it('stays with the last authority when the file is overwritten by something else, which is counted', async () => {
    write(clientCa, 'not a certificate');
    const last = () => serve.log().at(-1);
    await until('it is refused', () => last()?.level === 'error');
    expect(last()?.error).to.equal('the file of client authorities holds no certificate in PEM');
    expect(await statusFor(first)).to.equal(200);
    const { value } = parseExposition((await serve.page('/metrics')).text);
    expect(value('pod_hardener_certificate_reloads_total', { result: 'failure' })).to.equal(1);
  });

  it('takes over another authority, and a certificate of its own beside it', async () => {
    write(clientCa, second?.cert ?? '');
    const said = (message: string) => serve.log().some((line) => line.message === message);
    await until('it is exchanged', () => said('The authorities of the clients were exchanged.'));
    expect(await statusFor(second)).to.equal(200);
    expect(await statusFor(first)).to.equal(undefined);
    const { cert, key, caCert } = await freshPair();
    write(join(folder, 'tls.key'), key);
    write(join(folder, 'tls.crt'), cert);
    await until('the certificate is exchanged', () => said('The certificate was exchanged.'));
    serve = { ...serve, caCert };
    expect(await statusFor(second)).to.equal(200);
    expect(await statusFor(first)).to.equal(undefined);
    expect(await statusFor(undefined)).to.equal(undefined);
    expect(serve.log().filter(({ level }) => level === 'error')).to.have.lengthOf(1);
  });
});
