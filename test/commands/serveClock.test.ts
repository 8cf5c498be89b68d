import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { until } from '../kubernetes/poll.ts';
import { type Exposition, parseExposition } from '../metrics/exposition.ts';
import { type ListeningProcess, listening, type ServeProcess, startServe } from '../webhook/child.ts';
import { connect, head, oneConnection, patchOf, send, untilClosed } from '../webhook/client.ts';
import { creation, rayHeadPatch } from '../webhook/reviews.ts';

/** Sets the clock of the process ahead by an hour, and the next time two hours back, and says so. */
const setClock = `
  const real = Date.now;
  let ahead = 0;
  globalThis.Date = class extends Date {
    constructor(...parts) {
      if (parts.length === 0) super(real() + ahead);
      else super(...parts);
    }
    static now() { return real() + ahead; }
  };
  process.on('SIGUSR2', () => {
    ahead = ahead > 0 ? -3600000 : 3600000;
    process.stderr.write('{"clock":"set"}\\n');
  });
`;
const clock = `data:text/javascript,${encodeURIComponent(setClock)}`;

const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'team', labels: { 'pod-hardener.io/profile': 'restricted' } },
};

describe('serve, when the clock is set,', () => {
  let folder: string;
  let started: ServeProcess;
  let serve: ListeningProcess;
  const agent = oneConnection();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pod-hardener-'));
    const file = join(folder, 'namespaces.yaml');
    await writeFile(file, JSON.stringify(namespace));
    const options = ['--standalone', '--namespaces', file, '--port', '0', '--metrics-port', '0'];
    started = startServe(options, undefined, { node: ['--import', clock, '--import', 'tsx', 'src/main.ts'] });
    serve = await listening(started);
  });

  after(async () => {
    agent.destroy();
    started.child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  const metrics = async (): Promise<Exposition> => parseExposition((await serve.page('/metrics')).text);
  const answered = () => serve.log().filter(({ outcome }) => outcome === 'filled');
  /** How far the clock of the process was ahead when it answered last, to the hour. */
  const hoursAhead = () => Math.round((Date.parse(String(answered().at(-1)?.time)) - Date.now()) / 3_600_000);

  /** Sends a review; the clock is set when the first half of it is on its way. */
  async function reviewAcross(): Promise<void> {
    const body = creation();
    const socket = await connect(serve);
    const said = untilClosed(socket);
    const announced = head({ 'Content-Length': body.length, Connection: 'close' });
    const before = answered().length;
    socket.write(Buffer.concat([Buffer.from(announced), body.subarray(0, 100)]));
    await until('the half has left', () => socket.writableLength === 0);
    // Answered on another connection, and so after what came before has been read.
    expect((await serve.page('/healthz')).status).to.equal(200);
    await setItAgain();
    socket.write(body.subarray(100));
    expect(await said).to.match(/^HTTP\/1\.1 200 OK\r\n/);
    await until('it is logged', () => answered().length === before + 1);
  }

  async function setItAgain(): Promise<void> {
    const settings = () => serve.log().filter(({ clock }) => clock === 'set').length;
    const before = settings();
    serve.child.kill('SIGUSR2');
    await until('the clock is set', () => settings() === before + 1);
  }

  async function review() {
    const before = answered().length;
    const answer = await send(serve, creation(), { agent });
    await until('it is logged', () => answered().length === before + 1);
    expect(patchOf(answer)).to.deep.equal(rayHeadPatch);
    return { connection: answer.headers.connection, from: answer.from };
  }

  it('ahead or back by an hour, answers on the same connection, stays ready and measures no hours', async () => {
    const { from } = await review();
    const notAfter = 'pod_hardener_certificate_not_after_timestamp_seconds';
    const known = (await metrics()).value(notAfter, { certificate: 'serving' });
    for (const hours of [1, -1]) {
      await reviewAcross();
      expect(await review()).to.deep.equal({ connection: 'keep-alive', from });
      expect(hoursAhead()).to.equal(hours);
      expect((await serve.page('/readyz')).status).to.equal(200);
    }
    const { value } = await metrics();
    expect(value(notAfter, { certificate: 'serving' })).to.equal(known);
    expect(value('pod_hardener_admission_duration_seconds_count')).to.equal(5);
    expect(value('pod_hardener_admission_duration_seconds_sum')).to.be.within(0, 60);
    for (const { milliseconds } of answered()) expect(milliseconds).to.be.within(0, 60_000);
    expect(serve.log().filter(({ level }) => level === 'warn' || level === 'error')).to.deep.equal([]);
  });
});
