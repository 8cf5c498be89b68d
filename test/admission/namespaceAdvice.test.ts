import { expect } from 'chai';
import fc from 'fast-check';
import { namespaceAdvice } from '../../src/admission/namespaceAdvice.ts';
import { type NamespaceRecord, policyOf } from '../../src/admission/namespacePolicy.ts';
import { nonsenseAnnotations, profiles, runs } from '../arbitraries.ts';
import { prefixed } from '../requests.ts';

type Strings = Readonly<Record<string, string>>;

/** A namespace with our labels and annotations, named without the prefix, and the level that it enforces. */
function namespaceWith(
  labels: Strings,
  annotations: Strings = {},
  enforce?: string,
  version?: string,
): NamespaceRecord {
  const standards = {
    ...(enforce !== undefined && { 'pod-security.kubernetes.io/enforce': enforce }),
    ...(version !== undefined && { 'pod-security.kubernetes.io/enforce-version': version }),
  };
  return { name: 'team', labels: { ...prefixed(labels), ...standards }, annotations: prefixed(annotations) };
}

const plain = namespaceWith({});
const options = { policyFrom: policyOf, routedBy: 'label' } as const;

function advice(after: NamespaceRecord, before?: NamespaceRecord, more: object = {}): readonly string[] {
  return namespaceAdvice({ after, ...(before && { before }) }, { ...options, ...more });
}

const noGate =
  'pod-hardener: pod-security.kubernetes.io/enforce is not set: pods that fall short of restricted are let in all the same';
const notSet = 'pod-hardener.io/profile is not set, so nothing is filled here';

describe('advice on a namespace', () => {
  it('is none for one that has no key of ours', () => {
    expect(advice(plain)).to.deep.equal([]);
    expect(advice(namespaceWith({}, {}, 'restricted'), plain)).to.deep.equal([]);
    expect(namespaceAdvice({}, options)).to.deep.equal([]);
  });

  it('is none where profile and level go together', () => {
    for (const level of ['baseline', 'restricted']) {
      expect(advice(namespaceWith({ profile: level }, {}, level), plain)).to.deep.equal([]);
    }
    expect(advice(namespaceWith({ profile: 'hardened' }, {}, 'restricted'))).to.deep.equal([]);
    expect(advice(namespaceWith({ profile: 'restricted' }, {}, 'baseline'))).to.deep.equal([]);
    expect(advice(namespaceWith({ profile: 'baseline' }))).to.deep.equal([]);
    expect(advice(namespaceWith({ profile: 'privileged' }))).to.deep.equal([]);
  });

  it('says what is wrong with every key, and which value was probably meant', () => {
    const written = namespaceWith(
      { profile: 'restrictd', mode: 'fill' },
      { mode: 'wrn', 'run-as-usr': '1' },
      'restricted',
    );
    expect(advice(written, plain)).to.deep.equal([
      'pod-hardener.io/profile: "restrictd" is unknown; did you mean "restricted"? Using restricted',
      'pod-hardener.io/mode: "wrn" is unknown; did you mean "warn"? Using audit',
      'pod-hardener.io/mode: as a label it is not read; set it as an annotation',
      'pod-hardener.io/run-as-usr: this key is unknown; did you mean "run-as-user"?',
      'pod-hardener.io/mode: "audit" fills nothing, and enforce=restricted refuses pods that leave it out',
    ]);
  });

  it('finds the profile in a misspelt label', () => {
    expect(advice(namespaceWith({ profil: 'restricted' }), plain)).to.deep.equal([
      'pod-hardener.io/profil: this key is unknown; did you mean "profile"?',
      notSet,
    ]);
  });

  it('says what is wrong with keys that wait for their profile, and that they do', () => {
    expect(advice(namespaceWith({}, { mode: 'audt' }), plain)).to.deep.equal([
      'pod-hardener.io/mode: "audt" is unknown; did you mean "audit"? Using audit',
      notSet,
    ]);
    // It does nothing in the profile restricted; but who knows which one will come.
    expect(advice(namespaceWith({}, { controls: 'readOnlyRootFilesystem=audit' }), plain)).to.deep.equal([notSet]);
  });

  it('says that the profile is read as a label only, where pods are routed by it', () => {
    const annotated = namespaceWith({}, { profile: 'restricted' });
    expect(advice(annotated, plain)).to.deep.equal([
      'pod-hardener.io/profile: as an annotation it does nothing here; set it as a label',
    ]);
    expect(advice(annotated, plain, { routedBy: 'annotation' })).to.deep.equal([noGate]);
    expect(advice(namespaceWith({ profile: 'baseline' }, { profile: 'baseline' }))).to.deep.equal([]);
  });

  for (const [what, written, sentence] of [
    [
      'the profile fills too little',
      namespaceWith({ profile: 'baseline' }, {}, 'restricted'),
      'pod-hardener.io/profile: "baseline" fills less than enforce=restricted demands: pods that leave it out are refused',
    ],
    [
      'the mode fills nothing',
      namespaceWith({ profile: 'restricted' }, { mode: 'warn' }, 'restricted'),
      'pod-hardener.io/mode: "warn" fills nothing, and enforce=restricted refuses pods that leave it out',
    ],
    [
      'a control is taken out',
      namespaceWith({ profile: 'restricted' }, { controls: '-runAsNonRoot' }, 'restricted'),
      'pod-hardener.io/controls: runAsNonRoot is not filled, and enforce=restricted refuses pods without',
    ],
    [
      'two controls have a milder mode',
      namespaceWith({ profile: 'restricted' }, { controls: 'runAsNonRoot=audit,capabilities=warn' }, 'restricted'),
      'pod-hardener.io/controls: capabilities and runAsNonRoot are not filled, and enforce=restricted refuses pods without',
    ],
    [
      'many controls are taken out',
      namespaceWith({ profile: 'hardened' }, { controls: '-runAsNonRoot,-capabilities,-seccompProfile' }, 'restricted'),
      'pod-hardener.io/controls: 3 controls are not filled, and enforce=restricted refuses pods without',
    ],
    [
      'the level is none that Pod Security admission knows, and so the strictest',
      namespaceWith({ profile: 'baseline' }, {}, 'Restricted'),
      'pod-hardener.io/profile: "baseline" fills less than enforce=restricted demands: pods that leave it out are refused',
    ],
  ] as const) {
    it(`says that pods will be refused where ${what}`, () => {
      expect(advice(written, plain)).to.deep.equal([sentence]);
    });
  }

  it('goes by the version that is enforced', () => {
    const without = (version: string) =>
      advice(
        namespaceWith({ profile: 'restricted' }, { controls: '-seccompProfile,-capabilities' }, 'restricted', version),
      );
    // Neither was asked for at first: seccomp since v1.19, capabilities since v1.22.
    expect(without('v1.18')).to.deep.equal([]);
    expect(without('v1.20')).to.deep.equal([
      'pod-hardener.io/controls: seccompProfile is not filled, and enforce=restricted refuses pods without',
    ]);
    expect(without('v1.22')[0]).to.include('capabilities and seccompProfile are not filled');
  });

  it('says what nobody refuses, when the profile or the missing level is new', () => {
    const open = namespaceWith({ profile: 'restricted' });
    expect(advice(open)).to.deep.equal([noGate]);
    expect(advice(open, plain)).to.deep.equal([noGate]);
    expect(advice(open, namespaceWith({ profile: 'restricted' }, {}, 'restricted'))).to.deep.equal([noGate]);
    expect(advice(namespaceWith({ profile: 'restricted' }, { mode: 'warn' }), open)).to.deep.equal([]);
  });

  it('says who let them in where the level privileged is written down', () => {
    const open = namespaceWith({ profile: 'restricted' }, {}, 'privileged');
    const sentence =
      'pod-hardener: pod-security.kubernetes.io/enforce=privileged: pods that fall short of restricted are let in all the same';
    expect(advice(open)).to.deep.equal([sentence]);
    expect(advice(open, namespaceWith({ profile: 'restricted' }, {}, 'restricted'))).to.deep.equal([sentence]);
    expect(advice(open, open)).to.deep.equal([]);
  });

  it('repeats nothing when no key of ours has changed', () => {
    const before = namespaceWith({ profile: 'restrictd' }, { mode: 'wrn' }, 'restricted');
    const after = {
      ...before,
      labels: { ...before.labels, tier: 'gold' },
      annotations: { ...before.annotations, a: 'b' },
    };
    expect(advice(before).length).to.equal(3);
    expect(advice(after, before)).to.deep.equal([]);
  });

  it('repeats what is still wrong when a key of ours has changed', () => {
    const before = namespaceWith({ profile: 'restrictd' }, {}, 'restricted');
    const after = namespaceWith({ profile: 'restrictd' }, { mode: 'fill' }, 'restricted');
    expect(advice(after, before)).to.deep.equal([
      'pod-hardener.io/profile: "restrictd" is unknown; did you mean "restricted"? Using restricted',
    ]);
  });

  it('says what a level does that is enforced from now on', () => {
    const before = namespaceWith({ profile: 'baseline' }, { mode: 'wrn' });
    const after = namespaceWith({ profile: 'baseline' }, { mode: 'wrn' }, 'restricted');
    expect(advice(after, before)).to.deep.equal([
      'pod-hardener.io/profile: "baseline" fills less than enforce=restricted demands: pods that leave it out are refused',
    ]);
  });

  it('says what it means to take the profile away while the level stays', () => {
    const before = namespaceWith({ profile: 'restricted' }, {}, 'restricted');
    expect(advice(namespaceWith({}, {}, 'restricted'), before)).to.deep.equal([
      'pod-hardener.io/profile: without it nothing is filled, and enforce=restricted refuses what pods leave out',
    ]);
    expect(advice(namespaceWith({}, {}, 'baseline'), before)).to.deep.equal([]);
    expect(advice(plain, before)).to.deep.equal([]);
  });

  it('has the verdict on the pods that run, when the keys of an existing namespace change', () => {
    const asked: unknown[] = [];
    const verdict = (namespace: NamespaceRecord) => {
      asked.push(namespace);
      return 'restricted: 12 pods, 9 would change';
    };
    const after = namespaceWith({ profile: 'restricted' }, {}, 'restricted');
    expect(advice(after, plain, { verdict })).to.deep.equal(['pod-hardener: restricted: 12 pods, 9 would change']);
    expect(asked).to.deep.equal([after]);
    expect(advice(after, undefined, { verdict }), 'a new namespace has no pods').to.deep.equal([]);
    expect(advice(after, after, { verdict })).to.deep.equal([]);
    expect(advice(plain, after, { verdict }), 'without a profile').to.deep.equal([]);
    expect(advice(after, plain, { verdict: () => undefined })).to.deep.equal([]);
    expect(asked).to.have.length(1);
  });

  it('has the verdict also beside more problems than there is room for', () => {
    const wrong = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`key${index}`, 'x']));
    const said = advice(namespaceWith({ profile: 'restricted' }, wrong), plain, { verdict: () => 'so it is' });
    expect(said).to.have.length(8);
    expect(said[0]).to.equal('pod-hardener: so it is');
  });

  it('is at most 8 warnings of 120 characters on one line, whatever is written, and none for no change', () => {
    const namespaces = fc.tuple(profiles, nonsenseAnnotations).map(([profile, annotations]) => {
      const labels = { 'pod-hardener.io/profile': profile, 'pod-security.kubernetes.io/enforce': profile };
      return { name: 'team', labels, annotations: prefixed(annotations) };
    });
    fc.assert(
      fc.property(namespaces, namespaces, (after, before) => {
        const said = advice(after, before);
        expect(said.length).to.be.at.most(8);
        for (const text of said)
          expect(text).to.match(/^(pod-hardener: |pod-hardener\.io\/)[^\p{Cc}\p{Zl}\p{Zp}]{1,110}$/u);
        expect(advice(after, after)).to.deep.equal([]);
      }),
      runs,
    );
  });
});
