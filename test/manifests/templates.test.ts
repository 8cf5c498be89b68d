import { expect } from 'chai';
import { objectsIn } from '../../src/manifests/objects.ts';
import { templatesIn } from '../../src/manifests/templates.ts';
import { toDotted } from '../../src/policy/path.ts';

const pod = { spec: { containers: [{ name: 'a' }] } };

function placesIn(value: unknown): readonly string[] {
  return templatesIn(value).map(({ path }) => toDotted(path));
}

describe('templatesIn', () => {
  it('finds a pod at the root', () => {
    expect(placesIn({ kind: 'Pod', ...pod })).to.deep.equal(['']);
  });

  it('finds templates at any depth, in the order in which they are written', () => {
    const cluster = { headGroupSpec: { template: pod }, workerGroupSpecs: [{ template: pod }, { template: pod }] };
    expect(placesIn({ kind: 'RayService', spec: { serve: '', rayClusterConfig: cluster } })).to.deep.equal([
      'spec.rayClusterConfig.headGroupSpec.template',
      'spec.rayClusterConfig.workerGroupSpecs[0].template',
      'spec.rayClusterConfig.workerGroupSpecs[1].template',
    ]);
  });

  it('takes nothing for a template that only looks a little like one', () => {
    const looks = [null, 'spec', {}, [], { name: 'a' }, [{ name: 'a' }, {}], [{ name: 1 }], ['a'], [null]];
    for (const containers of looks) expect(placesIn({ spec: { containers } })).to.deep.equal([]);
    expect(placesIn({ containers: [{ name: 'a' }] })).to.deep.equal([]);
    expect(placesIn({ spec: [{ containers: [{ name: 'a' }] }] })).to.deep.equal([]);
    expect(placesIn(null)).to.deep.equal([]);
  });
});

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
