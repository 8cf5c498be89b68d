import { expect } from 'chai';
import type { HardenOutput } from '../../src/commands/harden.ts';
import { hardenedOutput } from '../../src/commands/hardenOutput.ts';
import { planFiles } from '../../src/commands/plan.ts';

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: team
spec:
  template:
    spec:
      containers:
      - name: proxy
        securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
      - name: app # the one
        securityContext:
          capabilities:
            drop: [NET_RAW]
`;
const cluster = `apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: ray}
spec:
  headGroupSpec:
    template:
      spec:
        containers: [{name: head, image: ray}, {name: side}]
`;

function print(output: HardenOutput | undefined, texts: readonly string[], profile = 'restricted') {
  const said: string[] = [];
  const files = planFiles(
    texts.map((text, index) => ({ name: `${index}.yaml`, text })),
    { records: [], profile },
  );
  return { ...hardenedOutput(files, output, (line) => void said.push(line)), said };
}

describe('harden -o', () => {
  it('jsonpatch prints a line with a JSON Patch for each object that changes', () => {
    const { text } = print('jsonpatch', [deployment, 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n']);
    expect(text.split('\n')).to.have.lengthOf(2);
    expect(JSON.parse(text)).to.deep.equal({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'web',
      namespace: 'team',
      patch: [
        {
          op: 'add',
          path: '/spec/template/spec/securityContext',
          value: { seccompProfile: { type: 'RuntimeDefault' } },
        },
        { op: 'add', path: '/spec/template/spec/containers/1/securityContext/runAsNonRoot', value: true },
        { op: 'add', path: '/spec/template/spec/containers/1/securityContext/allowPrivilegeEscalation', value: false },
        { op: 'add', path: '/spec/template/spec/containers/1/securityContext/capabilities/drop/1', value: 'ALL' },
      ],
    });
  });

  it('jsonpatch counts from the object where that is in a list', () => {
    const list = JSON.stringify({ kind: 'List', items: [{ kind: 'Pod', spec: { containers: [{ name: 'a' }] } }] });
    expect(JSON.parse(print('jsonpatch', [list], 'baseline').text).patch).to.deep.equal([
      { op: 'add', path: '/spec/securityContext', value: { seccompProfile: { type: 'RuntimeDefault' } } },
    ]);
  });

  it('kustomize prints strategic merge patches that name every member of a list', () => {
    expect(
      print('kustomize', [deployment]).text,
    ).to.equal(`# Put this into a file beside kustomization.yaml, and name the file there:
#   patches:
#     - path: hardened.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: team
spec:
  template:
    spec:
      containers:
      - name: proxy
      - name: app
        securityContext:
          capabilities:
            drop:
            - NET_RAW
            - ALL
          runAsNonRoot: true
          allowPrivilegeEscalation: false
      securityContext:
        seccompProfile:
          type: RuntimeDefault
`);
  });

  it('kustomize repeats the lists of kinds whose schema kustomize does not know', () => {
    expect(print('kustomize', [cluster], 'baseline').text).to.include(
      'spec:\n  headGroupSpec:\n    template:\n      spec:\n        securityContext:',
    );
    const { text } = print('kustomize', [cluster]);
    expect(text).to.include('      - name: head\n          image: ray\n');
  });

  it('kustomize says which object it cannot name, and prints nothing when nothing changes', () => {
    const { text, said, complete } = print('kustomize', [
      'apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\nspec: {containers: [{name: a}]}\n',
    ]);
    expect({ text, complete }).to.deep.equal({ text: '', complete: true });
    expect(said).to.deep.equal([
      'note: there is no patch for Pod: kustomize tells objects apart by apiVersion and metadata.name',
    ]);
  });

  it('json prints one object, and several as a list, for kubectl to read', () => {
    const single = JSON.parse(print('json', [cluster]).text);
    expect(single.spec.headGroupSpec.template.spec.containers[1].securityContext.runAsNonRoot).to.equal(true);
    const { kind, apiVersion, items } = JSON.parse(print('json', [`${cluster}---\n---\n${deployment}`]).text);
    expect({ kind, apiVersion, kinds: items.map((item: { kind: string }) => item.kind) }).to.deep.equal({
      kind: 'List',
      apiVersion: 'v1',
      kinds: ['RayCluster', 'Deployment'],
    });
  });

  it('yaml leaves YAML as it is written, and turns JSON into it', () => {
    expect(print('yaml', [deployment]).text).to.include('- name: app # the one\n');
    const json = JSON.stringify({ kind: 'Pod', metadata: { name: 'yes' }, spec: { containers: [{ name: '0o17' }] } });
    expect(print('yaml', [json], 'baseline').text).to.equal(
      'kind: Pod\nmetadata:\n  name: "yes"\nspec:\n  containers:\n  - name: "0o17"\n' +
        '  securityContext:\n    seccompProfile:\n      type: RuntimeDefault\n',
    );
  });

  it('leaves out a document with a number that another format would change, and says where', () => {
    const long = 'kind: Pod\nspec:\n  n: 9007199254740993\n  containers: [{name: a}]\n';
    expect(print('json', [`${long}---\n${cluster}`])).to.deep.include({
      complete: false,
      said: [
        'error: 0.yaml: document 1, line 3, column 6: the number 9007199254740993 has too many digits to be written in another format',
      ],
    });
    expect(print(undefined, [long]).text).to.include('n: 9007199254740993');
  });

  const withNumber = (number: string) => `{"kind": "Pod", "spec": {"n": [${number}], "containers": [{"name": "a"}]}}\n`;

  it('writes what a number says, whichever way that is written', () => {
    for (const number of ['1.0', '-1.50', '0.1', '1e3', '-0', '0.0e9', '1E-7', '1e21', '9007199254740992']) {
      const { text, said } = print('json', [withNumber(number)]);
      expect(said, number).to.deep.equal([]);
      expect(JSON.parse(text).spec.n, number).to.deep.equal([Number(number) + 0]);
    }
    const { text, said } = print('json', [
      'kind: Pod\nspec: {list: [0o17, 0x1E, 0b11, 0644, 1_000, +1_0.50, .5], x: 1e400}\n',
    ]);
    expect(said).to.deep.equal([]);
    expect(JSON.parse(text).spec).to.deep.equal({ list: [15, 30, 3, 420, 1000, 10.5, 0.5], x: '1e400' });
  });

  const tooMany = 'has too many digits to be written in another format';
  const tooLarge = 'is too large to be written in another format';
  const unfaithful = {
    '1e400': tooLarge,
    '-1E+999': tooLarge,
    '1e-400': tooMany,
    '0.1234567890123456789': tooMany,
    '1.00000000000000000001': tooMany,
    '-9007199254740993': tooMany,
    '18446744073709551615': tooMany,
  };
  for (const [number, problem] of Object.entries(unfaithful)) {
    it(`has no room for the number ${number} in another format, and says where; the rest is done`, () => {
      for (const output of ['json', 'yaml', 'kustomize'] as const) {
        const { text, complete, said } = print(output, [
          `${withNumber(number)}${withNumber('2').replace('"kind"', '"apiVersion": "v1", "metadata": {"name": "rest"}, "kind"')}`,
        ]);
        expect({ complete, said }, output).to.deep.equal({
          complete: false,
          said: [`error: 0.yaml: document 1, line 1, column 32: the number ${number} ${problem}`],
        });
        expect(text, output).to.include('rest').and.not.include('null');
      }
    });

    it(`keeps the number ${number} where it is only filled around`, () => {
      const { text, said } = print(undefined, [withNumber(number)]);
      expect(text).to.include(`{"n": [${number}], "`).and.include('"runAsNonRoot": true');
      expect(said).to.deep.equal([]);
      const patch = JSON.parse(print('jsonpatch', [withNumber(number)]).text);
      expect(patch.patch).to.have.lengthOf(2);
    });
  }
});
