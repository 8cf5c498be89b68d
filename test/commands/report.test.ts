import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { parseReport, type WrittenReport } from '../../src/commands/report.ts';
import { type ReportOptions, report } from '../../src/commands/runReport.ts';
import { writeKubeconfig } from '../kubernetes/fakeApiServer.ts';
import { type FakeCluster, type FakeResource, startFakeCluster } from '../kubernetes/fakeCluster.ts';
import type { Json } from '../pods.ts';
import { observedObject, passing, refusedWith, runningAs } from '../readiness/shapes.ts';
import { fakeTerminal } from './terminal.ts';

const asWritten: WrittenReport = { failOn: 'blocked', output: 'table', color: 'auto' };

async function run(options: Partial<ReportOptions>, stdin = '', madeAt = 0) {
  const passing: string[] = [];
  let now = 0;
  const { terminal, written } = fakeTerminal(stdin, {
    showPassing: (text) => void passing.push(text),
    // Whoever looks at this clock finds that a while has passed.
    now: () => {
      now += 2_000;
      return now;
    },
  });
  const given = { asked: {}, failOn: 'blocked', output: 'json', all: false, color: 'auto' } as const;
  const source = { targets: ['-'], recursive: false };
  const status = await report({ source, ...given, ...options }, terminal, () => madeAt);
  return { ...written, passing, status };
}

function parsed(written: Partial<WrittenReport>) {
  const problems: string[] = [];
  const options = parseReport({ ...asWritten, ...written }, problems);
  return { options, problems };
}

describe('the options of report', () => {
  it('name a cluster unless they name manifests', () => {
    expect(parsed({ namespace: ['a', 'b'], context: 'prod' }).options.source).to.deep.equal({
      namespaces: ['a', 'b'],
      context: 'prod',
    });
    expect(parsed({ filename: ['a.yaml'], namespace: ['a'], recursive: true }).options.source).to.deep.equal({
      targets: ['a.yaml'],
      recursive: true,
      namespace: 'a',
    });
  });

  it('are refused where they contradict each other', () => {
    const problems = (written: Partial<WrittenReport>) => parsed(written).problems;
    expect(problems({ allNamespaces: true, namespace: ['a'] })).to.deep.equal([
      '-A looks at all namespaces, and -n at some: give one of them',
    ]);
    expect(problems({ filename: ['a'], namespace: ['a', 'b'] })).to.deep.equal([
      'with -f and -k, --namespace is that of objects that name none: give one',
    ]);
    expect(problems({ filename: ['a'], kubeconfig: 'b' })).to.deep.equal([
      '-f and -k look at manifests, and at no cluster',
    ]);
    expect(problems({ namespaces: 'a' })).to.deep.equal([
      '--namespaces describes those of manifests: it needs -f or -k',
    ]);
    expect(problems({ namespace: ['A b'] })).to.deep.equal(['--namespace "A b" is no name of a namespace']);
    expect(problems({ profile: 'restrictd', output: 'htm', profileVersion: '1' })).to.deep.equal([
      '--output "htm" is unknown; did you mean "html"?',
      '--profile "restrictd" is unknown; did you mean "restricted"?',
      '--profile-version "1" is neither latest nor like v1.36',
    ]);
  });

  it('compare two policies, each of which is a profile and a version', () => {
    expect(parsed({ diff: 'restricted@v1.34..Hardened' }).options.diff).to.deep.equal([
      { asked: { profile: 'restricted', version: 'v1.34' } },
      { asked: { profile: 'hardened', version: 'latest' } },
    ]);
    for (const diff of ['restricted', 'restricted..a', 'a@b@c..restricted', 'restricted..baseline..restricted']) {
      expect(parsed({ diff }).problems.at(-1)).to.equal(
        `--diff "${diff}" is not like restricted@v1.34..restricted@v1.36 or old.yaml..new.yaml`,
      );
    }
    expect(parsed({ diff: 'restricted@1..restricted' }).problems).to.deep.equal([
      '--diff "1" is neither latest nor like v1.36',
    ]);
    expect(parsed({ diff: 'restricted..baseline', output: 'html', profile: 'restricted' }).problems).to.deep.equal([
      '--diff names both policies itself: leave out --profile and --profile-version',
      '--diff is printed as table, json, yaml, not as html',
    ]);
  });

  it('compare configuration files, too, wherever they are, and one with a profile', () => {
    const sides = (diff: string, more: Partial<WrittenReport> = {}) => parsed({ diff, ...more }).options.diff;
    const [old, next] = [{ file: 'old.yaml' }, { file: 'new.yaml' }];
    expect(sides('old.yaml..new.yaml')).to.deep.equal([old, next]);
    expect(sides('../a/old.yaml..../new.json')).to.deep.equal([{ file: '../a/old.yaml' }, { file: '../new.json' }]);
    const restricted = { asked: { profile: 'restricted', version: 'latest' } };
    expect(sides('old.yaml..restricted')).to.deep.equal([old, restricted]);
    expect(sides('restricted..new.yaml')).to.deep.equal([restricted, next]);
    expect(sides('web@v1.30..restricted', { config: 'a.yaml' })).to.deep.equal([
      { asked: { profile: 'web', version: 'v1.30' } },
      restricted,
    ]);
    expect(sides('old..new')).to.equal(undefined);
    expect(sides('.yaml..new.yaml')).to.equal(undefined);
  });
});

const manifest = (kind: string, name: string, members: Json) =>
  JSON.stringify({ kind, metadata: { name, namespace: 'team' }, ...members });
const container = { name: 'app', image: 'registry.example/app:1' };
const template = { metadata: {}, spec: { containers: [container] } };

describe('report on manifests', () => {
  it('looks at their templates, under the policies of the namespaces among them', async () => {
    const { out, status } = await run(
      {},
      [
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name: 'team', labels: { 'pod-hardener.io/profile': 'baseline' } },
        }),
        manifest('Deployment', 'web', { apiVersion: 'apps/v1', spec: { template } }),
        manifest('Pod', 'by-hand', { apiVersion: 'v1', spec: { hostPID: true, containers: [container] } }),
      ].join('\n---\n'),
    );
    expect(status).to.equal(1);
    const [{ name, line, level, workloads }] = JSON.parse(out).namespaces;
    expect({ name, line, level }).to.deep.equal({
      name: 'team',
      line: 'baseline: 2 templates, 2 would change, 1 stays short (pod/by-hand)',
      level: 'baseline',
    });
    expect(workloads.map(({ name, standing }: Json) => [name, standing])).to.deep.equal([
      ['by-hand', 'short'],
      ['web', 'passes'],
    ]);
  });

  it('looks at pods that were read from a cluster as they ran there, and at what made them once', async () => {
    const owner = (kind: string, name: string) => ({
      ownerReferences: [{ apiVersion: 'apps/v1', kind, name, controller: true }],
    });
    const items = [
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'team' }, spec: { template } },
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'web-1', namespace: 'team', ...owner('Deployment', 'web') },
        spec: { template },
      },
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'web-0', namespace: 'team', ...owner('Deployment', 'web') },
        spec: { template },
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'web-1-a', namespace: 'team', ...owner('ReplicaSet', 'web-1') },
        spec: template.spec,
        status: runningAs({ app: 0 }),
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'web-1-b', namespace: 'team', ...owner('ReplicaSet', 'web-1') },
        spec: template.spec,
        status: runningAs({ app: 1 }),
      },
    ];
    const { out } = await run({}, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const [{ line }] = JSON.parse(out).namespaces;
    expect(line).to.equal('restricted: 2 pods, 2 would change, 2 run as uid 0 (deploy/web)');
  });

  it('names the namespace of what names none, and none where there is none', async () => {
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: template.spec });
    const names = async (more: object) =>
      JSON.parse((await run(more, text)).out).namespaces.map(({ name }: Json) => name);
    expect(await names({})).to.deep.equal(['']);
    expect(await names({ source: { targets: ['-'], recursive: false, namespace: 'mine' } })).to.deep.equal(['mine']);
  });

  it('ends with 2 where something could not be read, and says the rest', async () => {
    const { out, said, status } = await run(
      {},
      `${manifest('Pod', 'a', { apiVersion: 'v1', spec: template.spec })}\n---\na: [`,
    );
    expect(status).to.equal(2);
    expect(JSON.parse(out).namespaces).to.have.lengthOf(1);
    expect(said[0]).to.match(/^error: standard input: document 2, line \d+/);
  });

  it('fails on what it is told to', async () => {
    const text = manifest('Pod', 'a', { apiVersion: 'v1', spec: template.spec });
    const blocked = manifest('Pod', 'a', { apiVersion: 'v1', spec: { ...template.spec, hostPID: true } });
    const status = async (failOn: ReportOptions['failOn'], input: string) => (await run({ failOn }, input)).status;
    expect([await status('blocked', text), await status('fills', text), await status('never', text)]).to.deep.equal([
      0, 1, 0,
    ]);
    expect([
      await status('blocked', blocked),
      await status('fills', blocked),
      await status('never', blocked),
    ]).to.deep.equal([1, 1, 0]);
  });

  it('takes the namespaces from a file of their own', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'report-'));
    try {
      const namespaces = join(folder, 'namespaces.yaml');
      await writeFile(
        namespaces,
        'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: team\n  annotations: {pod-hardener.io/profile: hardened}\n',
      );
      const { out } = await run(
        { source: { targets: ['-'], recursive: false, namespaces } },
        manifest('Pod', 'a', { apiVersion: 'v1', spec: template.spec }),
      );
      expect(JSON.parse(out).namespaces[0].profile).to.equal('hardened');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('prints every format', async () => {
    const text = manifest('Pod', 'a', { apiVersion: 'v1', spec: template.spec });
    const outputs = {
      yaml: /^apiVersion: pod-hardener\.io\/v1alpha1\nkind: ReadinessReport\n/,
      markdown: /^## May/,
      html: /^<!doctype html>/,
    };
    for (const [output, begins] of Object.entries(outputs)) {
      const { out, said } = await run({ output: output as ReportOptions['output'] }, text);
      expect(out).to.match(begins);
      expect(said).to.deep.equal(['1 namespace, 1 template: 1 ready with fills']);
    }
    const { out } = await run({ output: 'policyreport' }, text);
    expect(parse(out)).to.deep.include({ apiVersion: 'wgpolicyk8s.io/v1alpha2', kind: 'PolicyReport' });
    const table = await run({ output: 'table' }, text);
    expect(table.out).to.match(/\n1 namespace, 1 template: 1 ready with fills\n$/);
    expect(table.said).to.deep.equal([]);
  });

  it('gives no command where not everything could be read', async () => {
    const namespace = '{"kind": "Namespace", "metadata": {"name": "team"}}';
    const steps = async (rest: string) => {
      const { out } = await run({}, `${namespace}\n---\n${rest}`);
      return JSON.parse(out).namespaces.map((one: Json) => one.steps);
    };
    expect(await steps('kind: Nothing\n')).to.deep.equal([
      ['kubectl label namespace team pod-security.kubernetes.io/enforce=restricted'],
    ]);
    expect(await steps('kind: Deployment\nspec: [\n')).to.deep.equal([[]]);
  });

  it('tells of a mode that is misspelt', async () => {
    const annotated = { 'pod-hardener.io/mode': 'wran' };
    const metadata = { name: 'team', labels: { 'pod-hardener.io/profile': 'restricted' }, annotations: annotated };
    const { out } = await run({}, JSON.stringify({ kind: 'Namespace', metadata }));
    expect(JSON.parse(out).namespaces[0].problems).to.deep.equal([
      'pod-hardener.io/mode: "wran" is unknown; did you mean "warn"? Using audit',
    ]);
  });
});

describe('report --diff', () => {
  const probed = {
    ...passing,
    containers: [{ ...(passing.containers as object[])[0], livenessProbe: { tcpSocket: { host: '1.2.3.4' } } }],
  };
  const input = [
    manifest('Pod', 'probed', { apiVersion: 'v1', spec: probed }),
    manifest('Pod', 'other', { apiVersion: 'v1', spec: passing }),
  ].join('\n---\n');
  const sides = [
    { asked: { profile: 'restricted', version: 'v1.33' } },
    { asked: { profile: 'restricted', version: 'v1.34' } },
  ] as const;

  it('lists exactly what differs between two policies', async () => {
    const { out, status } = await run({ diff: sides, output: 'table' }, input);
    expect(out).to.equal(`\
team  pod/probed, 1 template
  - passes
  + short
  + probe or lifecycle host (container "app" uses probe or lifecycle host
      "1.2.3.4")

restricted@v1.33 and restricted@v1.34 differ for 1 of 2 templates
`);
    expect(status).to.equal(1);
  });

  it('prints an object for programs', async () => {
    const { out } = await run({ diff: sides }, input);
    expect(JSON.parse(out)).to.deep.equal({
      apiVersion: 'pod-hardener.io/v1alpha1',
      kind: 'PolicyDiff',
      before: 'restricted@v1.33',
      after: 'restricted@v1.34',
      pods: 2,
      differences: [
        {
          namespace: 'team',
          workload: { apiVersion: 'v1', kind: 'Pod', name: 'probed' },
          pods: 1,
          example: 'probed',
          before: { standing: 'passes', fills: [], remaining: [] },
          after: {
            standing: 'short',
            fills: [],
            remaining: ['probe or lifecycle host (container "app" uses probe or lifecycle host "1.2.3.4")'],
          },
        },
      ],
    });
  });

  it('ends with 0 where nothing differs, or nothing is to fail', async () => {
    expect((await run({ diff: [sides[0], sides[0]] }, input)).status).to.equal(0);
    expect((await run({ diff: sides, failOn: 'never' }, input)).status).to.equal(0);
  });
});

describe('report by configuration files', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pod-hardener-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function file(name: string, text: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, `apiVersion: pod-hardener.io/v1alpha1\nkind: Configuration\n${text}`);
    return path;
  }

  const namespaceOf = (name: string, labels: Json) => JSON.stringify({ kind: 'Namespace', metadata: { name, labels } });
  const podIn = (namespace: string, name: string, image: string) =>
    JSON.stringify({ kind: 'Pod', metadata: { name, namespace }, spec: { containers: [{ name: 'app', image }] } });
  const input = [
    namespaceOf('team', { 'pod-hardener.io/profile': 'web' }),
    namespaceOf('idle', {}),
    podIn('team', 'ldap', 'registry.example/ldap:1'),
    podIn('team', 'api', 'registry.example/api:1'),
    podIn('idle', 'other', 'registry.example/other:1'),
  ].join('\n---\n');
  const profile = (controls = '', mode = 'fill') => {
    const own = controls === '' ? '' : `, controls: ${controls}`;
    return `profiles: [{name: web, extends: restricted${own}}]\ndefaults: {mode: ${mode}}\n`;
  };
  const exemption = (expires: string) => `exemptions:
  - name: ldap
    controls: [runAsNonRoot]
    match: {images: [registry.example/ldap]}
    owner: team-infra
    reason: It binds port 389 as root.
    expires: ${expires}
`;

  it('fills as the file says, and says whose exemption means what until when', async () => {
    const config = await file('own.yaml', `${profile('[+readOnlyRootFilesystem]', 'audit')}${exemption('1970-06-30')}`);
    const [team, idle] = JSON.parse((await run({ config, failOn: 'never' }, input)).out).namespaces;
    expect([team.profile, team.mode, team.line]).to.deep.equal([
      'web',
      'audit',
      'restricted: 2 templates, 2 would change, 1 stays short (pod/ldap), 1 uses an image whose user is unknown',
    ]);
    expect(team.workloads[0].shapes[0].remaining[0]).to.deep.include({ by: 'administrator', reasons: ['exempt'] });
    expect(team.workloads[1].shapes[0].changes.map(({ control }: Json) => control)).to.include(
      'readOnlyRootFilesystem',
    );
    expect(team.exemptions).to.deep.equal([
      {
        ...{ name: 'ldap', controls: ['runAsNonRoot'], owner: 'team-infra', reason: 'It binds port 389 as root.' },
        ...{ expires: '1970-06-30', expired: false, workloads: ['pod/ldap'] },
      },
    ]);
    expect(team.steps[0]).to.equal('kubectl annotate --overwrite namespace team pod-hardener.io/mode=fill');
    expect(idle.exemptions).to.deep.equal([]);
    for (const output of ['table', 'markdown', 'html'] as const) {
      const { out } = await run({ config, output, failOn: 'never' }, input);
      expect(out.replace(/\s+/g, ' ').replaceAll('&#34;', '"')).to.include(
        'the exemption "ldap" spares runAsNonRoot until 1970-06-30; its owner is "team-infra" (pod/ldap)',
      );
    }
  });

  it('says that an exemption has expired, and fills then', async () => {
    const config = await file('late.yaml', `${profile()}${exemption('1969-06-30')}`);
    const { out } = await run({ config, output: 'table', failOn: 'never' }, input);
    expect(out.replace(/\s+/g, ' ')).to.include(
      'the exemption "ldap" expired (1969-06-30); its owner is "team-infra" (pod/ldap) ',
    );
    expect(out).not.to.include('short   pod/ldap');
  });

  it('knows the profiles of the file, and says what is wrong with it or them before it asks anybody', async () => {
    const config = await file('own.yaml', profile());
    const asked = JSON.parse((await run({ config, asked: { profile: 'Web' } }, input)).out).namespaces;
    expect(asked.map((one: Json) => one.profile)).to.deep.equal(['web', 'web']);
    expect(await run({ config, asked: { profile: 'wep' } }, input)).to.deep.include({
      said: ['error: --profile "wep" is unknown; did you mean "web"?'],
      ...{ out: '', status: 2 },
    });
    const diff = [{ asked: { profile: 'wep' } }, { asked: { profile: 'restricted' } }] as const;
    expect((await run({ config, diff }, input)).said).to.deep.equal([
      'error: --diff "wep" is unknown; did you mean "web"?',
    ]);
    const bad = await file('bad.yaml', 'mode: x\n');
    expect((await run({ diff: [{ file: config }, { file: bad }] }, input)).said).to.deep.equal([
      `error: ${bad}:3:1: mode: this key is unknown`,
    ]);
  });

  it('lists exactly the pods that two files fill or judge otherwise', async () => {
    const before = await file('old.yaml', profile());
    const differences = async (text: string) => {
      const diff = [{ file: before }, { file: await file('new.yaml', text) }] as const;
      const { out, status } = await run({ diff }, input);
      return { status, names: JSON.parse(out).differences.map(({ example }: Json) => example) };
    };
    expect(await differences(profile())).to.deep.equal({ status: 0, names: [] });
    // Where nobody has opted in, nothing is filled by any file.
    expect(await differences(profile('[+readOnlyRootFilesystem]'))).to.deep.equal({
      status: 1,
      names: ['api', 'ldap'],
    });
    expect(await differences(profile() + exemption('1970-06-30'))).to.deep.equal({ status: 1, names: ['ldap'] });
    expect(await differences(profile() + exemption('1969-06-30'))).to.deep.equal({ status: 0, names: [] });
    expect(await differences(profile('', 'audit'))).to.deep.equal({ status: 1, names: ['api', 'ldap'] });
  });

  it('compares a file with a profile, and names both', async () => {
    const next = await file('new.yaml', profile('[+readOnlyRootFilesystem]'));
    const diff = [{ asked: { profile: 'hardened', version: 'v1.36' } }, { file: next }] as const;
    const { out } = await run({ diff }, input);
    const { before, after, differences } = JSON.parse(out);
    expect([before, after]).to.deep.equal(['hardened@v1.36', next]);
    expect(differences.map(({ example }: Json) => example)).to.deep.equal(['other']);
  });
});

describe('report on a cluster', () => {
  let cluster: FakeCluster;
  let kubeconfig: Awaited<ReturnType<typeof writeKubeconfig>>;

  beforeEach(async () => {
    cluster = await startFakeCluster('33');
    kubeconfig = await writeKubeconfig({ server: cluster.url });
    cluster.put(
      '/api/v1',
      'namespaces',
      'Namespace',
      namespace('team', { 'pod-hardener.io/profile': 'restricted' }),
      namespace('other'),
      namespace('kube-system'),
    );
    cluster.put(
      '/api/v1',
      'pods',
      'Pod',
      pod('web-1', 'team', 0),
      pod('web-2', 'team', 0),
      pod('other-1', 'other', 1),
      pod('proxy', 'kube-system', 0),
    );
    cluster.put('/apis/apps/v1', 'deployments', 'Deployment', {
      metadata: { name: 'web', namespace: 'team', uid: 'u' },
    });
  });

  afterEach(async () => {
    await cluster.close();
    await kubeconfig.remove();
  });

  function namespace(name: string, labels: Json = {}): FakeResource {
    return { metadata: { name, uid: name, resourceVersion: '1', labels: { ...labels, team: name } } };
  }

  function pod(name: string, of: string, app: number): FakeResource {
    return observedObject({ name, metadata: { namespace: of }, status: runningAs({ app }) }) as FakeResource;
  }

  const live = (namespaces: readonly string[] = [], more: Partial<ReportOptions> = {}, context?: string) =>
    run({ source: { namespaces, kubeconfig: kubeconfig.file, ...(context !== undefined && { context }) }, ...more });
  const lines = (out: string) => JSON.parse(out).namespaces.map(({ name, line }: Json) => `${name}: ${line}`);

  it('reads the pods of all namespaces but those of the cluster itself', async () => {
    const { out, status, said } = await live();
    expect(lines(out)).to.deep.equal([
      'team: restricted: 2 pods, 2 would change, 2 run as uid 0 (deploy/web)',
      'other: restricted: 1 pod, 1 would change',
    ]);
    expect(JSON.parse(out)).to.deep.include({
      source: cluster.url,
      kubernetes: 'v1.33',
      madeAt: '1970-01-01T00:00:00.000Z',
      skipped: [{ name: 'kube-system', pods: 1 }],
    });
    expect(said).to.deep.equal(['2 namespaces, 3 pods: 1 blocked (by 1 workload), 1 ready with fills']);
    expect(status).to.equal(1);
  });

  it('reads only the namespaces that are named, those of the cluster itself too', async () => {
    const { out } = await live(['other', 'kube-system']);
    expect(lines(out)).to.deep.equal([
      'kube-system: restricted: 1 pod, 1 stays short (deploy/web)',
      'other: restricted: 1 pod, 1 would change',
    ]);
    const paths = cluster.seen.map(({ path }) => path);
    expect(paths).to.include('/api/v1/namespaces/other/pods').and.not.include('/api/v1/pods');
    expect(paths).not.to.include('/api/v1/namespaces');
  });

  it('knows of an image what another pod has shown of it', async () => {
    const waiting = observedObject({
      name: 'later',
      metadata: { namespace: 'later' },
      status: { phase: 'Pending' },
    }) as FakeResource;
    const rest = observedObject({
      name: 'own',
      spec: { containers: [{ name: 'app', image: 'own' }] },
      metadata: { namespace: 'later' },
    });
    cluster.put('/api/v1', 'namespaces', 'Namespace', namespace('later'));
    cluster.put('/api/v1', 'pods', 'Pod', waiting, rest as FakeResource);
    const { out } = await live();
    expect(lines(out)).to.include(
      'later: restricted: 2 pods, 2 would change, 1 uses an image that runs as root (deploy/web), ' +
        '1 uses an image whose user is unknown',
    );
  });

  it('shows how far it is on a terminal, and takes that away', async () => {
    const { passing: shown } = await live();
    expect(shown).to.deep.equal(['4/4 pods', '']);
  });

  it('reads the pods once more when the list expires, and says so', async () => {
    const more = Array.from({ length: 500 }, (_, index) => pod(`more-${index}`, 'other', 1));
    cluster.put('/api/v1', 'pods', 'Pod', ...more);
    cluster.next.set('/api/v1/pods', [200, 410]);
    const { out, said } = await live();
    expect(said[0]).to.equal('note: the list of pods expired while it was read: it is read once more');
    expect(JSON.parse(out).namespaces.map(({ pods }: Json) => pods)).to.deep.equal([2, 501]);
  });

  it('says what must not be read, and reads the rest', async () => {
    cluster.forbidden.add('/api/v1/namespaces/team').add('/api/v1/namespaces/other/pods').add('/apis/apps/v1');
    const { out, said, status } = await live(['team', 'other']);
    expect(said.slice(0, 3)).to.deep.equal([
      'note: you must not read the namespace team: its own policy is not known',
      'error: you must not list the pods of the namespace other',
      'note: the Deployments that pods come from cannot be read, since that is not allowed: what made those is not known',
    ]);
    expect(lines(out)).to.deep.equal(['team: restricted: 2 pods, 2 would change, 2 run as uid 0 (deploy/web)']);
    expect(status).to.equal(2);
  });

  it('asks for names where all must not be listed', async () => {
    cluster.forbidden.add('/api/v1/namespaces').add('/api/v1/pods');
    const { out, said, status } = await live();
    expect(said).to.deep.equal([
      'error: you must not list namespaces: name those that you may read with -n',
      'error: you must not list the pods of all namespaces: name those that you may read with -n',
    ]);
    expect([out, status]).to.deep.equal(['', 2]);
  });

  it('says that a namespace is not there', async () => {
    const { said, status } = await live(['nowhere']);
    expect([said[0], status]).to.deep.equal(['error: there is no namespace nowhere', 2]);
  });

  it('says in one sentence that there is no cluster, or no such context', async () => {
    const unknown = await live([], {}, 'prod');
    expect([unknown.said, unknown.status]).to.deep.equal([['error: The kubeconfig has no context "prod".'], 2]);
    expect((await live([], {}, 'x')).status).to.equal(1);
    await cluster.close();
    const gone = await live();
    expect([gone.said, gone.status]).to.deep.equal([
      ['error: the cluster cannot be read: the connection to the API server failed (ECONNREFUSED)'],
      2,
    ]);
    cluster = await startFakeCluster();
  });

  it('writes the policy reports that the cluster knows', async () => {
    const kind = async () => (await live(['other'], { output: 'policyreport' })).out.split('\n').slice(0, 2);
    expect(await kind()).to.deep.equal(['apiVersion: wgpolicyk8s.io/v1alpha2', 'kind: PolicyReport']);
    cluster.put('/apis/openreports.io/v1alpha1', 'reports', 'Report');
    expect(await kind()).to.deep.equal(['apiVersion: openreports.io/v1alpha1', 'kind: Report']);
  });

  it('judges by the version of the cluster, and by a newer one only to compare', async () => {
    const [{ metadata }, probe] = [pod('probed', 'other', 1), { tcpSocket: { host: '1.2.3.4' } }];
    const spec = { ...passing, containers: [{ ...(passing.containers as object[])[0], livenessProbe: probe }] };
    cluster.put('/api/v1', 'pods', 'Pod', { metadata, spec });
    const verdicts = (await live(['other'], { asked: { version: 'v1.36' } })).out;
    expect(JSON.parse(verdicts).namespaces[0].verdict).to.equal('ready with fills');
    const sides = [{ profile: 'restricted' }, { profile: 'restricted', version: 'v1.36' }] as const;
    const diff = [{ asked: sides[0] }, { asked: sides[1] }] as const;
    expect(
      JSON.parse((await live(['other'], { diff })).out).differences.map(({ example }: Json) => example),
    ).to.deep.equal(['probed']);
  });

  it('knows what the webhook has learnt, whatever runs now', async () => {
    const web = (image: string) =>
      observedObject({ name: image, metadata: { namespace: 'other' }, spec: { containers: [{ name: 'app', image }] } });
    cluster.put('/api/v1', 'pods', 'Pod', web('learnt:1') as FakeResource, web('new:1') as FakeResource);
    const digest = `sha256:${'b'.repeat(64)}`;
    const rows = [
      [digest, 'r', 0],
      ['docker.io/library/learnt:1', digest, 1, '', 0, 0],
    ];
    cluster.put('/api/v1', 'configmaps', 'ConfigMap', {
      metadata: { name: 'pod-hardener-evidence', namespace: 'pod-hardener-system', uid: 'm', resourceVersion: '1' },
      data: { 'images.json': JSON.stringify({ version: 1, rows }) },
    });
    const { out, said } = await live(['other']);
    expect(lines(out)).to.deep.equal([
      'other: restricted: 3 pods, 3 would change, 1 uses an image that runs as root (deploy/web), ' +
        '1 uses an image whose user is unknown',
    ]);
    expect(said).to.deep.equal(['1 namespace, 3 pods: 1 blocked (by 1 workload)']);
  });

  it('says that it does not know what the webhook has learnt, where that matters', async () => {
    const path = '/api/v1/namespaces/pod-hardener-system/configmaps/pod-hardener-evidence';
    const unknown = observedObject({
      metadata: { namespace: 'other' },
      spec: { containers: [{ name: 'app', image: 'x' }] },
    });
    cluster.forbidden.add(path);
    expect((await live(['other'])).said).to.have.length(1);
    cluster.put('/api/v1', 'pods', 'Pod', unknown as FakeResource);
    const where = 'ConfigMap pod-hardener-system/pod-hardener-evidence';
    expect((await live(['other'])).said[0]).to.equal(
      `note: what the webhook has learnt of images is not known: the ${where} must not be read`,
    );
    cluster.forbidden.delete(path);
    expect((await live(['other'])).said[0]).to.equal(
      `note: what has run before is not known, since there is no ${where}`,
    );
    cluster.put('/api/v1', 'configmaps', 'ConfigMap', {
      metadata: { name: 'pod-hardener-evidence', namespace: 'pod-hardener-system', uid: 'm', resourceVersion: '1' },
      data: { 'images.json': '{"version":' },
    });
    expect((await live(['other'])).said[0]).to.equal(
      `note: what the webhook has learnt of images is not known: the ${where} cannot be read, since it is not JSON`,
    );
  });

  it('decides by what is known of images, as the webhook does', async () => {
    const annotations = { 'pod-hardener.io/root-images': '1000' };
    cluster.put('/api/v1', 'namespaces', 'Namespace', { metadata: { ...namespace('given').metadata, annotations } });
    cluster.put('/api/v1', 'pods', 'Pod', pod('given-1', 'given', 0));
    const [given] = JSON.parse((await live(['given'])).out).namespaces;
    expect([given.verdict, given.line]).to.deep.equal(['ready with fills', 'restricted: 1 pod, 1 would change']);
    const [{ left }] = JSON.parse((await live(['team'])).out).namespaces[0].workloads[0].shapes;
    expect(left.map(({ control, reason }: Json) => [control, reason])).to.deep.equal([
      ['runAsNonRoot', 'image-runs-as-root'],
      ['capabilities', 'image-runs-as-root'],
    ]);
  });

  it('lists what does not work where a field was filled, also where nothing is in the way', async () => {
    const containers = [{ ...(passing.containers as object[])[0], name: 'app' }];
    const broken = (name: string) =>
      observedObject({
        name,
        metadata: { namespace: 'other', annotations: { 'pod-hardener.io/filled': 'app/capabilities' } },
        spec: { ...passing, containers },
        status: {
          containerStatuses: [
            {
              name: 'app',
              state: {
                terminated: {
                  ...{ exitCode: 1, reason: 'Error', message: 'chown: Operation not permitted' },
                  ...{ startedAt: '2026-01-01T10:00:05Z', finishedAt: '2026-01-01T10:00:07Z' },
                },
              },
              user: { linux: { uid: 0, gid: 0 } },
            },
          ],
        },
      }) as FakeResource;
    cluster.put('/api/v1', 'pods', 'Pod', broken('api-1'), broken('api-2'));
    const { breaks } = JSON.parse((await live(['other'])).out)
      .namespaces[0].workloads.flatMap(({ shapes }: { shapes: readonly Json[] }) => shapes)
      .find(({ pods }: Json) => pods === 2);
    expect(breaks).to.deep.equal([
      {
        ...{ field: 'capabilities', container: 'app', certainty: 'suspected', pods: 2, example: 'api-1' },
        cause: 'exited with code 1 after 2 s, and said "Operation not permitted"',
        remedy:
          'Its author adds what is needed, such as add: [CHOWN]; the level restricted allows no more than NET_BIND_SERVICE.',
      },
    ]);
    for (const output of ['table', 'markdown', 'html'] as const) {
      const { out } = await live(['other'], { output });
      expect(out.replace(/\s+/g, ' ').replaceAll('&#34;', '"')).to.include(
        'api-1 and 1 more: app exited with code 1 after 2 s, and said "Operation not permitted". ' +
          'Perhaps because of capabilities, which was filled',
      );
    }
  });

  it('shows a refusal of the kubelet as what is in the way', async () => {
    const message = 'container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root';
    const refused = observedObject({
      name: 'named',
      metadata: { namespace: 'other' },
      spec: passing,
      status: refusedWith(message),
    });
    cluster.put('/api/v1', 'pods', 'Pod', refused as FakeResource);
    expect(lines((await live(['other'])).out)[0]).to.match(/1 uses an image that names its user \(deploy\/web\)$/);
  });
});
