import { expect } from 'chai';
import type { About } from '../../src/policy/about.ts';
import type { Control } from '../../src/policy/control.ts';
import { allowPrivilegeEscalation } from '../../src/policy/controls/allowPrivilegeEscalation.ts';
import { controls } from '../../src/policy/controls/index.ts';
import { profiles } from '../../src/policy/profiles.ts';

/** The controls that fill a field of which it is known that nothing stops working. */
const harmless = ['supplementalGroups'];

/** What is missing in a control's description or wrong with it, as sentences that say what to do. */
function faultsOf(control: Control): readonly string[] {
  const about: About | undefined = control.about;
  if (!about) return ['it has no description: write `about`'];
  const { title, meaning, fields, allowed, spec, fills, mayBreak = [] } = about;
  const texts = [
    title,
    meaning,
    allowed ?? '',
    fills ?? '',
    ...mayBreak.flatMap(({ what, remedy = '' }) => [what, remedy]),
  ];
  const sentences = [meaning, fills, ...mayBreak.flatMap(({ what, remedy }) => [what, remedy])];
  const missing = pathsOf(control).filter((path) => !fields.includes(path));
  return [
    ...(/^[A-Z].*[^.]$/.test(title)
      ? []
      : ['its title is not a few words that begin large and end without a full stop']),
    ...(/\.$/.test(meaning) && meaning.split(/\. /).length <= 3 ? [] : ['its meaning is not one to three sentences']),
    ...sentences.flatMap((one) => (one === undefined || /^[A-Z`].*\.$/.test(one) ? [] : [`"${one}" is no sentence`])),
    ...texts.flatMap((text) => (text.split('`').length % 2 === 1 ? [] : [`a backtick is missing in "${text}"`])),
    ...missing.map((path) => `${path} is filled and not among its fields`),
    ...((allowed !== undefined) === (control.checks !== undefined) ? [] : ['`allowed` goes with `checks`']),
    ...(spec.startsWith('https://kubernetes.io/docs/') ? [] : ['its `spec` is no page of Kubernetes']),
    ...(control.rules || mayBreak.length === 0 ? [] : ['what is never filled cannot break anything']),
    ...(!control.rules || mayBreak.length > 0 || harmless.includes(control.id)
      ? []
      : ['say in `mayBreak` what may stop working']),
    ...mayBreak.flatMap(({ messages }) => (messages.length > 0 ? [] : ['a message to search for is missing'])),
  ];
}

/** The fields that the rules of the control fill. */
function pathsOf({ rules = [] }: Control): readonly string[] {
  return rules.map((rule) => {
    const parent = rule.scope === 'container' ? 'spec.containers[*].' : 'spec.';
    return `${parent}${rule.scope === 'pod' && rule.of ? '' : 'securityContext.'}${rule.field.join('.')}`;
  });
}

describe('the descriptions of the controls', () => {
  it('are complete', () => {
    const faults = controls.flatMap((control) =>
      faultsOf(control).map((fault) => `src/policy/controls/${control.id}.ts: ${fault}`),
    );
    expect(faults).to.deep.equal([]);
  });

  it('are missed where there is none, or only half of one', () => {
    const { about, ...bare } = allowPrivilegeEscalation;
    const { allowed, mayBreak, ...half } = about;
    expect([allowed, mayBreak]).not.to.include(undefined);
    expect(faultsOf(bare as Control)).to.deep.equal(['it has no description: write `about`']);
    const poor = { ...half, title: 'no.', meaning: 'nothing', fields: [], spec: 'https://example.com', fills: 'a `b.' };
    expect(faultsOf({ ...bare, about: poor })).to.deep.equal([
      'its title is not a few words that begin large and end without a full stop',
      'its meaning is not one to three sentences',
      '"nothing" is no sentence',
      '"a `b." is no sentence',
      'a backtick is missing in "a `b."',
      'spec.containers[*].securityContext.allowPrivilegeEscalation is filled and not among its fields',
      '`allowed` goes with `checks`',
      'its `spec` is no page of Kubernetes',
      'say in `mayBreak` what may stop working',
    ]);
  });
});

describe('the descriptions of the profiles', () => {
  it('are one sentence each', () => {
    const wrong = profiles.filter(({ about }) => !/^[A-Z][^.]*\.$/.test(about)).map(({ name }) => name);
    expect(wrong).to.deep.equal([]);
  });
});
