import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { until } from '../kubernetes/poll.ts';
import { parseExposition } from '../metrics/exposition.ts';
import { type ListeningProcess, listening, type ServeProcess, startServe } from '../webhook/child.ts';
import { oneConnection, patchOf, send } from '../webhook/client.ts';
import { creation, rayHeadPatch } from '../webhook/reviews.ts';

/** Does nothing else for three seconds, as a very slow piece of work would. */
const block = 'process.stderr.write("{}\\n");const end=Date.now()+3000;while(Date.now()<end);';

describe('the command serve, when it is blocked for three seconds,', () => {
  let folder: string;
  let started: ServeProcess | undefined;
  let serve: ListeningProcess;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pod-hardener-'));
    const namespaces = join(folder, 'namespaces.yaml');
    const labels = '{pod-hardener.io/profile: restricted}';
    await writeFile(namespaces, `apiVersion: v1\nkind: Namespace\nmetadata: {name: team, labels: ${labels}}\n`);
    const options = ['--standalone', '--namespaces', namespaces, '--port', '0', '--metrics-port', '0'];
    started = startServe(options, block);
    serve = await listening(started);
  });

  after(async () => {
    started?.child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  it('answers what came meanwhile, on new connections and on one that was there, and lives', async () => {
    const agent = oneConnection();
    const before = await send(serve, creation(), { agent });
    serve.child.kill('SIGUSR2');
    await until('it is blocked', () => serve.text().endsWith('{}\n'));
    const start = performance.now();
    const probe = serve.page('/healthz');
    const answers = await Promise.all([
      send(serve, creation(), { agent }),
      ...Array.from({ length: 20 }, () => send(serve, creation(), { agent: false })),
    ]);
    expect(performance.now() - start, 'milliseconds').to.be.greaterThan(2_000);
    for (const answer of answers) expect(patchOf(answer)).to.deep.equal(rayHeadPatch);
    expect(answers[0]?.from).to.equal(before.from);
    agent.destroy();
    expect((await probe).status).to.equal(200);
    expect((await serve.page('/readyz')).status).to.equal(200);
    expect(serve.log().filter(({ level }) => level === 'error')).to.deep.equal([]);
  });

  it('shows it in the lag of the event loop', async () => {
    const { value } = parseExposition((await serve.page('/metrics')).text);
    expect(value('nodejs_eventloop_lag_max_seconds')).to.be.within(2, 60);
  });
});
