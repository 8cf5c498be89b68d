import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { fn } from '../../src/commands/runFn.ts';
import type { FunctionResult } from '../../src/output/functionResults.ts';
import { fakeTerminal } from './terminal.ts';

/** What the function makes of a text: what it prints, says and ends with, and the results among what it prints. */
async function call(stdin: string) {
  const { terminal, written } = fakeTerminal(stdin);
  const status = await fn(terminal);
  const { results = [] } = parse(written.out) as { readonly results?: readonly FunctionResult[] };
  return { ...written, status, results };
}

const baselineConfig = `functionConfig:
  apiVersion: v1
  kind: ConfigMap
  metadata: { name: fn-config }
  data:
    profile: baseline
`;

const commented = `# Everything here is somebody's.
apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
  - apiVersion: v1
    kind: Pod # not a Deployment
    metadata:
      name:   odd-spacing
      annotations:
        internal.config.kubernetes.io/path: 'apps/pod.yaml'
        internal.config.kubernetes.io/index: '1'
        config.kubernetes.io/path: 'apps/pod.yaml'
        config.kubernetes.io/index: "1"
    spec:
      containers:
        - name: "web"   # kpt-set: \${name}
          image: web
  - { apiVersion: v1, kind: ConfigMap, metadata: { name: other }, data: { yes: 'yes' } }
# Between the two.
${baselineConfig}# The end.
`;

function podList(spec: string, config = baselineConfig, rest = ''): string {
  return `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: v1
  kind: Pod
  metadata:
    name: a
    namespace: team-a
  spec:
${spec.replace(/^/gm, '    ')}
${rest}${config}`;
}

const bare = 'containers:\n- name: web';

function configOf(settings: string): string {
  return `functionConfig:\n  apiVersion: pod-hardener.io/v1alpha1\n  kind: PodHardenerConfig\n  spec:\n${settings}`;
}

describe('fn', () => {
  it('adds fields to the items, results to the list, and changes no other byte', async () => {
    const { out, said, status } = await call(commented);
    expect(out).to.equal(
      commented
        .replace(
          '    spec:\n',
          '    spec:\n      securityContext:\n        seccompProfile:\n          type: RuntimeDefault\n',
        )
        .replace(
          '# The end.\n',
          `# The end.
results:
  - message: "filled seccompProfile of the pod"
    severity: info
    tags:
      control: seccompProfile
    resourceRef:
      apiVersion: v1
      kind: Pod
      name: odd-spacing
    file:
      path: apps/pod.yaml
      index: 1
    field:
      path: spec.securityContext.seccompProfile
      proposedValue:
        type: RuntimeDefault
`,
        ),
    );
    expect({ said, status }).to.deep.equal({ said: [], status: 0 });
  });

  it('is silent on its own result, but for the results that it was given', async () => {
    const { out } = await call(commented);
    expect((await call(out)).out).to.equal(out);
  });

  it('puts its results behind those of another function', async () => {
    const earlier = 'results:\n- message: seen before\n';
    const { results } = await call(podList(bare, baselineConfig, earlier));
    expect(results.map(({ message }) => message)).to.deep.equal(['seen before', 'filled seccompProfile of the pod']);
  });

  it('reads and writes JSON', async () => {
    const { out, results } = await call(JSON.stringify(parse(podList(bare))));
    const written = JSON.parse(out);
    expect(written.items[0].spec.securityContext).to.deep.equal({ seccompProfile: { type: 'RuntimeDefault' } });
    expect(results).to.have.length(1);
  });

  it('reads the older version of the list, and keeps it', async () => {
    const { out, status } = await call(podList(bare).replace('io/v1\n', 'io/v1beta1\n'));
    expect(status).to.equal(0);
    expect(out).to.match(/^apiVersion: config\.kubernetes\.io\/v1beta1\n[\s\S]*RuntimeDefault/);
  });

  it('has nothing to do with a list without items', async () => {
    const empty = 'apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n';
    expect(await call(empty)).to.deep.equal({ out: empty, said: [], status: 0, results: [] });
  });

  it('warns of what is left and of what is still objected to, and says where', async () => {
    const spec = 'containers:\n- name: web\n  securityContext:\n    runAsUser: 0\n    allowPrivilegeEscalation: true';
    const { results, status } = await call(podList(spec, configOf('    profile: restricted\n')));
    const resourceRef = { apiVersion: 'v1', kind: 'Pod', name: 'a', namespace: 'team-a' };
    expect(status).to.equal(0);
    expect(results.find(({ tags }) => tags?.reason === 'set-by-author')).to.deep.equal({
      message:
        'left allowPrivilegeEscalation of container "web" (set-by-author): Its author set a weaker value, here or in an annotation from before the field existed.',
      severity: 'warning',
      tags: { control: 'allowPrivilegeEscalation', reason: 'set-by-author' },
      resourceRef,
      field: { path: 'spec.containers[0].securityContext.allowPrivilegeEscalation', currentValue: true },
    });
    expect(results.find(({ tags }) => tags?.level !== undefined)).to.deep.equal({
      message:
        'does not pass restricted: allowPrivilegeEscalation != false (container "web" must set securityContext.allowPrivilegeEscalation=false)',
      severity: 'warning',
      tags: { control: 'allowPrivilegeEscalation', level: 'restricted' },
      resourceRef,
    });
  });

  it('tells the field from the root of the resource', async () => {
    const list = podList('template:\n  spec:\n    containers:\n    - name: web').replace('kind: Pod', 'kind: Job');
    const { results } = await call(list);
    expect(results[0]?.field?.path).to.equal('spec.template.spec.securityContext.seccompProfile');
  });

  it('keeps author’s values with odd keys readable in its results', async () => {
    const spec = `containers:\n- name: web\n  securityContext:\n    capabilities:\n      add: [NET_ADMIN]\n      "a: b": { "#": "\\n" }\n    runAsUser: 0`;
    const { results, out } = await call(podList(spec, configOf('    profile: restricted\n')));
    const left = results.find(({ tags }) => tags?.control === 'capabilities' && tags.reason !== undefined);
    expect(left?.field?.currentValue).to.deep.equal({ add: ['NET_ADMIN'], 'a: b': { '#': '\n' } });
    expect(out).to.include('add: [NET_ADMIN]\n          "a: b": { "#": "\\n" }');
  });

  it('says what the mode of a namespace leaves undone', async () => {
    const namespace = `- apiVersion: v1
  kind: Namespace
  metadata:
    name: team-a
    labels: { pod-hardener.io/profile: baseline }
    annotations: { pod-hardener.io/mode: audit }
`;
    const list = podList(bare, '', namespace);
    const { out, results, said } = await call(list);
    expect(out.startsWith(list)).to.equal(true);
    expect(results.map(({ severity, message }) => `${severity} ${message}`)).to.deep.equal([
      'info would fill seccompProfile of the pod, if the mode were not audit',
    ]);
    expect(said).to.deep.equal([]);
  });

  it('goes by its configuration rather than by a Namespace, where that names a profile', async () => {
    const namespace = '- apiVersion: v1\n  kind: Namespace\n  metadata:\n    name: team-a\n';
    const { results } = await call(podList(bare, baselineConfig, namespace));
    expect(results.map(({ message }) => message)).to.deep.equal(['filled seccompProfile of the pod']);
    const { out, said } = await call(podList(bare, '', namespace));
    expect(said).to.deep.equal(['note: namespace team-a: it is not opted in, and left as it is']);
    expect(out).not.to.include('RuntimeDefault');
  });

  it('says that it takes the profile restricted where nobody names one', async () => {
    const { results, said, status } = await call(podList(bare, ''));
    const note = 'neither a profile nor a Namespace is given: using restricted';
    expect(said).to.deep.equal([`note: ${note}`]);
    expect(results[0]).to.deep.equal({ message: note, severity: 'info' });
    expect({ status, count: results.length }).to.deep.equal({ status: 0, count: 5 });
  });

  it('repeats nothing over its own output', async () => {
    const rootPod =
      'containers:\n- name: web\n  securityContext:\n    runAsUser: 0\n    allowPrivilegeEscalation: true';
    const first = await call(podList(rootPod, ''));
    const second = await call(first.out);
    expect(first.results.map(({ severity }) => severity)).to.include.members(['info', 'warning']);
    expect(second.out).to.equal(first.out);
  });

  it('reads settings as a namespace has them, numbers and lists included', async () => {
    const settings = [
      '    profile: restricted',
      '    run-as-user: 1000',
      '    supplemental-groups: [2000, 3000]',
      '    controls: [-capabilities, +readOnlyRootFilesystem]',
      '    writable-paths: /cache',
    ];
    const { out, results } = await call(podList(bare, configOf(settings.join('\n'))));
    const { securityContext, containers } = parse(out).items[0].spec;
    expect(securityContext.supplementalGroups).to.deep.equal([2000, 3000]);
    expect(containers[0].securityContext).to.deep.equal({
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      runAsUser: 1000,
      readOnlyRootFilesystem: true,
    });
    expect(results.map(({ message }) => message)).to.include(
      'filled readOnlyRootFilesystem of container "web", and made /cache writable',
    );
  });

  it('understands the configuration that the documentation shows', async () => {
    const page = readFileSync(new URL('../../docs/pipelines.md', import.meta.url), 'utf8');
    const [, shown = ''] = /```yaml\n(apiVersion: pod-hardener\.io[\s\S]*?)```/.exec(page) ?? [];
    const { out, status } = await call(podList(bare, `functionConfig:\n${shown.replace(/^(?=.)/gm, '  ')}`));
    expect(status).to.equal(0);
    expect(parse(out).items[0].spec.containers[0].securityContext).to.deep.equal({
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      runAsUser: 1000,
      readOnlyRootFilesystem: true,
    });
  });

  const badConfigs: readonly (readonly [string, readonly string[]])[] = [
    [
      configOf('    profile: restrictd\n    mode: fil\n'),
      [
        'line 16, column 5: profile: "restrictd" is unknown; did you mean "restricted"?',
        'line 17, column 5: mode: "fil" is unknown; did you mean "fill"?',
      ],
    ],
    [
      configOf('    profile: restricted\n    run-as-usr: 1\n    run-as-group: 0\n'),
      [
        'line 18, column 5: run-as-group: "0" is not an integer from 1 to 2147483647 and is not used',
        'line 17, column 5: run-as-usr: this key is unknown; did you mean "run-as-user"?',
      ],
    ],
    [
      configOf('    profil: baseline\n'),
      [
        'line 15, column 3: there are settings without a profile, which they belong to',
        'line 16, column 5: profil: this key is unknown; did you mean "profile"?',
      ],
    ],
    [configOf('    mode: audit\n'), ['line 15, column 3: there are settings without a profile, which they belong to']],
    [configOf('    profile: { a: b }\n'), ['line 16, column 5: profile is no text, number or list of them']],
    [configOf('  - profile\n'), ['line 15, column 3: functionConfig.spec is no mapping']],
    [
      'functionConfig:\n  kind: Elephant\n',
      ['line 12, column 1: functionConfig is neither a ConfigMap nor a PodHardenerConfig of pod-hardener.io/v1alpha1'],
    ],
  ];
  for (const [config, sentences] of badConfigs) {
    it(`changes nothing and fails when ${sentences[0]?.replace(/^line \d+, column \d+: /, '')}`, async () => {
      const list = podList(bare, config);
      const { out, said, status, results } = await call(list);
      const messages = sentences.map((sentence) => `standard input: ${sentence}`);
      expect(results).to.deep.equal(messages.map((message) => ({ message, severity: 'error' })));
      expect(said).to.deep.equal(messages.map((message) => `error: ${message}`));
      expect(status).to.equal(2);
      expect(out.startsWith(list)).to.equal(true);
    });
  }

  for (const [what, stdin, message] of [
    ['nothing', '', 'line 1, column 1: this is empty, and no ResourceList'],
    ['another kind', 'kind: Pod\n', 'line 1, column 1: this is no ResourceList'],
    [
      'an unknown version of the list',
      'kind: ResourceList\napiVersion: config.kubernetes.io/v2\n',
      'line 2, column 1: a ResourceList has the apiVersion config.kubernetes.io/v1 or config.kubernetes.io/v1beta1',
    ],
    [
      'items that are no list',
      'apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: {}\n',
      'line 3, column 1: items is no list',
    ],
    [
      'two documents',
      'apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n---\na: b\n',
      'document 2, line 4, column 1: there is a second document beside the ResourceList',
    ],
  ] as const) {
    it(`answers ${what} with a list that has nothing but the error`, async () => {
      const { results, said, status, out } = await call(stdin);
      expect(results).to.deep.equal([{ message: `standard input: ${message}`, severity: 'error' }]);
      expect(said).to.deep.equal([`error: standard input: ${message}`]);
      expect(status).to.equal(2);
      expect(parse(out)).to.deep.include({ apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', items: [] });
    });
  }

  it('fails for an item whose pod is no pod, and names it', async () => {
    const { results, status } = await call(podList('containers:\n- name: web\n  securityContext: strict'));
    expect(status).to.equal(2);
    expect(results.map(({ severity }) => severity)).to.deep.equal(['error']);
    expect(results[0]?.message).to.match(
      /^standard input: line \d+, column \d+: spec\.containers\[0\]\.securityContext is a string, not an object$/,
    );
  });
});
