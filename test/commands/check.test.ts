import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { build } from 'esbuild';
import { type CheckOptions, check } from '../../src/commands/runCheck.ts';
import { type FailOn, failOns } from '../../src/output/failOn.ts';
import { runProgram, startProgram } from '../program.ts';
import { fakeTerminal } from './terminal.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

async function run(stdin: string, { columns, ...options }: Partial<CheckOptions> & { columns?: number } = {}) {
  const { terminal, written } = fakeTerminal(stdin, { ...(columns !== undefined && { columns }) });
  const given = { targets: ['-'], recursive: false, fill: true, output: 'table', color: 'auto' } as const;
  const status = await check({ ...given, ...options }, terminal);
  return { ...written, status };
}

async function report(stdin: string, options: Partial<CheckOptions> = {}) {
  const { out, said, status } = await run(stdin, { ...options, output: 'json' });
  return { report: JSON.parse(out), said, status };
}

const pod = (name: string, members = '', containers = '[{name: app}]') =>
  `kind: Pod\nmetadata: {name: ${name}${members}}\nspec: {containers: ${containers}}\n`;
const hostNetwork = (name: string, members = '') =>
  `kind: Pod\nmetadata: {name: ${name}${members}}\nspec: {hostNetwork: true, containers: [{name: app}]}\n`;
const namespace = (name: string, profile: string, rest = '') =>
  `---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n  labels: {${profile && `pod-hardener.io/profile: ${profile}`}}\n${rest}`;

const rayCluster = `kind: RayCluster
metadata: {name: ray, namespace: team-a}
spec:
  headGroupSpec:
    template:
      spec:
        containers:
        - name: head
        - name: agent
          securityContext: {privileged: true}
`;

describe('check -o json', () => {
  it('prints one object with what is objected to before and after, what is filled and what is left', async () => {
    const printed = await report(rayCluster, { profile: 'baseline' });
    expect(printed).to.deep.equal({
      status: 1,
      said: [],
      report: {
        apiVersion: 'pod-hardener.io/v1alpha1',
        kind: 'CheckReport',
        level: 'baseline',
        version: 'latest',
        results: [
          {
            file: 'standard input',
            kind: 'RayCluster',
            name: 'ray',
            namespace: 'team-a',
            template: 'spec.headGroupSpec.template',
            before: {
              level: 'privileged',
              allowed: false,
              message: 'privileged (container "agent" must not set securityContext.privileged=true)',
            },
            after: {
              level: 'privileged',
              allowed: false,
              message: 'privileged (container "agent" must not set securityContext.privileged=true)',
            },
            changes: [
              {
                control: 'seccompProfile',
                path: 'spec.securityContext.seccompProfile',
                value: { type: 'RuntimeDefault' },
              },
            ],
            left: [],
          },
        ],
      },
    });
  });

  it('has paths that begin at the pod, and the reasons of what was left', async () => {
    const { report: printed } = await report(rayCluster, { profile: 'restricted' });
    expect(printed.results[0].changes).to.deep.equal([
      { control: 'seccompProfile', path: 'spec.securityContext.seccompProfile', value: { type: 'RuntimeDefault' } },
      { control: 'runAsNonRoot', path: 'spec.containers[0].securityContext.runAsNonRoot', value: true },
      {
        control: 'allowPrivilegeEscalation',
        path: 'spec.containers[0].securityContext.allowPrivilegeEscalation',
        value: false,
      },
      { control: 'capabilities', path: 'spec.containers[0].securityContext.capabilities.drop', value: ['ALL'] },
    ]);
    expect(printed.results[0].left).to.deep.equal([
      { control: 'runAsNonRoot', path: 'spec.containers[1].securityContext.runAsNonRoot', reason: 'privileged' },
      {
        control: 'allowPrivilegeEscalation',
        path: 'spec.containers[1].securityContext.allowPrivilegeEscalation',
        reason: 'privileged',
      },
      { control: 'capabilities', path: 'spec.containers[1].securityContext.capabilities', reason: 'privileged' },
    ]);
  });

  it('tells the verdict on a pod as it is from the one on the pod once filled', async () => {
    const { report: printed, status } = await report(pod('a'), { profile: 'restricted', namespace: 'team-a' });
    const [{ kind, name, namespace: where, template, before, after }] = printed.results;
    expect({ kind, name, where, template }).to.deep.equal({ kind: 'Pod', name: 'a', where: 'team-a', template: '' });
    expect(before).to.deep.equal({
      level: 'baseline',
      allowed: false,
      message:
        'allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false), ' +
        'unrestricted capabilities (container "app" must set securityContext.capabilities.drop=["ALL"]), ' +
        'runAsNonRoot != true (pod or container "app" must set securityContext.runAsNonRoot=true), ' +
        'seccompProfile (pod or container "app" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    });
    expect(after).to.deep.equal({ level: 'restricted', allowed: true, message: '' });
    expect(status).to.equal(0);
  });

  it('has neither changes nor a verdict afterwards where nothing is to be filled', async () => {
    const { report: printed, status } = await report(hostNetwork('a'), { level: 'baseline', fill: false });
    expect(printed.results).to.deep.equal([
      {
        file: 'standard input',
        kind: 'Pod',
        name: 'a',
        namespace: '',
        template: '',
        before: { level: 'privileged', allowed: false, message: 'host namespaces (hostNetwork=true)' },
      },
    ]);
    expect(status).to.equal(1);
  });

  it('names the pod of a review', async () => {
    const object = { kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [{ name: 'app' }] } };
    const request = {
      uid: 'u',
      operation: 'CREATE',
      namespace: 'team-a',
      resource: { group: '', version: 'v1', resource: 'pods' },
      object,
    };
    const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
    const { report: printed } = await report(JSON.stringify(review), { profile: 'restricted' });
    const [{ kind, name, namespace: where, template }] = printed.results;
    expect({ kind, name, where, template }).to.deep.equal({
      kind: 'AdmissionReview',
      name: '',
      where: 'team-a',
      template: 'request.object',
    });
  });

  it('is a report without results where there is no pod', async () => {
    expect(await report('kind: ConfigMap\n', { level: 'baseline', version: 'v1.30' })).to.deep.equal({
      report: {
        apiVersion: 'pod-hardener.io/v1alpha1',
        kind: 'CheckReport',
        level: 'baseline',
        version: 'v1.30',
        results: [],
      },
      said: [],
      status: 0,
    });
  });
});

describe('check -o text', () => {
  it('has a line for everything that is still objected to, and sums up on stderr', async () => {
    const input = `${rayCluster}---\n${pod('fine')}---\n${hostNetwork('host')}`;
    expect(await run(input, { profile: 'baseline', output: 'text' })).to.deep.equal({
      out:
        'standard input: RayCluster/ray spec.headGroupSpec.template: ' +
        'privileged (container "agent" must not set securityContext.privileged=true)\n' +
        'standard input: Pod/host: host namespaces (hostNetwork=true)\n',
      said: ['3 templates: 1 passes as it is, 2 do not'],
      status: 1,
    });
  });
});

describe('check -o table', () => {
  it('has a row for each template, the objections that remain, and a summary', async () => {
    const { out, said, status } = await run(`${pod('fine')}---\n${rayCluster}`, { profile: 'restricted' });
    expect(out).to.equal(`standard input
  filled  baseline → restricted  Pod/fine
  fails   privileged             RayCluster/ray spec.headGroupSpec.template

RayCluster/ray spec.headGroupSpec.template in standard input does not pass
  restricted:
  privileged (container "agent" must not set securityContext.privileged=true)
  allowPrivilegeEscalation != false (container "agent" must set
    securityContext.allowPrivilegeEscalation=false)
  unrestricted capabilities (container "agent" must set
    securityContext.capabilities.drop=["ALL"])
  runAsNonRoot != true (pod or container "agent" must set
    securityContext.runAsNonRoot=true)
  left agent: runAsNonRoot, allowPrivilegeEscalation, capabilities (privileged)

2 templates: 1 passes once filled, 1 does not
`);
    expect({ said, status }).to.deep.equal({ said: [], status: 1 });
  });

  it('says what a mode leaves undone', async () => {
    const audit = '  annotations: {pod-hardener.io/mode: audit}\n';
    const { out, status } = await run(
      pod('a', ', namespace: team') + namespace('team', 'baseline', `${audit}`) + namespace('other', ''),
      { level: 'restricted' },
    );
    expect(out.split('\n').slice(-4).join('\n')).to.equal(
      '  would fill the pod: seccompProfile (audit)\n\n1 template: 1 does not pass\n',
    );
    expect(status).to.equal(1);
  });

  it('keeps to the width of a narrow terminal', async () => {
    const { out } = await run(pod('a', '', '[{name: app, securityContext: {runAsUser: 0}}]'), {
      profile: 'restricted',
      columns: 40,
    });
    expect(out.split('\n').filter(({ length }) => length > 40)).to.deep.equal([
      '    securityContext.capabilities.drop=["ALL"])',
    ]);
  });

  it('has colours when they are asked for', async () => {
    expect((await run(pod('a'), { profile: 'restricted', color: 'always' })).out).to.include('\u001b[32mfilled\u001b');
    expect((await run(pod('a'), { profile: 'restricted' })).out).not.to.include('\u001b');
  });

  it('says that there is nothing to check', async () => {
    expect(await run('kind: ConfigMap\n')).to.deep.equal({ out: 'no pod or pod template\n', said: [], status: 0 });
  });
});

describe('the level of check', () => {
  it("is by default the one that the namespace's policy aims at", async () => {
    const input = `${pod('a', ', namespace: team')}---\n${hostNetwork('b', ', namespace: free')}`;
    const namespaces = namespace('team', 'baseline') + namespace('free', 'privileged');
    const { report: printed, status } = await report(input + namespaces);
    expect(status).to.equal(0);
    expect(printed.level).to.equal('baseline');
    expect(printed.results.map((one: { level?: string }) => one.level)).to.deep.equal([undefined, 'privileged']);
  });

  it('asks nothing of what is in a namespace that is not opted in', async () => {
    const input = hostNetwork('b', ', namespace: quiet') + namespace('quiet', '');
    expect(await run(input)).to.deep.equal({
      out: 'standard input\n  -       privileged  Pod/b\n\n1 template: 1 is in a namespace that is not opted in\n',
      said: ['note: namespace quiet: it is not opted in, and left as it is'],
      status: 0,
    });
  });

  it('is asked of everything when it is given', async () => {
    const input = hostNetwork('b', ', namespace: quiet') + namespace('quiet', '');
    const { out, status } = await run(input, { level: 'baseline', output: 'text' });
    expect(out).to.equal('standard input: Pod/b: host namespaces (hostNetwork=true)\n');
    expect(status).to.equal(1);
  });

  it('decides about the exit status, not about what is filled', async () => {
    expect((await run(pod('a'), { profile: 'baseline', level: 'restricted' })).status).to.equal(1);
    expect((await run(pod('a'), { profile: 'baseline', level: 'baseline' })).status).to.equal(0);
    expect((await run(hostNetwork('a'), { profile: 'restricted', level: 'privileged' })).status).to.equal(0);
  });
});

describe('the version of check', () => {
  const probing = pod('a', '', '[{name: app, livenessProbe: {httpGet: {host: 10.0.0.1, port: 80}}}]');

  it('decides which checks there are', async () => {
    for (const [version, status] of [
      ['v1.33', 0],
      ['v1.34', 1],
      ['latest', 1],
    ] as const) {
      expect((await run(probing, { level: 'baseline', version, fill: false })).status, version).to.equal(status);
    }
  });

  it("is by default the one of the namespace's policy", async () => {
    const old = '  annotations: {pod-hardener.io/profile-version: v1.33}\n';
    const input = probing + namespace('team', 'baseline', old);
    const { report: printed, status } = await report(input, { namespace: 'team' });
    expect({ status, version: printed.version }).to.deep.equal({ status: 0, version: 'v1.33' });
  });

  it('is latest, with a notice, when it is newer than any known', async () => {
    const { report: printed, said, status } = await report(probing, { profile: 'baseline', version: 'v1.99' });
    expect({ version: printed.version, said, status }).to.deep.equal({
      version: 'latest',
      said: ['note: v1.99 is newer than v1.36, the newest known here: using latest'],
      status: 1,
    });
  });
});

describe('check --no-fill', () => {
  it('judges the manifests as they are', async () => {
    expect(await run(pod('a'), { level: 'baseline', fill: false })).to.deep.equal({
      out: 'standard input\n  passes  baseline  Pod/a\n\n1 template: 1 passes as it is\n',
      said: [],
      status: 0,
    });
    expect((await run(pod('a'), { level: 'restricted', fill: false })).status).to.equal(1);
    expect((await run(pod('a'), { level: 'restricted', fill: true, profile: 'restricted' })).status).to.equal(0);
  });
});

describe('check --fail-on', () => {
  const weak = pod('a', '', '[{name: app, securityContext: {readOnlyRootFilesystem: false}}]');
  const inputs: Readonly<Record<string, readonly [string, CheckOptions['profile']]>> = {
    'what is objected to': [hostNetwork('a'), 'hardened'],
    'what is left weak': [weak, 'hardened'],
    'what is filled': [pod('a'), 'restricted'],
    'what is complete': [
      'kind: Pod\nspec:\n  securityContext: {seccompProfile: {type: RuntimeDefault}}\n  containers: [{name: a}]\n',
      'baseline',
    ],
  };
  const statuses: Readonly<Record<FailOn, readonly number[]>> = {
    never: [0, 0, 0, 0],
    objections: [1, 0, 0, 0],
    left: [1, 1, 0, 0],
    fills: [1, 1, 1, 0],
  };

  for (const failOn of failOns) {
    it(`${failOn} has an exit status for ${Object.keys(inputs).join(', ')}`, async () => {
      const found = [];
      for (const [input, profile] of Object.values(inputs)) {
        found.push((await run(input, { ...(profile && { profile }), failOn })).status);
      }
      expect(found).to.deep.equal(statuses[failOn]);
    });
  }

  it('says why a check fails in which nothing is objected to', async () => {
    const { said } = await run(weak, { profile: 'hardened', failOn: 'left' });
    expect(said).to.deep.equal(['failed, because of --fail-on left: 1 field left as it is']);
    const { said: both } = await run(`${weak}---\n${weak}`, { profile: 'hardened', failOn: 'fills' });
    expect(both).to.deep.equal(['failed, because of --fail-on fills: 2 fields left as they are, 8 fields not set']);
  });

  it('asks nothing of what is in a namespace that is not opted in', async () => {
    const input = `${pod('a', ', namespace: quiet')}${namespace('quiet', '')}`;
    expect((await run(input, { failOn: 'fills' })).status).to.equal(0);
  });

  it('never hides what cannot be read', async () => {
    expect((await run('a: [\n', { profile: 'baseline', failOn: 'never' })).status).to.equal(2);
  });

  it("decides which of JUnit's test cases fail; what is objected to always does", async () => {
    const failures = async (failOn: FailOn) => {
      const input = `${weak}---\n${pod('b')}---\n${hostNetwork('c')}`;
      const { out } = await run(input, { profile: 'hardened', failOn, output: 'junit' });
      return /failures="(\d)"/.exec(out)?.[1];
    };
    expect([await failures('never'), await failures('objections'), await failures('left')]).to.deep.equal([
      '1',
      '1',
      '2',
    ]);
    expect(await failures('fills')).to.equal('3');
  });
});

describe('what check cannot read', () => {
  const wrong = `${pod('a', '', 'null')}---
kind: Pod
metadata: {name: b}
spec:
  containers:
  - name: app
    securityContext:
      privileged: "true"
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: c}
spec: {schedule: "@daily"}
---
apiVersion: batch.volcano.sh/v1alpha1
kind: Job
spec: {}
---
kind: Pod
spec: {containers: [{image: x}]}
---
kind: Pod
spec: {containers: [{name: app}], initContainers: [null]}
---
kind: Deployment
spec: {template: {spec: {containers: []}}}
---
${pod('good')}`;

  it('is told in a sentence each, with file, document and place, and the rest is checked', async () => {
    const { out, said, status } = await run(wrong, { profile: 'baseline' });
    expect(said).to.deep.equal([
      'error: standard input: document 1, line 3, column 8: spec.containers is null, not a list',
      'error: standard input: document 2, line 11, column 7: spec.containers[0].securityContext.privileged is a string, not a boolean',
      'error: standard input: document 3, line 16, column 1: spec.jobTemplate.spec.template is missing',
      'error: standard input: document 5, line 23, column 8: spec.containers[0].name is missing, not a string',
      'error: standard input: document 6, line 26, column 52: spec.initContainers[0] is null, not an object',
      'error: standard input: document 7, line 29, column 26: spec.template.spec.containers is empty',
    ]);
    expect(out).to.equal('standard input\n  passes  baseline  Pod/good\n\n1 template: 1 passes as it is\n');
    expect(status).to.equal(2);
  });

  it('matters more for the exit status than what fails', async () => {
    expect((await run(`${hostNetwork('a')}---\na: [\n`, { profile: 'baseline' })).status).to.equal(2);
  });

  it('may be a whole file', async () => {
    const { said, status } = await run(pod('a'), { profile: 'baseline', targets: ['missing.yaml', '-'] });
    expect(said).to.deep.equal(['error: missing.yaml: there is no such file']);
    expect(status).to.equal(2);
  });

  it('is not what harden would have to write anew', async () => {
    const shared = 'x: &pod\n  spec: {containers: [{name: app}]}\nkind: Two\na: *pod\nb:\n  <<: *pod\n  more: true\n';
    expect((await run(shared, { profile: 'baseline' })).said).to.deep.equal([]);
  });
});

describe('the lines that check names', () => {
  it('are right in each value of a stream of JSON', async () => {
    const text = '{"kind": "Pod", "spec":\n{"hostNetwork": true, "containers": [{"name": "a"}]}}\n'.repeat(3);
    const { out } = await run(text, { profile: 'baseline', output: 'github' });
    const errors = out.split('\n').filter((line) => line.startsWith('::error'));
    expect(errors.map((line) => /line=\d+,col=\d+/.exec(line)?.[0])).to.deep.equal([
      'line=2,col=2',
      'line=4,col=2',
      'line=6,col=2',
    ]);
  });
});

describe('what cannot be read', () => {
  const said = 'this is no text';
  let folder: string;
  let file: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'check-'));
    file = join(folder, 'bin.yaml');
    await writeFile(file, Buffer.from([0x41, 0]));
  });

  after(() => rm(folder, { recursive: true }));

  const printed = async (output: CheckOptions['output'], more: Partial<CheckOptions> = {}) => {
    const { out, said, status } = await run(pod('a'), { profile: 'restricted', targets: [file, '-'], output, ...more });
    expect(status).to.equal(2);
    return { out, said };
  };

  it('is said with its file, which has no line', async () => {
    expect((await printed('table')).said).to.include(`error: ${file}: ${said}`);
  });

  it('names its file in every format for other programs', async () => {
    const { out: github } = await printed('github');
    expect(github).to.include(`::error file=${file},title=pod-hardener%3A not everything could be read::${said}\n`);
    const { out: junit } = await printed('junit');
    expect(junit).to.include(
      `<testcase classname="${file}" name="what could not be read" file="${file}"><error message="${said}" type="unreadable"/>`,
    );
    expect(junit).to.include(`<testsuite name="${file}" `);
    const { out: markdown } = await printed('markdown');
    expect(markdown).to.include(`- \`${file}\`: \`${said}\``);
    const { out: sarif } = await printed('sarif');
    expect(JSON.parse(sarif).runs[0].invocations[0].toolExecutionNotifications).to.deep.equal([
      {
        level: 'error',
        message: { text: said },
        locations: [{ physicalLocation: { artifactLocation: { uri: pathToFileURL(file).href } } }],
      },
    ]);
  });

  it('names the line of a configuration file that is bad, and no file where none is meant', async () => {
    const config = join(folder, 'config.yaml');
    await writeFile(config, 'apiVersion: pod-hardener.io/v1alpha1\nkind: Configuration\ndefaults: {mode: fil}\n');
    const { out, said } = await printed('github', { config });
    const sentence = 'defaults.mode: "fil" is unknown; did you mean "fill"?';
    expect(said).to.include(`error: ${config}:3:12: ${sentence}`);
    expect(out).to.equal(
      `::error file=${config},line=3,col=12,title=pod-hardener%3A not everything could be read::${sentence}\n`,
    );
    await writeFile(config, 'apiVersion: pod-hardener.io/v1alpha1\nkind: Configuration\n');
    const unknown = await printed('github', { config, profile: 'restrctd' });
    expect(unknown.out).to.match(/^::error title=pod-hardener%3A not everything could be read::--profile "restrctd" /);
  });
});

describe('a check of nothing', () => {
  const texts = {
    nothing: '',
    'comments alone': '# a\n---\n# b\n',
    'empty documents': '---\n---\nnull\n',
    'a word': 'Error\n',
  };
  for (const [name, text] of Object.entries(texts)) {
    it(`is no success when the input is ${name}`, async () => {
      expect(await run(text)).to.deep.equal({
        out: 'no pod or pod template\n',
        said: ['error: standard input: there is no manifest in it'],
        status: 2,
      });
    });
  }

  it('is told to other programs, too', async () => {
    expect((await run('', { output: 'github' })).out).to.equal(
      '::error file=standard input,title=pod-hardener%3A not everything could be read::there is no manifest in it\n',
    );
  });

  it('is none when one of several files has a manifest, and says so when none has', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'check-'));
    const targets = ['a.yaml', 'b.yaml'].map((name) => join(folder, name));
    for (const path of targets) await writeFile(path, '# nothing\n');
    const { said, status } = await run(pod('a'), { profile: 'baseline', targets: [...targets, '-'] });
    expect({ said, status }).to.deep.equal({ said: [], status: 0 });
    expect(await run('', { targets })).to.deep.include({
      said: ['error: there is no manifest in any of these 2 files'],
      status: 2,
    });
    await rm(folder, { recursive: true });
  });

  it('is not one of manifests without a pod, or of a list without members', async () => {
    for (const text of ['kind: ConfigMap\n', 'kind: List\nitems: []\n', '- hosts: all\n', '{}']) {
      expect(await run(text)).to.deep.include({ said: [], status: 0 });
    }
  });

  it('is none when a file has no name', async () => {
    const { said, status } = await run(pod('a'), { profile: 'baseline', targets: ['', '-'] });
    expect(said).to.deep.equal(['error: the name of a file is empty; - is standard input']);
    expect(status).to.equal(2);
    const namespaces = await run(pod('a'), { namespaces: '' });
    expect(namespaces.said).to.deep.equal(['error: the name of a file is empty; - is standard input']);
  });
});

describe('the command check', () => {
  const program = (...args: readonly string[]) => runProgram(['check', ...args], pod('a'));

  it('checks what it is given', async () => {
    const options = ['-p', 'baseline', '--level', 'Restricted', '--no-fill', '-o', 'text', '--profile-version', 'v1.7'];
    expect(await program('-f', '-', ...options)).to.deep.equal({
      out: 'standard input: Pod/a: runAsNonRoot != true (pod or container "app" must set securityContext.runAsNonRoot=true)\n',
      said: '1 template: 1 does not pass\n',
      status: 1,
    });
  });

  it('reads no more of its input than makes it too large', async () => {
    let written = 0;
    function* chunks() {
      for (; written < 60; written++) yield Buffer.alloc(1024 ** 2, '# nothing\n');
    }
    const child = startProgram(['check', '-']);
    const writing = pipeline(Readable.from(chunks()), child.stdin).catch(() => {});
    expect(await text(child.stderr)).to.equal('error: standard input: this is larger than 16 MiB\n');
    await writing;
    expect(written).to.be.within(16, 30);
  });

  it('reports everything that is wrong with its options, and ends with 2', async () => {
    const { out, said, status } = await program('--level', 'restrictd', '--profile-version', '1.30', '-o', 'yaml');
    expect({ out, status }).to.deep.equal({ out: '', status: 2 });
    expect(said.split('\n')).to.deep.equal([
      'pod-hardener check: there is no input: name a file or folder with -f, or -f - for standard input',
      'pod-hardener check: --level "restrictd" is unknown; did you mean "restricted"?',
      'pod-hardener check: --profile-version "1.30" is neither latest nor like v1.36; did you mean "v1.30"?',
      'pod-hardener check: --output "yaml" is unknown; there are table, text, json, sarif, junit, github, markdown',
      'Run "pod-hardener check --help" for the options.',
      '',
    ]);
  });

  it('points to its help when an option is mistyped', async () => {
    const { said, status } = await program('--fail-onn', 'left');
    expect(said).to.equal(
      'error: unknown option \'--fail-onn\'\n(Did you mean --fail-on?)\nRun "pod-hardener check --help" for the options.\n',
    );
    expect(status).to.equal(2);
  });

  it('takes no --fail-on for what it does not look at', async () => {
    const { said, status } = await program('-f', '-', '--no-fill', '--fail-on', 'left');
    expect(said).to.include('--fail-on left asks what would be filled or left, which --no-fill does not look at\n');
    expect(status).to.equal(2);
    expect((await program('-f', '-', '--no-fill', '--level', 'privileged', '--fail-on', 'never')).status).to.equal(0);
  });

  it('takes no version but latest and v1.NN', async () => {
    for (const version of ['v0.1', 'foo', 'v1.', 'v2.1']) {
      const { said, status } = await program('-f', '-', '--profile-version', version);
      expect(said).to.include(`--profile-version "${version}" is neither latest nor like v1.36`);
      expect(status).to.equal(2);
    }
  });

  it('loads no more than it needs', async () => {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: ['src/commands/check.ts', 'src/commands/runCheck.ts'],
      outdir: 'none',
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
    });
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
    const packages = imports.filter((path) => !path.startsWith('node:'));
    expect([...new Set(packages)].sort()).to.deep.equal(['commander', 'js-yaml', 'yaml']);
  });

  it('explains itself in 80 columns', async () => {
    const { out, status } = await program('--help');
    expect(status).to.equal(0);
    expect(out).to.include('Examples:');
    expect(out.split('\n').filter(({ length }) => length > 80)).to.deep.equal([]);
  });
});
