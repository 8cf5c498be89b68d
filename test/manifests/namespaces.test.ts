import { expect } from 'chai';
import { ManifestError } from '../../src/manifests/errors.ts';
import { readNamespaces } from '../../src/manifests/namespaces.ts';

const team = 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: team\n';

function problemOf(text: string): string {
  try {
    readNamespaces(text, 'ns.yaml');
  } catch (error) {
    if (error instanceof ManifestError) return error.message;
  }
  throw new Error('nothing was wrong');
}

describe('readNamespaces', () => {
  it('reads name, labels and annotations of every Namespace', () => {
    const text = `# two\n${team}  labels: {a: b}\n  annotations:\n    c: "1"\n---\n---\n${team.replace('team', 'other')}`;
    expect(readNamespaces(text, 'ns.yaml')).to.deep.equal([
      { name: 'team', labels: { a: 'b' }, annotations: { c: '1' } },
      { name: 'other', labels: {}, annotations: {} },
    ]);
  });

  it('reads what kubectl prints: lists, and JSON', () => {
    const namespace = { kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'team', labels: null } };
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [namespace] });
    expect(readNamespaces(list, 'ns.json')).to.deep.equal([{ name: 'team', labels: {}, annotations: {} }]);
    const typed = JSON.stringify({ kind: 'NamespaceList', items: [{ metadata: { name: 'team' } }] });
    expect(readNamespaces(typed, 'ns.json')).to.deep.equal([{ name: 'team', labels: {}, annotations: {} }]);
  });

  it('says in one sentence where it finds anything but a Namespace', () => {
    expect(problemOf(`${team}---\nkind: Pod\n`)).to.equal(
      'ns.yaml: document 2, line 6, column 1: this is a manifest of kind Pod, not of a Namespace',
    );
    expect(problemOf('- a\n')).to.equal('ns.yaml: line 1, column 1: this is no manifest of a Namespace');
    expect(problemOf('a: [\n')).to.equal('ns.yaml: line 1, column 4: this [ is not closed');
    expect(problemOf('apiVersion: v1\nkind: Namespace\n')).to.equal(
      'ns.yaml: line 1, column 1: this Namespace has no name that is a string',
    );
  });

  it('wants strings where the API server wants them', () => {
    expect(problemOf(`${team}  annotations:\n    ok: "1"\n    pod-hardener.io/run-as-user: 1000\n`)).to.equal(
      'ns.yaml: line 7, column 5: the value of pod-hardener.io/run-as-user is not a string; put it in quotes',
    );
    expect(problemOf(`${team}  labels: [a]\n`)).to.equal('ns.yaml: line 5, column 3: metadata.labels is not a mapping');
  });
});
