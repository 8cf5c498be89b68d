import { expect } from 'chai';
import { toDotted } from '../../src/policy/path.ts';
import { templatesIn } from '../../src/policy/templates.ts';

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

  it('stops far below what any object holds, so that no nesting overflows the stack', () => {
    const nested = (levels: number) =>
      JSON.parse(`${'{"a":'.repeat(levels)}${JSON.stringify(pod)}${'}'.repeat(levels)}`);
    expect(templatesIn(nested(1_000))).to.have.length(1);
    expect(templatesIn(nested(1_001))).to.deep.equal([]);
    expect(templatesIn(nested(5_000))).to.deep.equal([]);
    expect(templatesIn(JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)))).to.deep.equal([]);
  });
});
