import { expect } from 'chai';
import fc from 'fast-check';
import { decodeConfiguration } from '../../src/admission/decodeConfiguration.ts';
import { parseImagePattern } from '../../src/admission/imageReference.ts';
import { parsePaths } from '../../src/admission/values.ts';
import { mutated, runs } from '../arbitraries.ts';
import { configurationFile, configurationOf, exemptionOf, faultsIn } from './configurations.ts';

const names = ['privileged', 'baseline', 'restricted', 'hardened'];
const web = { name: 'web', extends: 'restricted' };

describe('decodeConfiguration', () => {
  it('adds nothing to what is built in where the file says nothing', () => {
    const { profiles, defaults, exemptions } = configurationOf({});
    expect([profiles.map(({ name }) => name), defaults, exemptions]).to.deep.equal([names, {}, []]);
    expect(configurationOf({ profiles: [], defaults: {}, exemptions: [] })).to.deep.equal(configurationOf({}));
  });

  it('has profiles that take over what they extend, in whatever order they are written', () => {
    const { profiles } = configurationOf({
      profiles: [
        { name: 'web', extends: 'team', level: 'baseline', controls: ['+readOnlyRootFilesystem', '-capabilities'] },
        {
          name: 'team',
          extends: 'restricted',
          controls: ['capabilities=audit', '-runAsGroup'],
          'run-as-user': 1000,
          'writable-paths': ['/tmp', '/var/tmp'],
        },
      ],
    });
    const [own, base] = [profiles[4], profiles[5]];
    expect(base).to.deep.include({
      name: 'team',
      level: 'restricted',
      controls: ['seccompProfile', 'runAsNonRoot', 'allowPrivilegeEscalation', 'capabilities'],
      without: ['runAsGroup'],
      modes: new Map([['capabilities', 'audit']]),
      settings: { 'run-as-user': '1000', 'writable-paths': '/tmp,/var/tmp' },
    });
    expect(own).to.deep.include({
      name: 'web',
      level: 'baseline',
      controls: ['seccompProfile', 'runAsNonRoot', 'allowPrivilegeEscalation', 'readOnlyRootFilesystem'],
      without: ['capabilities', 'runAsGroup'],
      settings: { 'run-as-user': '1000', 'writable-paths': '/tmp,/var/tmp' },
    });
  });

  it('has defaults in the words of annotations', () => {
    const { defaults } = configurationOf({
      defaults: {
        'profile-version': 'v1.30',
        mode: 'warn',
        controls: ['+hostUsers', 'capabilities=audit'],
        'run-as-user': 1000,
        'run-as-group': 3000,
        'fs-group': 2000,
        'supplemental-groups': [4000, 5000],
        'seccomp-profile': 'Localhost/app.json',
        'root-images': 'fill',
        'writable-paths': [],
        'pod-overrides': 'allowed',
      },
    });
    expect(defaults).to.deep.equal({
      'profile-version': 'v1.30',
      mode: 'warn',
      controls: '+hostUsers,capabilities=audit',
      'run-as-user': '1000',
      'run-as-group': '3000',
      'fs-group': '2000',
      'supplemental-groups': '4000,5000',
      'seccomp-profile': 'Localhost/app.json',
      'root-images': 'fill',
      'writable-paths': '',
      'pod-overrides': 'allowed',
    });
  });

  it('has exemptions with the patterns of their images read, and the moment at which they end', () => {
    const match = { namespaces: ['team-*'], images: ['nginx'], command: ['nginx', '-g'], args: ['x'] };
    const { exemptions } = configurationOf({ exemptions: [exemptionOf({ match, expires: '2027-01-31' })] });
    expect(exemptions).to.deep.equal([
      {
        ...exemptionOf(),
        match: { ...match, namespaces: [['team-', '']], images: [parseImagePattern('nginx')] },
        expires: { written: '2027-01-31', at: Date.parse('2027-02-01T00:00:00Z') },
      },
    ]);
  });

  it('takes the paths that the annotation takes, and no others', () => {
    const taken: readonly string[] = ['/tmp', '/tmp/', '/var//cache', '//tmp//', '/a b', '/...'];
    const refused: readonly string[] = ['/', '//', 'tmp', './tmp', '/a/../b', '/.', '/a:b', '/a\nb', ':', ''];
    const isTaken = (path: string) => faultsIn({ defaults: { 'writable-paths': [path] } }).length === 0;
    expect([...taken, ...refused].filter(isTaken)).to.deep.equal(taken);
    const isUnderstood = (path: string) => path !== '' && parsePaths(path).problems.length === 0;
    expect([...taken, ...refused].filter(isUnderstood)).to.deep.equal(taken);
  });

  it('may have an exemption that ended long ago', () => {
    expect(faultsIn({ exemptions: [exemptionOf({ expires: '1999-12-31' })] })).to.deep.equal([]);
  });

  it('never throws, and takes what it takes whole', () => {
    const file = configurationFile({
      profiles: [web, { name: 'api', extends: 'web', controls: ['-capabilities'], 'run-as-user': 1000 }],
      defaults: { mode: 'audit', 'root-images': 1000, 'writable-paths': ['/tmp'] },
      exemptions: [exemptionOf({ match: { namespaces: ['a*'], images: ['nginx'] }, expires: '2027-01-31' })],
    });
    fc.assert(
      fc.property(mutated(fc.constant(file)), (value) => {
        const decoded = decodeConfiguration(value);
        if ('faults' in decoded) expect(decoded.faults).not.to.deep.equal([]);
        else expect(decoded).to.have.all.keys('profiles', 'defaults', 'exemptions');
      }),
      { ...runs, numRuns: 300 },
    );
  });
});

describe('a fault in the configuration file', () => {
  const faulty: readonly [string, object, readonly string[]][] = [
    ['an unknown key', { profile: [] }, ['profile: this key is unknown; did you mean "profiles"?']],
    ['a list that is none', { profiles: {} }, ['profiles: this is a mapping, not a list']],
    ['a profile that lacks what it needs', { profiles: [{ name: 'web' }] }, ['profiles[0]: extends is missing']],
    [
      'a name that no label can have',
      { profiles: [{ ...web, name: 'Web_1' }] },
      ['profiles[0].name: "Web_1" is not of lower case letters, digits and hyphens, at most 63'],
    ],
    [
      'the name of a built-in profile',
      { profiles: [{ ...web, name: 'baseline' }] },
      ['profiles[0].name: "baseline" is a profile that is built in'],
    ],
    ['a name twice', { profiles: [web, web] }, ['profiles[1].name: there is another one called "web" above']],
    [
      'an unknown profile to extend',
      { profiles: [{ ...web, extends: 'restrictd' }] },
      ['profiles[0].extends: there is no profile "restrictd"; did you mean "restricted"?'],
    ],
    [
      'a profile that extends itself',
      { profiles: [{ ...web, extends: 'web' }] },
      ['profiles[0].extends: web extends web, which goes round in a circle'],
    ],
    [
      'profiles that extend one another',
      {
        profiles: [
          { ...web, extends: 'api' },
          { name: 'api', extends: 'web' },
        ],
      },
      ['profiles[1].extends: web extends api extends web, which goes round in a circle'],
    ],
    [
      'an unknown level',
      { profiles: [{ ...web, level: 'Restricted' }] },
      ['profiles[0].level: "Restricted" is unknown; did you mean "restricted"?'],
    ],
    [
      'controls that make no sense',
      { profiles: [{ ...web, controls: ['+capabilites', 'capabilities', '+hostPorts', 'runAsNonRoot=of'] }] },
      [
        'profiles[0].controls[0]: "capabilites" is no control; did you mean "capabilities"?',
        'profiles[0].controls[1]: "capabilities" is none of "+control", "-control" and "control=mode"',
        'profiles[0].controls[2]: "+hostPorts" is not "+control", "-control" or "control=mode" for a control that is filled',
        'profiles[0].controls[3]: runAsNonRoot: "of" is none of audit, warn, fill; using audit',
      ],
    ],
    [
      'controls that contradict one another or do nothing',
      {
        profiles: [
          { ...web, controls: ['+hostUsers', '-hostUsers', '-appArmorProfile', 'readOnlyRootFilesystem=audit'] },
        ],
      },
      [
        'profiles[0].controls: "+hostUsers" and "-hostUsers" contradict each other',
        'profiles[0].controls: "-appArmorProfile" does nothing, since restricted does not fill it',
        'profiles[0].controls: "readOnlyRootFilesystem=audit" does nothing without "+readOnlyRootFilesystem"',
      ],
    ],
    [
      'a setting that no profile has',
      { profiles: [{ ...web, mode: 'audit' }] },
      ['profiles[0].mode: this key is unknown'],
    ],
    ['a profile for everybody', { defaults: { profile: 'restricted' } }, ['defaults.profile: this key is unknown']],
    [
      'an id that is a text',
      { defaults: { 'run-as-user': '1000' } },
      ['defaults.run-as-user: "1000" in quotes is a text, not an integer: leave the quotes out'],
    ],
    [
      'an id that is a text, where some texts are allowed',
      { defaults: { 'root-images': '1000', 'supplemental-groups': ['4000'] } },
      [
        'defaults.root-images: "1000" in quotes is a text, not an integer: leave the quotes out',
        'defaults.supplemental-groups[0]: "4000" in quotes is a text, not an integer: leave the quotes out',
      ],
    ],
    [
      'a text that would be no better without its quotes',
      { defaults: { 'run-as-user': '0', 'run-as-group': 'www', 'fs-group': '1e3', 'root-images': '0' } },
      [
        'defaults.run-as-user: "0" is no integer from 1 to 2147483647',
        'defaults.run-as-group: "www" is no integer from 1 to 2147483647',
        'defaults.fs-group: "1e3" is no integer from 1 to 2147483647',
        'defaults.root-images: "0" is unknown; there are leave, fill',
      ],
    ],
    [
      'the id of root',
      { defaults: { 'run-as-user': 0 } },
      ['defaults.run-as-user: "0" is no integer from 1 to 2147483647'],
    ],
    [
      'a path above itself',
      { defaults: { 'writable-paths': ['/a/../b'] } },
      ['defaults.writable-paths: "/a/../b" is not an absolute path and is left out'],
    ],
    [
      'an exemption that lacks what it needs',
      { exemptions: [{}] },
      ['name', 'controls', 'match', 'owner', 'reason'].map((key) => `exemptions[0]: ${key} is missing`),
    ],
    [
      'an exemption for everybody',
      { exemptions: [exemptionOf({ match: {} })] },
      ['exemptions[0].match: there is neither namespaces nor images, so anybody could meet it'],
    ],
    [
      'an exemption for a command that anybody can write',
      { exemptions: [exemptionOf({ match: { command: ['slapd'] } })] },
      ['exemptions[0].match: there is neither namespaces nor images, so anybody could meet it'],
    ],
    [
      'an exemption for the name of a container',
      { exemptions: [exemptionOf({ match: { namespaces: ['a'], containers: ['ldap'] } })] },
      ['exemptions[0].match.containers: this key is unknown'],
    ],
    [
      'an empty list',
      { exemptions: [exemptionOf({ match: { namespaces: [] } })] },
      ['exemptions[0].match.namespaces: the list is empty'],
    ],
    [
      'a pattern of an image that is none',
      { exemptions: [exemptionOf({ match: { images: ['**'] } })] },
      ['exemptions[0].match.images[0]: "**" is no reference of an image, in which * stands for anything but a slash'],
    ],
    [
      'a control that is never filled',
      { exemptions: [exemptionOf({ controls: ['hostPorts'] })] },
      [
        'exemptions[0].controls[0]: "hostPorts" is unknown; there are seccompProfile, runAsNonRoot, ' +
          'allowPrivilegeEscalation, capabilities, runAsUser, runAsGroup, fsGroup, fsGroupChangePolicy, ' +
          'supplementalGroups, readOnlyRootFilesystem, appArmorProfile, hostUsers, supplementalGroupsPolicy',
      ],
    ],
    [
      'two exemptions of one name',
      { exemptions: [exemptionOf(), exemptionOf()] },
      ['exemptions[1].name: there is another one called "ldap" above'],
    ],
    [
      'a day that there is not',
      { exemptions: [exemptionOf({ expires: '2027-02-29' })] },
      ['exemptions[0].expires: "2027-02-29" is no day or time that there is'],
    ],
    [
      'an end in words',
      { exemptions: [exemptionOf({ expires: 'next year' })] },
      ['exemptions[0].expires: "next year" is not a date like "2027-01-31" or a time like "2027-01-31T12:00:00Z"'],
    ],
    [
      'a reason that says nothing',
      { exemptions: [exemptionOf({ reason: ' ' })] },
      ['exemptions[0].reason: " " is not a text that says anything'],
    ],
    [
      'too many profiles',
      { profiles: Array.from({ length: 33 }, (_, index) => ({ ...web, name: `p${index}` })) },
      ['profiles: more than 32 are too many'],
    ],
  ];
  for (const [about, members, sentences] of faulty) {
    it(`is ${about}`, () => expect(faultsIn(members as Record<string, unknown>)).to.deep.equal(sentences));
  }

  it('is another kind or version', () => {
    for (const [kind, apiVersion] of [
      ['Configuration', 'pod-hardener.io/v1'],
      ['PodHardenerConfig', 'pod-hardener.io/v1alpha1'],
    ]) {
      const decoded = decodeConfiguration({ kind, apiVersion });
      expect('faults' in decoded && decoded.faults).to.have.lengthOf(1);
    }
  });

  it('hides no other', () => {
    expect(
      faultsIn({
        profiles: [
          { ...web, level: 'x' },
          { name: 'api', extends: 'nowhere' },
        ],
        defaults: { mode: 'fil' },
        exemptions: [exemptionOf({ match: {} })],
      }).map((sentence) => sentence.split(':')[0]),
    ).to.have.members(['profiles[0].level', 'profiles[1].extends', 'defaults.mode', 'exemptions[0].match']);
  });

  it('hides no other in the same part, whether of shape or of meaning', () => {
    const controls = ['+hostUsers', '-hostUsers', '+capabilites'];
    const match = { namespaces: ['Team'], images: ['', '**'] };
    expect(
      faultsIn({
        profiles: [
          { ...web, extends: 'nowhere', controls, colour: 'red', 'writable-paths': [1, '/a/..'] },
          { name: 'baseline', extends: 'nowhere', level: 'x' },
          { name: 'Api', extends: 'nowhere' },
          { name: 'api', extends: 'nowhere' },
          { ...web, extends: 'restrictd' },
          { extends: 'api', 'writable-paths': ['/b/..'] },
        ],
        defaults: {
          mode: 'fil',
          controls: ['capabilities=audit', 'capabilities=warn'],
          'writable-paths': ['/c/..', ':'],
        },
        exemptions: [exemptionOf({ match, expires: '2027-02-29', owner: '' }), exemptionOf({ match: 'team' })],
      }).map((sentence) => sentence.split(': ')[0]),
    ).to.have.members([
      'profiles[0].extends',
      'profiles[0].controls',
      'profiles[0].controls[2]',
      'profiles[0].colour',
      'profiles[0].writable-paths[0]',
      'profiles[0].writable-paths',
      'profiles[1].name',
      'profiles[1].extends',
      'profiles[1].level',
      'profiles[2].name',
      'profiles[2].extends',
      'profiles[3].extends',
      'profiles[4].name',
      'profiles[4].extends',
      'profiles[5]',
      'profiles[5].writable-paths',
      'defaults.mode',
      'defaults.controls',
      'defaults.writable-paths',
      'defaults.writable-paths[1]',
      'exemptions[0].match.namespaces[0]',
      'exemptions[0].match.images[0]',
      'exemptions[0].match.images[1]',
      'exemptions[0].expires',
      'exemptions[0].owner',
      'exemptions[1].match',
      'exemptions[1].name',
    ]);
  });

  it('leads to no other that goes away with it', () => {
    expect(
      faultsIn({
        profiles: [
          { ...web, controls: ['+hostUser', 'hostUsers=audit'] },
          { name: 'api', extends: 'web', controls: ['-hostUsers'] },
          { name: 'shop', extends: 'Shops', controls: ['-hostUsers'] },
          { name: 'Shops', extends: 'restricted' },
        ],
      }).map((sentence) => sentence.split(': ')[0]),
    ).to.deep.equal(['profiles[0].controls[0]', 'profiles[3].name']);
  });

  it('is found in each of too many members, of whatever kind they are', () => {
    const exemptions = Array.from({ length: 501 }, () => null);
    const profiles = Array.from({ length: 33 }, () => 'web');
    const sentences = faultsIn({ profiles, exemptions });
    expect(sentences).to.have.length(1 + 33 + 1 + 501);
    expect(sentences).to.include.members([
      'profiles: more than 32 are too many',
      'profiles[32]: this is the text "web", not a mapping',
      'exemptions: more than 500 are too many',
      'exemptions[0]: this is empty, not a mapping',
    ]);
  });

  it('is said of very many profiles that extend one another, too', () => {
    const profiles = Array.from({ length: 20_000 }, (_, index) => ({ name: `p${index}`, extends: `p${index + 1}` }));
    expect(faultsIn({ profiles })).to.deep.equal(['profiles: more than 32 are too many']);
  });
});
