import { expect } from 'chai';
import { objectsIn } from '../../src/manifests/objects.ts';
import { toDotted } from '../../src/policy/path.ts';

describe('objectsIn', () => {
  const namesOf = (value: unknown) =>
    objectsIn(value).map(({ kind, name, namespace, path }) => `${namespace}/${kind}/${name} ${toDotted(path)}`);

  it('takes lists apart, also lists in lists', () => {
    const a = { kind: 'Pod', metadata: { name: 'a', namespace: 'x' } };
    const b = { metadata: { generateName: 'b-' } };
    expect(namesOf({ kind: 'List', items: [a, { kind: 'PodList', items: [b] }, null] })).to.deep.equal([
      'x/Pod/a items[0]',
      'undefined/Pod/b- items[1].items[0]',
    ]);
  });

  it('finds none in what is no mapping', () => {
    for (const value of [null, undefined, 'x', 1, [{}]]) expect(objectsIn(value)).to.deep.equal([]);
  });
});
