import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { until } from '../kubernetes/poll.ts';
import { parseExposition } from '../metrics/exposition.ts';
import { type ListeningProcess, listening, type ServeProcess, startServe } from '../webhook/child.ts';
import { type Answer, connect, head, oneConnection, patchOf, send, untilClosed } from '../webhook/client.ts';
import { creation, rayHead, rayHeadPatch } from '../webhook/reviews.ts';

const ephemeral = ['--port', '0', '--metrics-port', '0'];

describe('the command serve', () => {
  let folder: string;
  let namespaces: string;

  /** Three that are started together, since that is what takes time. */
  let alone: ListeningProcess;
  let twice: ListeningProcess;
  let faulty: ListeningProcess;
  const started: ServeProcess[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pod-hardener-'));
    namespaces = join(folder, 'namespaces.yaml');
    writeNamespaces(teamWith('restricted'));
    const start = (delay: string, fault?: string) => {
      const options = ['--standalone', '--namespaces', namespaces, ...ephemeral, '--shutdown-delay', delay];
      return listening(starting(options, fault));
    };
    const faults = 'Promise.reject(new Error("the rejection"));throw new Error("the exception")';
    [alone, twice, faulty] = await Promise.all([start('2s'), start('1m'), start('200ms', faults)]);
  });

  after(async () => {
    for (const { child } of started) child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  /** Starts one that is killed in the end. */
  function starting(options: readonly string[], fault?: string): ServeProcess {
    const serve = startServe(options, fault);
    started.push(serve);
    return serve;
  }

  /** Writes the file in one step: a look at it finds the old text or the new one. */
  function writeNamespaces(text: string): void {
    writeFileSync(`${namespaces}.new`, text);
    renameSync(`${namespaces}.new`, namespaces);
  }

  function teamWith(profile: string): string {
    return `apiVersion: v1
kind: Namespace
metadata:
  name: team
  labels:
    pod-hardener.io/profile: ${profile}
`;
  }

  describe('which stands alone,', () => {
    const post = (body: Buffer) => send(alone, body);

    it('is ready, and says what it listens to', async () => {
      expect(await alone.page('/healthz')).to.deep.equal({ status: 200, text: 'ok\n' });
      expect(await alone.page('/readyz')).to.deep.equal({ status: 200, text: 'ok\n' });
      const line = alone.log().find(({ message }) => message === 'Listening.');
      expect(line?.mutate).to.match(/^https:\/\/127\.0\.0\.1:\d+\/mutate$/);
      expect(line?.metrics).to.match(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    });

    it('answers reviews', async () => {
      expect(patchOf(await post(creation()))).to.deep.equal(rayHeadPatch);
      expect(patchOf(await post(creation(rayHead, { namespace: 'elsewhere' })))).to.equal(undefined);
    });

    it('writes one line of JSON for each review, whatever a pod is called, and nothing of what is in it', async () => {
      const name = 'two\nlines {"level":"error"}\u2028\u0007';
      for (const metadata of [{ name }, { generateName: 'ray-head-' }]) await post(creation({ ...rayHead, metadata }));
      await post(creation(rayHead, { object: { kind: 'Pod', spec: 'a-secret-of-the-author' } }));
      await until('they are written', () => alone.log().at(-1)?.outcome === 'failed');
      const [first, ...others] = alone.log().filter(({ pod }) => pod === name);
      expect(others).to.deep.equal([]);
      expect(first).to.include({
        level: 'info',
        message: 'Review answered.',
        uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
        namespace: 'team',
        operation: 'create',
        resource: 'pods',
        dryRun: false,
        outcome: 'filled',
        pod: name,
        profile: 'restricted',
        mode: 'fill',
      });
      expect(first?.filled).to.deep.equal([
        'seccompProfile',
        'ray-head/runAsNonRoot',
        'ray-head/allowPrivilegeEscalation',
        'ray-head/capabilities',
        'autoscaler/runAsNonRoot',
        'autoscaler/allowPrivilegeEscalation',
        'autoscaler/capabilities',
      ]);
      expect(first?.time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(alone.log().at(-2)).to.include({ pod: 'ray-head-' });
      expect(alone.log().at(-1)).to.include({
        level: 'warn',
        message: 'request.object is not a Pod: spec is a string, not an object',
        stage: 'decode',
        status: 400,
      });
      expect(alone.text()).to.not.include('a-secret-of-the-author');
      expect(alone.text()).to.not.include('rayproject/ray');
    });

    it('shows what it did and how it is', async () => {
      const { value } = parseExposition((await alone.page('/metrics')).text);
      const of = (name: string, labels?: Record<string, string>) => value(`pod_hardener_${name}`, labels);
      const requests = { operation: 'create', resource: 'pods', dry_run: 'false' };
      expect(of('admission_requests_total', { ...requests, outcome: 'filled' })).to.equal(3);
      expect(of('admission_requests_total', { ...requests, outcome: 'not_opted_in' })).to.equal(1);
      expect(of('errors_total', { stage: 'decode' })).to.equal(1);
      expect(of('opted_in_namespaces', { profile: 'restricted' })).to.equal(1);
      expect(of('namespace_cache_synced')).to.equal(1);
      const now = Date.now() / 1000;
      expect(of('namespace_cache_last_contact_timestamp_seconds')).to.be.within(now - 60, now + 1);
      const day = 86_400;
      const notAfter = of('certificate_not_after_timestamp_seconds', { certificate: 'serving' });
      expect(notAfter).to.be.within(now + 364 * day, now + 366 * day);
    });

    it('takes over a changed file of namespaces, and keeps the last good one', async () => {
      const seccompOnly = [
        { op: 'add', path: '/spec/securityContext', value: { seccompProfile: { type: 'RuntimeDefault' } } },
        { op: 'add', path: '/metadata/annotations/pod-hardener.io~1filled', value: 'seccompProfile' },
      ];
      const last = () => alone.log().at(-1);
      writeNamespaces(teamWith('baseline'));
      await until('it is read', () => last()?.message === 'The namespaces were read again.');
      expect(last()).to.include({ level: 'info', namespaces: 1 });
      expect(patchOf(await post(creation()))).to.deep.equal(seccompOnly);

      writeNamespaces(`${teamWith('hardened')}  annotations: [`);
      await until('it is refused', () => last()?.level === 'error');
      expect(last()?.message).to.equal('The namespaces could not be read again; the last ones stay.');
      expect(last()?.error).to.match(/namespaces\.yaml: line \d+, column \d+: /);
      expect(patchOf(await post(creation()))).to.deep.equal(seccompOnly);
    });

    it('loses no request when it is ended: what runs and what arrives is answered, and then it is gone', async () => {
      const body = creation(rayHead, { uid: 'at-the-end' });
      const agent = oneConnection();
      const first = await send(alone, body, { agent });
      expect(first.headers.connection).to.equal('keep-alive');
      const [soon, late] = [await beginRequest(alone, body), await beginRequest(alone, body)];

      alone.child.kill('SIGTERM');
      const isDraining = ({ message }: Record<string, unknown>) => /^Draining/.test(String(message));
      await until('it drains', () => alone.log().some(isDraining));
      expect(await alone.page('/readyz')).to.deep.equal({ status: 503, text: 'draining\n' });
      expect(await alone.page('/healthz')).to.deep.equal({ status: 200, text: 'ok\n' });
      const answers: Answer[] = [await send(alone, body, { agent })];
      expect(answers[0]?.from, 'on the connection that was there').to.equal(first.from);
      expect(await soon()).to.match(/^HTTP\/1\.1 200 OK\r\n[^{]*Connection: close\r\n/);
      const refused = async () => {
        const answer = await send(alone, body, { agent: false }).catch((error: { code: string }) => error);
        if ('code' in answer) return answer.code;
        answers.push(answer);
        return undefined;
      };
      let code: string | undefined;
      while (code === undefined) {
        code = await refused();
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      // Reset is one that the kernel had taken when the server closed, and that never came to the server.
      expect(code).to.be.oneOf(['ECONNREFUSED', 'ECONNRESET']);
      // One that began before the end is waited for even now.
      expect(await late()).to.match(/^HTTP\/1\.1 200 OK\r\n[^{]*Connection: close\r\n/);
      expect(answers.length, 'answered while it drained').to.be.greaterThan(3);
      for (const { status, headers } of answers) {
        expect({ status, connection: headers.connection }).to.deep.equal({ status: 200, connection: 'close' });
      }
      expect(await alone.ended).to.equal(0);
      const decided = alone.log().filter(({ uid }) => uid === 'at-the-end');
      expect(decided.length, 'reviews decided, and answers received').to.equal(answers.length + 3);
      expect(alone.log().at(-1)).to.include({ message: 'Ended.', code: 0 });
    });
  });

  /** Sends a review but for its last bytes. Calling what it resolves with sends those; that resolves with the answer. */
  async function beginRequest(serve: ListeningProcess, body: Buffer): Promise<() => Promise<string>> {
    const socket = await connect(serve);
    const said = untilClosed(socket);
    socket.write(head({ 'Content-Length': body.length }));
    socket.write(body.subarray(0, -10));
    return () => {
      socket.write(body.subarray(-10));
      return said;
    };
  }

  describe('told to end a second time,', () => {
    it('ends at once', async () => {
      twice.child.kill('SIGINT');
      await until('it drains', () => twice.log().some(({ message }) => /^Draining/.test(String(message))));
      const start = performance.now();
      twice.child.kill('SIGTERM');
      expect(await twice.ended).to.equal(1);
      expect(performance.now() - start, 'milliseconds of a drain that takes a minute').to.be.below(10_000);
    });
  });

  describe('after faults that nobody caught,', () => {
    it('says so, drains all the same, and ends with 1', async () => {
      const answer = await beginRequest(faulty, creation());
      faulty.child.kill('SIGUSR2');
      await until('it drains', () => faulty.log().some(({ message }) => /^Draining/.test(String(message))));
      expect(await answer()).to.match(/^HTTP\/1\.1 200 OK\r\n/);
      expect(await faulty.ended).to.equal(1);
      const told = faulty.log().filter(({ message }) => message === 'A fault of this program: it drains and ends.');
      expect(told.map(({ level }) => level)).to.deep.equal(['error', 'error']);
      expect(told.map(({ error }) => /^Error: (.*)\n {4}at /.exec(String(error))?.[1]).sort()).to.deep.equal([
        'the exception',
        'the rejection',
      ]);
    });
  });

  describe('which cannot start,', () => {
    /** What the process has written when it ends, which it does by itself and with the code. */
    async function lastWords(options: readonly string[], code: number): Promise<string> {
      const serve = startServe(options);
      try {
        await until('it ends', () => serve.child.exitCode !== null, 8_000);
        expect(await serve.ended).to.equal(code);
        expect(serve.text(), 'no stack').to.not.match(/\n? +at /);
        return serve.text();
      } finally {
        serve.child.kill('SIGKILL');
      }
    }

    it('says which files it cannot read beside what else is wrong, and ends with 2', async () => {
      const missing = join(folder, 'missing');
      const files = ['--namespaces', missing, '--client-ca-file', missing];
      expect(await lastWords(['--standalone', ...files, '--port', 'x'], 2)).to.equal(
        `pod-hardener serve: --port "x" is not an integer from 0 to 65535
pod-hardener serve: --namespaces ${missing}: there is no such file
pod-hardener serve: --client-ca-file ${missing}: there is no such file
Run "pod-hardener serve --help" for the options.
`,
      );
    });

    it('says which port is taken, and ends with 2', async () => {
      writeNamespaces(teamWith('restricted'));
      const holder = createServer().listen(0, '127.0.0.1');
      await once(holder, 'listening');
      const { port } = holder.address() as AddressInfo;
      try {
        const options = ['--standalone', '--namespaces', namespaces, '--metrics-port', '0', '--port', String(port)];
        expect(await lastWords(options, 2)).to.equal(
          `pod-hardener serve: --port ${port}: something listens to it already
Run "pod-hardener serve --help" for the options.
`,
        );
      } finally {
        holder.close();
      }
    });

    it('says all that is wrong with its options at once, and ends with 2', async () => {
      const wrong = ['--port', '99999', '--metrics-port', 'x', '--opt-in', 'both', '--log-level', 'all'];
      expect(await lastWords(['--standalone', ...wrong], 2)).to.equal(
        `pod-hardener serve: --port "99999" is not an integer from 0 to 65535
pod-hardener serve: --metrics-port "x" is not an integer from 0 to 65535
pod-hardener serve: --opt-in "both" is unknown; there are label, annotation
pod-hardener serve: --log-level "all" is unknown; there are error, warn, info, debug
pod-hardener serve: --standalone needs --namespaces FILE with Namespace manifests
Run "pod-hardener serve --help" for the options.
`,
      );
    });
  });

  describe('with a configuration file', () => {
    const head = 'apiVersion: pod-hardener.io/v1alpha1\nkind: Configuration\n';

    it('ends with 2 before it starts anything when the file is bad, and says all that is wrong', async () => {
      const config = join(folder, 'bad.yaml');
      writeFileSync(config, `${head}profile: []\nmode: x\n`);
      const { ended, text } = startServe([
        '--standalone',
        '--namespaces',
        namespaces,
        ...ephemeral,
        '--config',
        config,
      ]);
      expect(await ended).to.equal(2);
      expect(text().trim().split('\n')).to.deep.equal([
        `pod-hardener serve: ${config}:3:1: profile: this key is unknown; did you mean "profiles"?`,
        `pod-hardener serve: ${config}:4:1: mode: this key is unknown`,
        'Run "pod-hardener serve --help" for the options.',
      ]);
    });

    it('advises on a namespace by the profiles and defaults of the file', async () => {
      const config = join(folder, 'config.yaml');
      writeFileSync(config, `${head}defaults: {mode: audit}\nprofiles: [{name: web, extends: restricted}]\n`);
      const options = ['--standalone', '--namespaces', namespaces, ...ephemeral, '--config', config];
      const own = await listening(starting(options));
      const labels = { 'pod-hardener.io/profile': 'web', 'pod-security.kubernetes.io/enforce': 'restricted' };
      const object = { kind: 'Namespace', metadata: { name: 'team', labels } };
      const resource = { group: '', version: 'v1', resource: 'namespaces' };
      const { body } = await send(own, creation(object, { resource, object }), { path: '/namespaces' });
      expect(JSON.parse(body).response.warnings).to.deep.equal([
        'pod-hardener.io/mode: "audit" fills nothing, and enforce=restricted refuses pods that leave it out',
      ]);
    });
  });
});
