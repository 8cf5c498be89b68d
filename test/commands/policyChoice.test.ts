import { expect } from 'chai';
import { createPolicyChoice } from '../../src/commands/policyChoice.ts';

const key = 'pod-hardener.io/profile';
const records = [
  { name: 'in', labels: { [key]: 'baseline' }, annotations: {} },
  { name: 'out', labels: {}, annotations: {} },
  { name: 'typo', labels: { [key]: 'baselin' }, annotations: {} },
];

describe('createPolicyChoice', () => {
  it('lets the profile that was asked for rule everywhere', () => {
    const choose = createPolicyChoice({ profile: 'baseline', records });
    for (const namespace of [undefined, 'in', 'out', 'else']) {
      expect(choose(namespace).policy?.profile).to.equal('baseline');
      expect(choose(namespace).remarks).to.deep.equal([]);
    }
  });

  it('reads a namespace as the webhook does', () => {
    const choose = createPolicyChoice({ records });
    expect(choose('in').policy?.profile).to.equal('baseline');
    expect(choose('out')).to.deep.equal({
      policy: undefined,
      remarks: ['namespace out: it is not opted in, and left as it is'],
      record: records[1],
    });
    expect(choose('typo').policy?.profile).to.equal('restricted');
    expect(choose('typo').remarks).to.deep.equal([
      'namespace typo: pod-hardener.io/profile: "baselin" is unknown; did you mean "baseline"? Using restricted',
    ]);
  });

  it('takes restricted, and says so, where nothing is known', () => {
    const choose = createPolicyChoice({ records });
    expect(choose('else').policy?.profile).to.equal('restricted');
    expect(choose('else').remarks).to.deep.equal(['no Namespace manifest describes else: using restricted']);
    expect(choose().remarks).to.deep.equal(['no namespace is named (-n) for some objects: using restricted']);
    expect(createPolicyChoice({ records: [] })('else').remarks).to.deep.equal([
      'neither a profile nor a Namespace is given: using restricted',
    ]);
  });

  it('believes the last of two descriptions', () => {
    const again = { name: 'out', labels: { [key]: 'restricted' }, annotations: {} };
    expect(createPolicyChoice({ records: [...records, again] })('out').policy?.profile).to.equal('restricted');
  });
});
