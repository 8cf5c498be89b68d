import { expect } from 'chai';
import fc from 'fast-check';
import { type DecideOptions, decide } from '../../src/admission/decide.ts';
import { type Policy, policyOf } from '../../src/admission/namespacePolicy.ts';
import { encodeReview } from '../../src/admission/review.ts';
import { shadowOf } from '../../src/admission/shadow.ts';
import { entryOf } from '../../src/policy/entry.ts';
import type { Pod } from '../../src/policy/pod.ts';
import { namespaceAnnotations, pods, profiles, runs } from '../arbitraries.ts';
import { evidenceOf } from '../kubelet.ts';
import { annotated, containerOf, deepFreeze, podOf } from '../pods.ts';
import { namespaceOf, policyFor, requestFor } from '../requests.ts';
import { configurationOf } from './configurations.ts';

const plain = podOf([containerOf('app')]);

/** What is told of a shadow: its difference, what either side alone fills, and the level that the pod reaches. */
function compared(policy: Policy, pod: Pod = plain, options: Omit<DecideOptions, 'provenance'> = {}) {
  const request = requestFor(pod);
  const shadow = shadowOf(request, decide(request, policy, { ...options, provenance: true }), options);
  if (!shadow) return undefined;
  const { only_shadow, only_in_force } = shadow.changes;
  return [shadow.difference, only_shadow.map(entryOf), only_in_force.map(entryOf), shadow.level];
}

describe('a shadow profile', () => {
  it('has the other keys of its namespace', () => {
    const { shadow, problems } = policyFor('restricted', {
      'profile-version': 'v1.30',
      mode: 'audit',
      controls: '-capabilities',
      'shadow-profile': ' Hardened ',
    });
    const { controls, ...rest } = policyFor('hardened', {
      'profile-version': 'v1.30',
      mode: 'audit',
      controls: '-capabilities',
    });
    expect(problems).to.deep.equal([]);
    expect(shadow).to.deep.equal({ controls, ...rest });
    expect([rest.version, rest.mode]).to.deep.equal(['v1.30', 'audit']);
  });

  it('may have a version of its own', () => {
    const { shadow, version } = policyFor('restricted', {
      'profile-version': 'v1.30',
      'shadow-profile': 'restricted@v1.33',
    });
    expect([version, shadow?.version]).to.deep.equal(['v1.30', 'v1.33']);
    expect(policyFor('restricted', { 'shadow-profile': 'baseline@latest' }).shadow?.version).to.equal('latest');
  });

  it('takes the place of a profile that is an annotation', () => {
    const annotations = { 'pod-hardener.io/profile': 'baseline', 'pod-hardener.io/shadow-profile': 'hardened' };
    const policy = policyOf({ name: 'team', labels: {}, annotations });
    expect([policy?.profile, policy?.shadow?.profile]).to.deep.equal(['baseline', 'hardened']);
    expect(policy?.shadow?.problems).to.deep.equal([]);
  });

  it('may be one of the configuration, with the values that it brings along', () => {
    const configuration = configurationOf({ profiles: [{ name: 'web', extends: 'restricted', 'run-as-user': 1000 }] });
    const policy = policyOf(namespaceOf('restricted', { 'shadow-profile': 'web' }), configuration);
    expect(policy?.shadow?.values).to.deep.equal({ runAsUser: 1000 });
    expect(policy?.values).to.deep.equal({});
    expect(policy && compared(policy)).to.deep.equal(['fills', ['app/runAsUser'], [], 'restricted']);
  });

  const bad = {
    restrcted: '"restrcted" is unknown; did you mean "restricted"? Using none',
    nonsense: '"nonsense" is none of privileged, baseline, restricted, hardened; using none',
    '': '"" is none of privileged, baseline, restricted, hardened; using none',
    'restricted@1.36': '"1.36" is neither "latest" nor like "v1.36"; using none',
    'restricted@v1.36@v1.37': '"v1.36@v1.37" is neither "latest" nor like "v1.36"; using none',
  };

  for (const [text, sentence] of Object.entries(bad)) {
    it(`is none, and a problem, when it is ${JSON.stringify(text)}`, () => {
      const { shadow, problems, ...rest } = policyFor('baseline', { 'shadow-profile': text });
      expect(problems).to.deep.equal([
        { key: 'shadow-profile', message: `pod-hardener.io/shadow-profile: ${sentence}` },
      ]);
      expect(shadow).to.equal(undefined);
      const { problems: _, ...without } = policyFor('baseline');
      expect(rest).to.deep.equal(without);
    });
  }
});

describe('shadowOf', () => {
  it('is undefined without a shadow, and for a pod that is not looked at', () => {
    expect(compared(policyFor('restricted'))).to.equal(undefined);
    const mirror = annotated(plain, { 'kubernetes.io/config.mirror': 'd0d0' });
    expect(compared(policyFor('restricted', { 'shadow-profile': 'hardened' }), mirror)).to.equal(undefined);
  });

  it('finds no difference between a policy and itself', () => {
    const policy = policyFor('restricted', { 'shadow-profile': 'restricted@latest' });
    expect(compared(policy)).to.deep.equal(['none', [], [], 'restricted']);
  });

  it('tells what the shadow alone fills, and what the policy in force alone fills', () => {
    const up = policyFor('restricted', { 'shadow-profile': 'hardened' });
    expect(compared(up)).to.deep.equal(['fills', ['app/readOnlyRootFilesystem'], [], 'restricted']);
    const down = policyFor('restricted', { 'shadow-profile': 'baseline' });
    const lost = ['app/runAsNonRoot', 'app/allowPrivilegeEscalation', 'app/capabilities'];
    expect(compared(down)).to.deep.equal(['both', [], lost, 'baseline']);
  });

  it('tells what would be filled where nothing is', () => {
    for (const mode of ['audit', 'warn']) {
      const policy = policyFor('restricted', { mode, 'shadow-profile': 'hardened' });
      expect(compared(policy)).to.deep.equal(['fills', ['app/readOnlyRootFilesystem'], [], 'baseline']);
    }
  });

  it('tells a field that is filled on one side and only recorded on the other, on the side that fills it', () => {
    const configuration = configurationOf({
      profiles: [{ name: 'careful', extends: 'restricted', controls: ['capabilities=audit'] }],
    });
    const tried = (profile: string, shadow: string) =>
      compared(policyOf(namespaceOf(profile, { 'shadow-profile': shadow }), configuration) as Policy);
    expect(tried('restricted', 'careful')).to.deep.equal(['both', [], ['app/capabilities'], 'baseline']);
    expect(tried('careful', 'restricted')).to.deep.equal(['both', ['app/capabilities'], [], 'restricted']);
  });

  it('tells a field that is filled with another value on both sides', () => {
    const configuration = configurationOf({
      profiles: [
        { name: 'one', extends: 'baseline', 'run-as-user': 1000 },
        { name: 'two', extends: 'baseline', 'run-as-user': 2000 },
      ],
    });
    const policy = policyOf(namespaceOf('one', { 'shadow-profile': 'two' }), configuration) as Policy;
    expect(compared(policy)).to.deep.equal(['fills', ['app/runAsUser'], ['app/runAsUser'], 'baseline']);
  });

  it('tells a read-only root filesystem with other writable paths on both sides', () => {
    const configuration = configurationOf({
      profiles: [{ name: 'wide', extends: 'hardened', 'writable-paths': ['/tmp', '/var'] }],
    });
    const policy = policyOf(namespaceOf('hardened', { 'shadow-profile': 'wide' }), configuration) as Policy;
    const field = ['app/readOnlyRootFilesystem'];
    expect(compared(policy)).to.deep.equal(['fills', field, field, 'restricted']);
  });

  it('tells a pod that another version of the standards judges otherwise', () => {
    const pod = podOf([{ ...containerOf('app'), livenessProbe: { httpGet: { host: 'example.org', port: 80 } } }]);
    const policy = policyFor('restricted', { 'profile-version': 'v1.33', 'shadow-profile': 'restricted@v1.34' });
    expect(compared(policy, pod)).to.deep.equal(['level', [], [], 'privileged']);
    expect(compared(policy)).to.deep.equal(['none', [], [], 'restricted']);
  });

  it('judges by a version that is newer than the cluster as if that had been upgraded', () => {
    const pod = podOf([{ ...containerOf('app'), livenessProbe: { httpGet: { host: 'example.org', port: 80 } } }]);
    const shadowed = (shadow: string) =>
      compared(policyFor('restricted', { 'shadow-profile': shadow }), pod, { minor: 33 });
    expect(shadowed('restricted@v1.34')).to.deep.equal(['level', [], [], 'privileged']);
    expect(shadowed('restricted@v1.30')).to.deep.equal(['none', [], [], 'restricted']);
    expect(shadowed('restricted')).to.deep.equal(['none', [], [], 'restricted']);
  });

  it('fills what the cluster knows, however old the version is that it judges by', () => {
    const policy = policyFor('restricted', { controls: '+appArmorProfile', 'shadow-profile': 'restricted@v1.20' });
    const [difference, onlyShadow, onlyInForce] = compared(policy, plain, { minor: 33 }) ?? [];
    expect([difference, onlyShadow, onlyInForce]).to.deep.equal(['none', [], []]);
  });

  it('knows of images what the decision in force knows', () => {
    const pod = podOf([{ ...containerOf('app'), image: 'web' }]);
    const policy = policyFor('baseline', { 'shadow-profile': 'restricted' });
    const evidence = evidenceOf({ web: 'root' });
    expect(compared(policy, pod, { evidence })).to.deep.equal([
      'fills',
      ['app/allowPrivilegeEscalation'],
      [],
      'baseline',
    ]);
  });

  it('never changes the answer, whatever profile is tried', () => {
    const settings = fc.tuple(profiles, namespaceAnnotations);
    const tried = fc.constantFrom('privileged', 'baseline', 'RESTRICTED', 'hardened@v1.30', 'restricted@v1.99');
    fc.assert(
      fc.property(pods, settings, tried, (given, [profile, annotations], shadow) => {
        const pod = deepFreeze(given);
        const { 'shadow-profile': _, ...others } = annotations;
        const answer = (policy: Policy) => {
          const request = requestFor(pod);
          const decision = decide(request, policy, { provenance: true, minor: 36 });
          return { bytes: encodeReview(request.uid, decision), shadow: shadowOf(request, decision, { minor: 36 }) };
        };
        const { bytes, shadow: none } = answer(policyFor(profile, others));
        const withShadow = answer(policyFor(profile, { ...others, 'shadow-profile': shadow }));
        expect(withShadow.bytes).to.equal(bytes);
        expect(none).to.equal(undefined);
      }),
      runs,
    );
  });

  it('finds no difference between any policy and itself, on any pod', () => {
    fc.assert(
      fc.property(pods, fc.constantFrom('privileged', 'baseline', 'restricted', 'hardened'), (pod, profile) => {
        const policy = policyFor(profile, { 'shadow-profile': profile });
        const [difference = 'none', onlyShadow = [], onlyInForce = []] = compared(policy, pod) ?? [];
        expect([difference, onlyShadow, onlyInForce]).to.deep.equal(['none', [], []]);
      }),
      runs,
    );
  });
});
