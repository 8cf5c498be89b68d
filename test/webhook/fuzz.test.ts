import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { runs } from '../arbitraries.ts';
import { until } from '../kubernetes/poll.ts';
import { attacks, besiege, type Siege, wrongWords } from './attacks.ts';
import { type ListeningProcess, listening, type ServeProcess, startServe } from './child.ts';
import { oneConnection, patchOf, send } from './client.ts';
import { harmOf } from './harmless.ts';
import { corpus, hostileBodies, secret } from './hostileBodies.ts';
import { buildImage, type Image } from './image.ts';
import { creation, rayHeadPatch } from './reviews.ts';

/** As long as the API server waits. */
const patienceMs = 3_000;

describe('the webhook, attacked,', () => {
  let image: Image;
  let started: ServeProcess | undefined;
  let serve: ListeningProcess;
  let siege: Siege | undefined;

  before(async () => {
    image = await buildImage();
    const namespaces = join(image.folder, 'namespaces.yaml');
    await writeFile(namespaces, namespacesYaml);
    const options = ['--standalone', '--namespaces', namespaces, '--port', '0', '--metrics-port', '0'];
    started = startServe(options, undefined, image.runtime);
    serve = await listening(started);
  });

  afterEach('lives, answers a normal review, and has no fault to log', async () => {
    siege?.end();
    siege = undefined;
    expect(patchOf(await send(serve, creation()))).to.deep.equal(rayHeadPatch);
    expect(serve.log().filter(({ level, stage }) => level === 'error' && stage !== 'overload')).to.deep.equal([]);
  });

  after(async () => {
    started?.child.kill('SIGKILL');
    await image.remove();
  });

  it('understands every review of the corpus', async () => {
    for (const text of corpus) expect((await send(serve, Buffer.from(text))).status).to.equal(200);
  });

  it('does no harm to anybody, whatever is made of a review', async () => {
    const agent = oneConnection();
    const property = fc.asyncProperty(hostileBodies, async (body) => {
      expect(harmOf(body, await send(serve, body, { agent }))).to.equal(undefined);
    });
    await fc.assert(property, { ...runs, numRuns: 300 });
    agent.destroy();
  });

  it('writes nothing of what is in a pod, and each line as JSON', async () => {
    await until('all is logged', () => serve.log().length > 300);
    expect(corpus.join()).to.include(secret);
    expect(serve.text()).to.not.include(secret);
  });

  /** The number of lines, once the last review has its own. */
  async function lengthOfLog(): Promise<number> {
    const uid = `last-${serve.log().length}`;
    await send(serve, creation(null, { uid, operation: 'DELETE' }));
    await until('it is logged', () => serve.log().at(-1)?.uid === uid);
    return serve.log().length;
  }

  it('writes one line for each review, whatever its uid, its pod and its containers are called', async () => {
    const forged = 'x"}\n{"level":"error","message":"forged"}\r\u0007\u001b[31m\u2028';
    const known = await lengthOfLog();
    const spec = { containers: [{ name: forged, image: forged }], nodeName: forged };
    const uid = 'a"}{"level":"error"';
    await send(
      serve,
      creation({ kind: 'Pod', metadata: { name: forged, labels: { [forged]: forged } }, spec }, { uid }),
    );
    await send(serve, creation({ kind: 'Pod', spec: { containers: [{ name: forged, securityContext: forged }] } }));
    await send(serve, creation({ kind: forged }));
    await until('they are logged', () => serve.log().length >= known + 3);
    const lines = serve.log().slice(known);
    expect(lines.map(({ level }) => level)).to.deep.equal(['info', 'warn', 'warn']);
    expect(lines[0]).to.include({ message: 'Review answered.', pod: forged, uid });
    expect(lines[0]?.filled).to.include(`${forged}/runAsNonRoot`);
    const obeyed = [...serve.text()].filter((character) => character < ' ' && character !== '\n');
    expect(obeyed, 'what a terminal would obey').to.deep.equal([]);
  });

  it('answers a normal review at once beside every kind of attack', async () => {
    siege = await besiege(serve, () => 4);
    for (const _ of Array(5)) {
      const start = performance.now();
      expect(patchOf(await send(serve, creation(), { agent: false }))).to.deep.equal(rayHeadPatch);
      expect(performance.now() - start, 'milliseconds').to.be.below(patienceMs);
    }
    const said = siege.said();
    const answered = ['too large a body', 'a gzip bomb', 'deep nesting', 'too many parts', 'another method'];
    await until('they are answered', () => answered.every((name) => said.has(name)));
    expect(wrongWords(said)).to.deep.equal([]);
    expect(said.get('a gzip bomb')).to.match(/^HTTP\/1\.1 415 /);
    expect(said.get('too many parts')).to.match(/^HTTP\/1\.1 413 /);
    expect(said.get('plain HTTP')).to.equal(undefined);
  });

  it('answers a normal review at once beside 2,000 silent connections', async () => {
    siege = await besiege(serve, ({ name }) => (name === 'silence' ? 2_000 : 0));
    const start = performance.now();
    expect(patchOf(await send(serve, creation(), { agent: false }))).to.deep.equal(rayHeadPatch);
    expect(performance.now() - start, 'milliseconds').to.be.below(patienceMs);
  });

  it('has a name for each attack', () => {
    expect(new Set(attacks.map(({ name }) => name)).size).to.equal(attacks.length);
  });
});

/** The namespace of the corpus fills all that there is to fill, and lets pods have their say. */
const namespacesYaml = `apiVersion: v1
kind: Namespace
metadata:
  name: team
  labels: {pod-hardener.io/profile: restricted}
`;
