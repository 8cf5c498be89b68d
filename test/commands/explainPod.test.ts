import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { build } from 'esbuild';
import { type ExplainPodOptions, explainPod } from '../../src/commands/runExplainPod.ts';
import type { PodExplanation } from '../../src/output/podExplanation.ts';
import { writeKubeconfig } from '../kubernetes/fakeApiServer.ts';
import { containerOf, type Json } from '../pods.ts';
import { runProgram } from '../program.ts';
import { fakeTerminal } from './terminal.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

async function run(options: Partial<ExplainPodOptions>, stdin = '') {
  const { terminal, written } = fakeTerminal(stdin);
  const status = await explainPod({ output: 'text', color: 'auto', ...options }, terminal);
  return { ...written, status };
}

function resultsOf(out: string): readonly PodExplanation[] {
  const { kind, results } = JSON.parse(out);
  expect(kind).to.equal('PodExplanation');
  return results;
}

function manifestOf(kind: string, name: string): Json {
  const spec = { containers: [containerOf('app')] };
  const metadata = { name };
  if (kind === 'Pod') return { apiVersion: 'v1', kind, metadata, spec };
  return { apiVersion: 'apps/v1', kind, metadata, spec: { template: { spec } } };
}

const ray = join(root, 'examples/raycluster.yaml');

describe('explain of manifests', () => {
  const input = { targets: ['-'], recursive: false };
  const inJson = (name: string | undefined, ...manifests: readonly Json[]) => {
    const options = { input: { ...input, profile: 'restricted' }, output: 'json' as const };
    const stdin = manifests.map((one) => JSON.stringify(one)).join('\n---\n');
    return run({ ...options, ...(name !== undefined && { name }) }, stdin);
  };
  const [web, api, pod] = [manifestOf('Deployment', 'web'), manifestOf('Deployment', 'api'), manifestOf('Pod', 'web')];

  for (const [name, found] of [
    [undefined, ['Deployment/web', 'Deployment/api', 'Pod/web']],
    ['pod', ['Pod/web']],
    ['po', ['Pod/web']],
    ['pods/web', ['Pod/web']],
    ['deploy/api', ['Deployment/api']],
    ['deployments/web', ['Deployment/web']],
    ['Deployment/web', ['Deployment/web']],
  ] as const) {
    it(`explains ${name === undefined ? 'all of them' : `${name} of them`}`, async () => {
      const { out, said, status } = await inJson(name, web, api, pod);
      expect({ said, status }).to.deep.equal({ said: [], status: 0 });
      expect(resultsOf(out).map((one) => `${one.kind}/${one.name}`)).to.deep.equal(found);
    });
  }

  for (const [name, problem] of [
    ['deployment', 'there are 2 of the kind "deployment" in the input: name one of "deployment/web", "deployment/api"'],
    ['deployment/wep', 'there is no "deployment/wep" in the input; did you mean "deployment/web"?'],
    ['job/x', 'there is no "job/x" in the input; there are "deployment/web", "deployment/api", "pod/web"'],
  ] as const) {
    it(`says why ${name} cannot be explained, and ends with 2`, async () => {
      expect(await inJson(name, web, api, pod)).to.deep.equal({ out: '', said: [`error: ${problem}`], status: 2 });
    });
  }

  it('says that there is nothing to explain, and ends with 2', async () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } };
    expect(await inJson(undefined, service)).to.deep.equal({
      out: '',
      said: ['error: there is no pod or pod template in the input'],
      status: 2,
    });
  });

  it('explains them by the exemptions of a configuration file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pod-hardener-'));
    try {
      const config = join(folder, 'config.yaml');
      const exemption = '{name: a, controls: [capabilities], match: {namespaces: [team]}, owner: b, reason: c}';
      await writeFile(
        config,
        `apiVersion: pod-hardener.io/v1alpha1\nkind: Configuration\nexemptions: [${exemption}]\n`,
      );
      const options = { input: { ...input, config, namespace: 'team' }, output: 'json' as const };
      const [found] = resultsOf((await run(options, JSON.stringify(web))).out);
      expect(found?.left.map(({ reason, fields }) => [reason, fields])).to.deep.equal([
        ['exempt', ['app/capabilities']],
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('explains every template of an object', async () => {
    const { out } = await run({ name: 'raycluster', input: { ...input, targets: [ray] }, output: 'json' });
    expect(resultsOf(out).map(({ template }) => template)).to.deep.equal([
      'spec.headGroupSpec.template',
      'spec.workerGroupSpecs[0].template',
    ]);
  });

  it('takes a pod that an API server has printed for one that was filled, and no other', async () => {
    const note = { 'pod-hardener.io/filled': 'app/runAsNonRoot' };
    const manifest = {
      ...pod,
      metadata: { name: 'web', annotations: note },
      spec: { containers: [containerOf('app', { runAsNonRoot: true })] },
    };
    const stateOf = async (one: Json) => resultsOf((await inJson('pod', one)).out)[0]?.fields[1]?.state;
    expect(await stateOf(manifest)).to.equal('set');
    expect(await stateOf({ ...manifest, metadata: { ...manifest.metadata, uid: '1' } })).to.equal('filled');
  });

  it('says where its policy is from', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pod-hardener-'));
    try {
      const namespaces = join(folder, 'namespaces.yaml');
      await writeFile(
        namespaces,
        'apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {pod-hardener.io/profile: baseline}}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: b}\n',
      );
      const policyLine = async (more: Json) => {
        const { out } = await run({ name: 'pod', input: { ...input, ...more } }, JSON.stringify(pod));
        return out
          .replace(/\n {6}/g, ' ')
          .split('\n')[3]
          ?.trim();
      };
      expect(await policyLine({ namespaces, namespace: 'a' })).to.equal(
        'baseline, version latest, mode fill, as the namespace a says',
      );
      expect(await policyLine({ namespaces, namespace: 'b' })).to.equal('none: the namespace b is not opted in');
      expect(await policyLine({ profile: 'hardened' })).to.equal(
        'hardened, version latest, mode fill, as --profile says',
      );
      expect(await policyLine({})).to.equal(
        'restricted, version latest, mode fill, since nothing is known of its namespace',
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('says of policies only what concerns what is asked about, and once', async () => {
    const namespace = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: 'a',
        labels: { 'pod-hardener.io/profile': 'restricted' },
        annotations: { 'pod-hardener.io/mode': 'fil' },
      },
    };
    const inA = {
      ...pod,
      metadata: { name: 'web', namespace: 'a', annotations: { 'pod-hardener.io/controls': '-x' } },
    };
    const inB = { ...web, metadata: { name: 'web', namespace: 'b' } };
    const stdin = [namespace, inA, inB].map((one) => JSON.stringify(one)).join('\n---\n');
    const { out, said } = await run({ name: 'pod', input }, stdin);
    expect(said).to.deep.equal([]);
    expect(out.match(/"fil" is unknown/g)).to.have.lengthOf(1);
    expect(out.match(/pod-hardener\.io\/controls/g)).to.have.lengthOf(1);
    expect(out).not.to.include('describes b');
  });
});

/** An API server that answers with what it is given for a path, and 404 for the rest. */
async function startAnswers(answers: Readonly<Record<string, Json | number>>): Promise<Server> {
  const server = createServer(({ url = '' }, response) => {
    const answer = answers[url.split('?')[0] ?? ''] ?? 404;
    const [status, body] = typeof answer === 'number' ? [answer, {}] : [200, answer];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe('explain pod/NAME', () => {
  const pods = '/api/v1/namespaces/team/pods';
  const web = {
    metadata: {
      name: 'web-1',
      namespace: 'team',
      uid: '1',
      annotations: { 'pod-hardener.io/filled': 'app/runAsNonRoot' },
    },
    spec: { containers: [containerOf('app', { runAsNonRoot: true })] },
  };
  const team = {
    metadata: { name: 'team', uid: '2', resourceVersion: '1', labels: { 'pod-hardener.io/profile': 'restricted' } },
  };
  const version = { major: '1', minor: '34' };
  const listOf = (...names: readonly string[]) => ({
    metadata: { resourceVersion: '1' },
    items: names.map((name) => ({ metadata: { name, uid: name, resourceVersion: '1' } })),
  });
  const cluster = { [`${pods}/web-1`]: web, '/api/v1/namespaces/team': team, '/version': version };

  async function ask(answers: Readonly<Record<string, Json | number>>, options: Partial<ExplainPodOptions> = {}) {
    const server = await startAnswers(answers);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const kubeconfig = await writeKubeconfig({ server: url }, {});
    try {
      const asked = { name: 'pod/web-1', namespace: 'team', kubeconfig: kubeconfig.file, ...options };
      const { out, said, status } = await run(asked);
      return { out, said: said.map((line) => line.replace(url, 'URL')), status };
    } finally {
      await kubeconfig.remove();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  it('explains the pod by the policy that its namespace has now', async () => {
    const { out, said, status } = await ask(cluster);
    expect({ said, status }).to.deep.equal({ said: [], status: 0 });
    expect(out.split('\n').slice(0, 10)).to.deep.equal([
      'Pod web-1 in the namespace team',
      '',
      '  Policy',
      '    restricted, version latest, mode fill, as the namespace team says',
      '',
      '  Level',
      '    baseline as it was written, baseline as it is, restricted if it were created',
      '      now',
      '    in its way: allowPrivilegeEscalation != false (container "app" must set',
      '      securityContext.allowPrivilegeEscalation=false)',
    ]);
    expect(out).to.include('    runAsNonRoot              true   filled by pod-hardener\n');
  });

  it('explains the pod by the configuration file, and says what is wrong with that', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pod-hardener-'));
    try {
      const config = join(folder, 'config.yaml');
      const head = 'apiVersion: pod-hardener.io/v1alpha1\nkind: Configuration\n';
      const exemption =
        'name: a, controls: [capabilities], match: {namespaces: [team]}, owner: infra, reason: it needs them';
      await writeFile(config, `${head}defaults: {mode: audit}\nexemptions: [{${exemption}}]\n`);
      const { out } = await ask(cluster, { config });
      expect(out).to.include('    restricted, version latest, mode audit, as the namespace team says\n');
      expect(out).to.include('    exempt: app/capabilities\n');
      expect(out.replace(/\n {6}/g, ' ')).to.include(
        '    The exemption "a" spares capabilities without an end; its owner is "infra".\n',
      );
      await writeFile(config, `${head}mode: x\n`);
      const problem = `error: ${config}:3:1: mode: this key is unknown`;
      expect(await ask(cluster, { config })).to.deep.equal({ out: '', said: [problem], status: 2 });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('explains as much as it may know when it must not read the namespace', async () => {
    const { out, status } = await ask({ ...cluster, '/api/v1/namespaces/team': 403 });
    expect(status).to.equal(0);
    expect(out).to.include('    none: you may not read the namespace team, so its policy is not known\n');
    expect(out).to.include('    runAsNonRoot  true  filled by pod-hardener\n');
  });

  it('says in one sentence that there is no such pod, and which may be meant', async () => {
    const missing = (name: string, answers = {}) =>
      ask({ ...cluster, [pods]: listOf('web-1', 'web-2', 'db-0'), ...answers }, { name });
    const sentences = async (name: string, answers = {}) => (await missing(name, answers)).said;
    expect(await missing('pod/web')).to.deep.equal({
      out: '',
      said: ['error: there is no pod "web" in the namespace team; did you mean "web-1" or "web-2"?'],
      status: 2,
    });
    expect(await sentences('pod/dp-0')).to.deep.equal([
      'error: there is no pod "dp-0" in the namespace team; did you mean "db-0"?',
    ]);
    expect(await sentences('pod/unlike-any-of-them')).to.deep.equal([
      'error: there is no pod "unlike-any-of-them" in the namespace team',
    ]);
    expect(await sentences('pod/web', { [pods]: 403 })).to.deep.equal([
      'error: there is no pod "web" in the namespace team',
    ]);
    expect(await sentences('pod/web', { [pods]: listOf(), '/api/v1/namespaces/team': 404 })).to.deep.equal([
      'error: there is no namespace team, so there is no pod "web"',
    ]);
  });

  for (const [answer, sentence] of [
    [403, 'you may not get pods in the namespace team'],
    [401, 'the cluster does not know you: its answer is 401'],
    [500, 'the cluster at URL cannot be read: the API server answered 500'],
    [{ spec: {} }, 'spec.containers is missing, not a list'],
  ] as const) {
    it(`says in one sentence what is wrong when it is answered ${JSON.stringify(answer)}, and ends with 2`, async () => {
      expect(await ask({ ...cluster, [`${pods}/web-1`]: answer })).to.deep.equal({
        out: '',
        said: [`error: ${sentence}`],
        status: 2,
      });
    });
  }

  it('says in one sentence that there is no cluster, no kubeconfig, or no such context', async () => {
    const server = await startAnswers({});
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const kubeconfig = await writeKubeconfig({ server: `http://127.0.0.1:${port}` }, {});
    try {
      const asked = { name: 'pod/web', namespace: 'team', kubeconfig: kubeconfig.file };
      expect(await run(asked)).to.deep.equal({
        out: '',
        said: [
          `error: the cluster at http://127.0.0.1:${port} cannot be read: the connection to the API server failed (ECONNREFUSED)`,
        ],
        status: 2,
      });
      expect((await run({ ...asked, context: 'x1' })).said).to.deep.equal([
        'error: the kubeconfig has no context "x1"',
      ]);
      expect((await run({ ...asked, kubeconfig: '/nowhere/config' })).said).to.deep.equal([
        'error: the kubeconfig "/nowhere/config": there is no such file',
      ]);
    } finally {
      await kubeconfig.remove();
    }
  });
});

describe('the command explain with a pod', () => {
  const program = (...args: readonly string[]) => runProgram(['explain', ...args]);

  const usage = (...problems: readonly string[]) => ({
    out: '',
    said: [
      ...problems.map((problem) => `pod-hardener explain: ${problem}\n`),
      'Run "pod-hardener explain --help" for the options.\n',
    ].join(''),
    status: 2,
  });

  it('explains a manifest', async () => {
    const { out, status } = await program('raycluster/demo', '-f', ray, '-p', 'baseline');
    expect(out).to.match(/^RayCluster demo in the namespace ray, spec\.headGroupSpec\.template\n/);
    expect(status).to.equal(0);
  });

  it('takes what stands behind the file for what is to be explained, as kubectl does', async () => {
    for (const args of [
      ['-f', ray, 'raycluster/demo'],
      ['-f', ray, '-p', 'baseline', 'RayCluster'],
    ]) {
      const { out, status } = await program(...args);
      expect(out, args.join(' ')).to.match(/^RayCluster demo in the namespace ray, spec\.headGroupSpec\.template\n/);
      expect(status).to.equal(0);
    }
    expect(await program('-f', ray, 'pod/web')).to.deep.equal({
      out: '',
      said: 'error: there is no "pod/web" in the input; there is "raycluster/demo"\n',
      status: 2,
    });
  });

  it('says what is meant by a kind and a name in two words', async () => {
    const problem = 'only one thing can be explained at a time; did you mean "deployment/web"?';
    expect(await program('deployment', 'web', '-f', ray)).to.deep.equal(usage(problem));
    expect(await program('-f', ray, 'deployment', 'web')).to.deep.equal(usage(problem));
    expect(await program('runAsUser', 'runAsGroup')).to.deep.equal(usage('only one thing can be explained at a time'));
  });

  it('says which options do not go together', async () => {
    expect(await program('pod')).to.deep.equal(usage('name the pod, such as pod/web, or its manifest with -f'));
    expect(await program('deployment/web')).to.deep.equal(
      usage('only pods are read from a cluster: name the manifest of "deployment/web" with -f, or a pod'),
    );
    expect(await program('pod/web', '-p', 'restricted', '-n', 'A b')).to.deep.equal(
      usage('--profile: only with -f', '--namespace "A b" is no name of a namespace'),
    );
    expect(await program('runAsUser', '-n', 'team', '--context', 'x')).to.deep.equal(
      usage('--namespace, --context: only for pod/NAME, or with -f'),
    );
    expect(await program('pod', '-f', ray, '--kubeconfig', 'x')).to.deep.equal(
      usage('--kubeconfig: not with -f, which asks no cluster'),
    );
  });

  it('loads the client of the cluster only when a cluster is asked', async () => {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: ['src/commands/explain.ts', 'src/commands/runExplainPod.ts'],
      outdir: 'none',
      bundle: true,
      splitting: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
    });
    const packagesOf = (name: string): readonly string[] => {
      const output = metafile.outputs[name];
      return (output?.imports ?? [])
        .filter(({ kind }) => kind === 'import-statement')
        .flatMap(({ path, external }) => (external ? [path] : packagesOf(path)))
        .filter((path) => !path.startsWith('node:'));
    };
    expect([...new Set(packagesOf('none/explain.js'))]).to.deep.equal(['commander']);
    expect(packagesOf('none/runExplainPod.js')).to.deep.equal([]);
    expect(Object.keys(metafile.outputs)).to.include('none/runExplainPod.js');
  });
});
