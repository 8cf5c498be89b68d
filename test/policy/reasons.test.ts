import { expect } from 'chai';
import { reasons } from '../../src/policy/control.ts';
import { appArmorProfile } from '../../src/policy/controls/appArmorProfile.ts';
import { fsGroupChangePolicy } from '../../src/policy/controls/fsGroupChangePolicy.ts';
import { hostPorts } from '../../src/policy/controls/hostPorts.ts';
import { reasonMeanings, reasonsOf } from '../../src/policy/reasons.ts';

describe('reasonMeanings', () => {
  it('has one sentence for each reason, in their order', () => {
    expect(Object.keys(reasonMeanings)).to.deep.equal([...reasons]);
    expect(
      Object.values(reasonMeanings).filter((meaning) => !/^[A-Z][^.]*(\.[^. ][^.]*)*\.$/.test(meaning)),
    ).to.deep.equal([]);
  });
});

describe('reasonsOf', () => {
  it('adds to the reasons of a control those of all controls, in the order in which one goes before another', () => {
    expect(reasonsOf(fsGroupChangePolicy)).to.deep.equal(['exempt', 'pod-override', 'windows']);
  });

  it('knows that a cluster may be too old for a field', () => {
    expect(reasonsOf(appArmorProfile)).to.deep.equal([
      'exempt',
      'pod-override',
      'unsupported-version',
      'windows',
      'set-by-author',
      'privileged',
    ]);
  });

  it('is empty for what is never filled', () => {
    expect(reasonsOf(hostPorts)).to.deep.equal([]);
  });
});
