import { expect } from 'chai';
import fc from 'fast-check';
import { decide } from '../../src/admission/decide.ts';
import { type Policy, policyOf } from '../../src/admission/namespacePolicy.ts';
import { nonsenseAnnotations, profiles, runs } from '../arbitraries.ts';
import { containerOf, podOf } from '../pods.ts';
import { namespaceOf, policyFor, prefixed, requestFor } from '../requests.ts';
import { configurationOf } from './configurations.ts';

const restricted = ['seccompProfile', 'runAsNonRoot', 'allowPrivilegeEscalation', 'capabilities'];
const allowedProfiles = 'privileged, baseline, restricted, hardened';

/** The controls that take part by themselves. */
function controlsOf({ controls }: Policy): readonly string[] {
  return controls.filter(({ beside }) => !beside).map(({ control }) => control.id);
}

function modesOf({ controls }: Policy): readonly string[] {
  return controls.map(({ control, mode, beside }) => `${control.id}=${mode}${beside ? ' beside another' : ''}`);
}

function messagesOf({ problems }: Policy): readonly string[] {
  return problems.map(({ message }) => message);
}

function policyWith(labels: Record<string, unknown>, annotations: Record<string, unknown>): Policy | undefined {
  return policyOf({ name: 'team', labels: prefixed(labels), annotations: prefixed(annotations) });
}

describe('policyOf', () => {
  it('is undefined for a namespace that has no profile', () => {
    expect(policyWith({}, {})).to.equal(undefined);
    expect(policyWith({}, { mode: 'fill', controls: '+capabilities' })).to.equal(undefined);
    expect(policyWith({ mode: 'fill' }, {})).to.equal(undefined);
  });

  it('has a default for whatever is not written', () => {
    const { controls, ...rest } = policyFor('restricted');
    expect(rest).to.deep.equal({
      profile: 'restricted',
      level: 'restricted',
      version: 'latest',
      mode: 'fill',
      profileControls: ['seccompProfile', 'runAsNonRoot', 'allowPrivilegeEscalation', 'capabilities'],
      values: {},
      podOverrides: false,
      problems: [],
    });
    expect(controls.map(({ control, mode, beside = false }) => [control.id, mode, beside])).to.deep.equal([
      ...restricted.map((id) => [id, 'fill', false]),
      ['runAsUser', 'fill', true],
    ]);
  });

  it('reads every key', () => {
    const { controls, ...rest } = policyFor('baseline', {
      'profile-version': 'v1.30',
      mode: 'warn',
      controls: '+capabilities,-seccompProfile,runAsUser=audit',
      'run-as-user': '1000',
      'run-as-group': '3000',
      'fs-group': '2000',
      'supplemental-groups': '4000,5000',
      'seccomp-profile': 'Localhost/profiles/app.json',
      'writable-paths': '/tmp,/var/cache',
      'root-images': '1000',
      'pod-overrides': 'allowed',
    });
    expect(rest).to.deep.equal({
      profile: 'baseline',
      level: 'baseline',
      version: 'v1.30',
      mode: 'warn',
      profileControls: ['seccompProfile'],
      values: {
        runAsUser: 1000,
        runAsGroup: 3000,
        fsGroup: 2000,
        supplementalGroups: [4000, 5000],
        seccompProfile: { type: 'Localhost', localhostProfile: 'profiles/app.json' },
        writablePaths: ['/tmp', '/var/cache'],
        rootImages: 1000,
      },
      podOverrides: true,
      problems: [],
    });
    expect(controls.map(({ control, mode }) => `${control.id}=${mode}`)).to.deep.equal([
      'capabilities=warn',
      'runAsUser=audit',
      'runAsGroup=warn',
      'fsGroup=warn',
      'fsGroupChangePolicy=warn',
      'supplementalGroups=warn',
    ]);
  });

  it('reads words without regard to case and surrounding space', () => {
    const policy = policyFor(' Restricted ', {
      'profile-version': ' LATEST',
      mode: ' Audit ',
      controls: ' - CAPABILITIES , RunAsNonRoot = FILL ,, ',
      'run-as-user': ' 1000 ',
      'supplemental-groups': ' 4000 , 5000 ,',
      'seccomp-profile': ' localhost/App.json ',
      'root-images': ' Fill ',
      'pod-overrides': 'ALLOWED',
    });
    expect(policy.problems).to.deep.equal([]);
    expect(modesOf(policy)).to.deep.equal([
      'seccompProfile=audit',
      'runAsNonRoot=fill',
      'allowPrivilegeEscalation=audit',
      'runAsUser=audit',
      'supplementalGroups=audit',
    ]);
    expect(policy.version).to.equal('latest');
    expect(policy.values).to.deep.equal({
      runAsUser: 1000,
      supplementalGroups: [4000, 5000],
      seccompProfile: { type: 'Localhost', localhostProfile: 'App.json' },
      rootImages: 'fill',
    });
    expect(policy.podOverrides).to.equal(true);
  });
});

describe('the profile of a namespace', () => {
  const built: readonly [string, string, readonly string[]][] = [
    ['privileged', 'privileged', []],
    ['baseline', 'baseline', ['seccompProfile']],
    ['restricted', 'restricted', restricted],
    ['hardened', 'restricted', [...restricted, 'readOnlyRootFilesystem']],
  ];

  for (const [profile, level, controls] of built) {
    it(`${profile} aims at ${level}`, () => {
      const policy = policyFor(profile);
      expect([policy.profile, policy.level, controlsOf(policy)]).to.deep.equal([profile, level, controls]);
    });
  }

  it('may be an annotation', () => {
    const policy = policyWith({}, { profile: 'Baseline' });
    expect([policy?.profile, policy?.problems]).to.deep.equal(['baseline', []]);
  });

  it('is no problem when label and annotation agree', () => {
    expect(policyWith({ profile: 'baseline' }, { profile: ' Baseline' })?.problems).to.deep.equal([]);
  });

  it('is the label when the annotation differs, which is a problem', () => {
    const policy = policyWith({ profile: 'baseline' }, { profile: 'privileged' });
    expect([policy?.profile, policy?.problems]).to.deep.equal([
      'baseline',
      [
        {
          key: 'profile',
          message: 'pod-hardener.io/profile: the label says "baseline", the annotation "privileged"; the label is used',
        },
      ],
    ]);
  });

  const unknown: readonly [string, string][] = [
    ['restrictd', '"restrictd" is unknown; did you mean "restricted"? Using restricted'],
    ['privileged2', '"privileged2" is unknown; did you mean "privileged"? Using restricted'],
    ['none', `"none" is none of ${allowedProfiles}; using restricted`],
    ['', `"" is none of ${allowedProfiles}; using restricted`],
    ['__proto__', `"__proto__" is none of ${allowedProfiles}; using restricted`],
  ];

  for (const [written, sentence] of unknown) {
    it(`is restricted, with a problem, when it says "${written}"`, () => {
      const policy = policyFor(written);
      expect([policy.profile, policy.level]).to.deep.equal(['restricted', 'restricted']);
      expect(controlsOf(policy)).to.deep.equal(restricted);
      expect(policy.problems).to.deep.equal([{ key: 'profile', message: `pod-hardener.io/profile: ${sentence}` }]);
    });
  }

  it('privileged fills nothing, whatever values are given', () => {
    const policy = policyFor('privileged', {
      'run-as-user': '1000',
      'run-as-group': '3000',
      'fs-group': '2000',
      'supplemental-groups': '4000',
    });
    expect([controlsOf(policy), policy.problems]).to.deep.equal([[], []]);
  });
});

describe('a bad value on a namespace', () => {
  const range = 'is not an integer from 1 to 2147483647 and is not used';
  const words = '"control=mode"';
  const seccomp = 'is neither RuntimeDefault nor Localhost/<path>; using RuntimeDefault';
  const version = 'is neither "latest" nor like "v1.36"; using latest';
  const bad: readonly [string, string, readonly string[]][] = [
    ['mode', 'fil', ['"fil" is unknown; did you mean "fill"? Using audit']],
    ['mode', 'audti', ['"audti" is unknown; did you mean "audit"? Using audit']],
    ['mode', 'enforce', ['"enforce" is none of audit, warn, fill; using audit']],
    ['mode', '', ['"" is none of audit, warn, fill; using audit']],
    ['pod-overrides', 'allow', ['"allow" is unknown; did you mean "allowed"? Using forbidden']],
    ['pod-overrides', 'alowed', ['"alowed" is unknown; did you mean "allowed"? Using forbidden']],
    ['profile-version', '1.30', [`"1.30" ${version}`]],
    ['profile-version', 'v2.0', [`"v2.0" ${version}`]],
    ['profile-version', 'v1.030', [`"v1.030" ${version}`]],
    ['profile-version', '', [`"" ${version}`]],
    ['run-as-user', '0', [`"0" ${range}`]],
    ['run-as-user', '-1', [`"-1" ${range}`]],
    ['run-as-user', '2147483648', [`"2147483648" ${range}`]],
    ['run-as-user', '1e3', [`"1e3" ${range}`]],
    ['run-as-user', '1000.0', [`"1000.0" ${range}`]],
    ['run-as-user', '0x10', [`"0x10" ${range}`]],
    ['run-as-user', 'ray', [`"ray" ${range}`]],
    ['run-as-user', '', [`"" ${range}`]],
    ['root-images', 'lave', ['"lave" is unknown; did you mean "leave"? Using leave']],
    ['root-images', 'fil', ['"fil" is unknown; did you mean "fill"? Using leave']],
    ['root-images', '0', ['"0" is neither leave, fill nor the id of a user; using leave']],
    ['root-images', '2147483648', ['"2147483648" is neither leave, fill nor the id of a user; using leave']],
    ['root-images', '', ['"" is neither leave, fill nor the id of a user; using leave']],
    ['run-as-group', 'users', [`"users" ${range}`]],
    ['fs-group', '٣', [`"٣" ${range}`]],
    ['supplemental-groups', '4000,x,0', [`"x" ${range}`, `"0" ${range}`]],
    ['seccomp-profile', 'Unconfined', [`"Unconfined" ${seccomp}`]],
    ['seccomp-profile', 'Localhost', [`"Localhost" ${seccomp}`]],
    ['seccomp-profile', 'Localhost/', [`"Localhost/" ${seccomp}`]],
    ['seccomp-profile', 'Localhost//etc/x', [`"Localhost//etc/x" ${seccomp}`]],
    ['seccomp-profile', 'Localhost/../x', [`"Localhost/../x" ${seccomp}`]],
    ['seccomp-profile', 'RuntimeDefault/x', [`"RuntimeDefault/x" ${seccomp}`]],
    ['writable-paths', '/tmp,cache', ['"cache" is not an absolute path and is left out']],
    ['writable-paths', '/', ['"/" is not an absolute path and is left out']],
    ['writable-paths', '/a/../b', ['"/a/../b" is not an absolute path and is left out']],
    ['writable-paths', '//', ['"//" is not an absolute path and is left out']],
    ['controls', 'capabilities', [`"capabilities" is none of "+control", "-control" and ${words}`]],
    ['controls', '+', [`"+" is none of "+control", "-control" and ${words}`]],
    ['controls', '+capabilities=fill', [`"+capabilities=fill" is none of "+control", "-control" and ${words}`]],
    ['controls', '-capabilites', ['"capabilites" is no control; did you mean "capabilities"?']],
    ['controls', '-xyz', ['"xyz" is no control']],
    ['controls', '-__proto__', ['"__proto__" is no control']],
    ['controls', 'capabilities=of', ['capabilities: "of" is none of audit, warn, fill; using audit']],
    ['controls', '+fsGroup', ['"+fsGroup" needs pod-hardener.io/fs-group']],
    ['controls', '+fsGroupChangePolicy', ['"+fsGroupChangePolicy" needs pod-hardener.io/fs-group']],
    ['controls', '+supplementalGroups', ['"+supplementalGroups" needs pod-hardener.io/supplemental-groups']],
    ['controls', '+runAsUser', ['"+runAsUser" needs pod-hardener.io/run-as-user']],
  ];

  for (const [key, text, sentences] of bad) {
    it(`is a problem when ${key} says "${text}"`, () => {
      const { problems } = policyFor('restricted', { [key]: text });
      expect(problems).to.deep.equal(
        sentences.map((sentence) => ({ key, message: `pod-hardener.io/${key}: ${sentence}` })),
      );
    });
  }

  it('falls back to audit in mode, and to the default elsewhere, while the rest applies', () => {
    const policy = policyFor('restricted', {
      mode: 'file',
      'profile-version': 'newest',
      'run-as-user': 'root',
      'supplemental-groups': 'none',
      'seccomp-profile': 'none',
      'root-images': 'keep',
      'pod-overrides': 'yes',
      'fs-group': '2000',
    });
    expect(policy.mode).to.equal('audit');
    expect(policy.version).to.equal('latest');
    expect(policy.values).to.deep.equal({ fsGroup: 2000, rootImages: 'leave' });
    expect(policy.podOverrides).to.equal(false);
    expect(policy.problems.map(({ key }) => key)).to.deep.equal([
      'mode',
      'run-as-user',
      'supplemental-groups',
      'seccomp-profile',
      'root-images',
      'profile-version',
      'pod-overrides',
    ]);
  });

  it('is left out of a list of which the rest is used', () => {
    const policy = policyFor('restricted', {
      'supplemental-groups': 'x,4000',
      'writable-paths': 'cache,/tmp/,/var/cache//',
      controls: '-xyz,-capabilities',
    });
    expect(policy.values).to.deep.equal({ supplementalGroups: [4000], writablePaths: ['/tmp', '/var/cache'] });
    expect(controlsOf(policy)).not.to.include('capabilities');
  });

  it('leaves the default of a list of which nothing can be used', () => {
    expect(policyFor('restricted', { 'writable-paths': 'cache' }).values).to.deep.equal({});
  });

  it('is every path that no volume can be mounted at', () => {
    const bad = ['/', 'tmp', './tmp', '/a/../b', '/a/./b', '/a:b', '/a\nb', '/a\0b'];
    const policy = policyFor('restricted', { 'writable-paths': [...bad, '/my files'].join(',') });
    expect(policy.values).to.deep.equal({ writablePaths: ['/my files'] });
    expect(messagesOf(policy)).to.have.lengthOf(bad.length);
  });

  it('is not the empty list of paths, which asks for none', () => {
    const policy = policyFor('restricted', { 'writable-paths': '' });
    expect(policy.values).to.deep.equal({ writablePaths: [] });
    expect(policy.problems).to.deep.equal([]);
  });

  it('is quoted on one line and shortened', () => {
    const text = `a\nb\u202e${'x'.repeat(300)}`;
    expect(messagesOf(policyFor('restricted', { 'run-as-user': text }))).to.deep.equal([
      `pod-hardener.io/run-as-user: "a?b?${'x'.repeat(15)}…" is not an integer from 1 to 2147483647 and is not used`,
    ]);
  });

  it('is cut between characters and not inside one', () => {
    const [message = ''] = messagesOf(policyFor('restricted', { mode: `${'x'.repeat(18)}${'😀'.repeat(20)}` }));
    expect(message).to.match(/^pod-hardener\.io\/mode: "x{18}😀…" is none of audit, warn, fill/u);
    expect(message).not.to.match(/\p{Cs}/u);
  });
});

describe('the controls of a namespace', () => {
  it('are the profile, with what is added and without what is taken out, in the order of the list of controls', () => {
    const policy = policyFor('restricted', { controls: '+runAsUser,-seccompProfile', 'run-as-user': '1000' });
    expect(policy.problems).to.deep.equal([]);
    expect(controlsOf(policy)).to.deep.equal(['runAsNonRoot', 'allowPrivilegeEscalation', 'capabilities', 'runAsUser']);
  });

  it('have a mode of their own that wins over the namespace', () => {
    const policy = policyFor('restricted', { mode: 'audit', controls: 'capabilities=fill,runAsNonRoot=warn' });
    expect(modesOf(policy)).to.deep.equal([
      'seccompProfile=audit',
      'runAsNonRoot=warn',
      'allowPrivilegeEscalation=audit',
      'capabilities=fill',
      'runAsUser=warn beside another',
    ]);
  });

  it('have runAsUser beside runAsNonRoot, in its mode or one of its own, unless it is given or taken out', () => {
    const runAsUserIn = (annotations: Record<string, string>, profile = 'restricted') =>
      modesOf(policyFor(profile, annotations)).filter((mode) => mode.startsWith('runAsUser'));
    expect(runAsUserIn({})).to.deep.equal(['runAsUser=fill beside another']);
    expect(runAsUserIn({ 'run-as-user': '1000' })).to.deep.equal(['runAsUser=fill']);
    expect(runAsUserIn({ controls: 'runAsUser=audit' })).to.deep.equal(['runAsUser=audit beside another']);
    expect(runAsUserIn({ mode: 'audit', controls: 'runAsNonRoot=fill' })).to.deep.equal([
      'runAsUser=fill beside another',
    ]);
    expect(runAsUserIn({ controls: '-runAsUser' })).to.deep.equal([]);
    expect(runAsUserIn({ controls: '-runAsNonRoot' })).to.deep.equal([]);
    expect(runAsUserIn({}, 'baseline')).to.deep.equal([]);
    expect(runAsUserIn({ controls: '+runAsNonRoot' }, 'baseline')).to.deep.equal(['runAsUser=fill beside another']);
  });

  it('keep both of a contradiction unused, which is a problem', () => {
    const inProfile = policyFor('restricted', { controls: '+capabilities,-capabilities' });
    expect(controlsOf(inProfile)).to.deep.equal(restricted);
    const outside = policyFor('baseline', { controls: '-capabilities,+capabilities' });
    expect(controlsOf(outside)).to.deep.equal(['seccompProfile']);
    const message =
      'pod-hardener.io/controls: "+capabilities" and "-capabilities" contradict each other; neither is used';
    expect(messagesOf(inProfile)).to.deep.equal([message]);
    expect(messagesOf(outside)).to.deep.equal([message]);
  });

  it('say when a mode is for a control that does not take part', () => {
    const policy = policyFor('baseline', { controls: 'capabilities=audit' });
    expect(messagesOf(policy)).to.deep.equal([
      'pod-hardener.io/controls: "capabilities=audit" does nothing in baseline; add "+capabilities"',
    ]);
    expect(controlsOf(policy)).to.deep.equal(['seccompProfile']);
  });

  it('may have a mode of their own where they are filled beside another, without a value', () => {
    const problemsOf = (profile: string, controls: string) => messagesOf(policyFor(profile, { controls }));
    expect(problemsOf('restricted', 'runAsUser=audit')).to.deep.equal([]);
    const needed = 'pod-hardener.io/controls: "runAsUser=audit" needs pod-hardener.io/run-as-user';
    expect(problemsOf('baseline', 'runAsUser=audit')).to.deep.equal([needed]);
    expect(problemsOf('restricted', 'runAsUser=audit,-runAsNonRoot')).to.deep.equal([needed]);
  });

  it('may be added in a mode of their own', () => {
    const policy = policyFor('baseline', { controls: '+capabilities,capabilities=audit' });
    expect([modesOf(policy), policy.problems]).to.deep.equal([['seccompProfile=fill', 'capabilities=audit'], []]);
  });
});

describe('a key on a namespace that nobody reads', () => {
  it('is a problem that names the key that was probably meant', () => {
    expect(policyFor('restricted', { 'run-as-usr': '1000', xyzxyz: '' }).problems).to.deep.equal([
      { key: '_unknown', message: 'pod-hardener.io/run-as-usr: this key is unknown; did you mean "run-as-user"?' },
      { key: '_unknown', message: 'pod-hardener.io/xyzxyz: this key is unknown' },
    ]);
  });

  it('is a problem when it is a label, since only the profile may be one', () => {
    const policy = policyWith({ profile: 'restricted', mode: 'audit' }, {});
    expect(policy?.mode).to.equal('fill');
    expect(policy?.problems).to.deep.equal([
      { key: '_unknown', message: 'pod-hardener.io/mode: as a label it is not read; set it as an annotation' },
    ]);
  });

  it('is a problem as a label too, which may be a misspelt profile', () => {
    expect(policyWith({ profile: 'restricted', profil: 'hardened', xyzxyz: '' }, {})?.problems).to.deep.equal([
      { key: '_unknown', message: 'pod-hardener.io/profil: this key is unknown; did you mean "profile"?' },
      { key: '_unknown', message: 'pod-hardener.io/xyzxyz: this key is unknown' },
    ]);
  });

  it('is no problem when it is not ours', () => {
    const record = namespaceOf('restricted');
    const labels = { ...record.labels, 'kubernetes.io/metadata.name': 'team' };
    const annotations = { 'pod-hardener.example/mode': 'x', mode: 'y', 'xpod-hardener.io/mode': 'z' };
    expect(policyOf({ ...record, labels, annotations })?.problems).to.deep.equal([]);
  });
});

describe('policyOf, whatever is written', () => {
  it('never throws, and hardens as long as the profile is not privileged', () => {
    fc.assert(
      fc.property(profiles, nonsenseAnnotations, (profile, annotations) => {
        const policy = policyFor(profile, annotations);
        expect(policy.level === 'privileged').to.equal(profile.trim().toLowerCase() === 'privileged');
        for (const { key, message } of policy.problems) {
          expect(message).to.match(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+$/u);
          expect(key).to.match(/^[a-z-]+$|^_unknown$/);
        }
        expect(policy.podOverrides).to.equal(annotations['pod-overrides']?.trim().toLowerCase() === 'allowed');
      }),
      runs,
    );
  });
});

describe('the policy of a namespace under a configuration', () => {
  const configuration = configurationOf({
    profiles: [
      {
        name: 'web',
        extends: 'restricted',
        controls: ['+readOnlyRootFilesystem', '-runAsGroup', 'capabilities=audit'],
        'run-as-user': 1000,
        'seccomp-profile': 'Localhost/web.json',
      },
    ],
    defaults: { mode: 'warn', 'run-as-user': 2000, 'run-as-group': 3000, controls: ['-runAsNonRoot'] },
  });
  const policyIn = (profile: string, annotations: Record<string, string> = {}) => {
    const policy = policyOf(namespaceOf(profile, annotations), configuration);
    if (!policy) throw new Error('the namespace is not opted in');
    return policy;
  };

  it('has what the profile brings along, else the defaults', () => {
    const policy = policyIn('web');
    expect([policy.profile, policy.level, policy.mode, policy.problems]).to.deep.equal([
      'web',
      'restricted',
      'warn',
      [],
    ]);
    expect(policy.values).to.deep.equal({
      runAsUser: 1000,
      runAsGroup: 3000,
      seccompProfile: { type: 'Localhost', localhostProfile: 'web.json' },
    });
    expect(modesOf(policy)).to.deep.equal([
      'seccompProfile=warn',
      'allowPrivilegeEscalation=warn',
      'capabilities=audit',
      'runAsUser=warn',
      'readOnlyRootFilesystem=warn',
    ]);
  });

  it('has what its own annotations say instead', () => {
    const policy = policyIn('web', { mode: 'fill', 'run-as-user': '5', controls: 'capabilities=fill,+runAsGroup' });
    expect(policy.values.runAsUser).to.equal(5);
    expect(modesOf(policy)).to.deep.equal([
      'seccompProfile=fill',
      'runAsNonRoot=fill',
      'allowPrivilegeEscalation=fill',
      'capabilities=fill',
      'runAsUser=fill',
      'runAsGroup=fill',
      'readOnlyRootFilesystem=fill',
    ]);
  });

  it('does no more than its mode says because of the mode that a profile has for a control', () => {
    const eager = configurationOf({
      profiles: [{ name: 'eager', extends: 'restricted', controls: ['capabilities=fill'] }],
    });
    const policy = policyOf(namespaceOf('eager', { mode: 'audit' }), eager);
    expect(policy && modesOf(policy)).to.include('capabilities=audit');
  });

  it('has the defaults under a profile that is built in', () => {
    expect(policyIn('restricted').values).to.deep.equal({ runAsUser: 2000, runAsGroup: 3000 });
    expect(controlsOf(policyIn('restricted'))).not.to.include('runAsNonRoot');
    expect(policyIn('restricted').problems).to.deep.equal([]);
  });

  it('has nobody warned of a control that the profile takes out, as of one that the namespace does', () => {
    const own = configurationOf({ profiles: [{ name: 'own', extends: 'restricted', controls: ['-capabilities'] }] });
    const request = requestFor(podOf([containerOf('app')]));
    const policy = policyOf(namespaceOf('own'), own);
    const { warnings, levels } = decide(request, policy, { provenance: false });
    expect([warnings, levels?.after]).to.deep.equal([[], 'baseline']);
    expect(
      decide(request, policyFor('restricted', { controls: '-capabilities' }), { provenance: false }),
    ).to.deep.include({ warnings, levels });
    const root = requestFor(podOf([containerOf('app', { runAsUser: 0 })]));
    const without = configurationOf({ profiles: [{ name: 'own', extends: 'restricted', controls: ['-runAsUser'] }] });
    const warned = decide(root, policyOf(namespaceOf('own'), without), { provenance: false }).warnings;
    expect(warned.join()).to.include('runAsUser=0 (container "app" must not set runAsUser=0)');
  });

  it('is restricted, with a hint at the profile of the file, where the name is mistyped', () => {
    const policy = policyIn('wbe');
    expect([policy.profile, messagesOf(policy)]).to.deep.equal([
      'restricted',
      ['pod-hardener.io/profile: "wbe" is unknown; did you mean "web"? Using restricted'],
    ]);
  });

  it('is none where the namespace is not opted in', () => {
    expect(policyOf({ name: 'team', labels: {}, annotations: {} }, configuration)).to.equal(undefined);
  });
});
