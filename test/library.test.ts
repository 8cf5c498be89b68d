import { expect } from 'chai';
import jsonpatch, { type Operation } from 'fast-json-patch';
import { evaluate, type HardenOptions, harden, type Level, type ProfileName } from '../src/library.ts';
import { levels } from '../src/policy/level.ts';
import { profiles } from '../src/policy/profiles.ts';
import { cloneOf, deepFreeze } from './pods.ts';

const bare = deepFreeze({ metadata: { name: 'a', extra: 1 }, spec: { containers: [{ name: 'web', image: 'web' }] } });

const restricted = {
  spec: {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      { name: 'web', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
    ],
  },
};

describe('harden of the library', () => {
  it('fills what the profile restricted asks for, and tells it by field', () => {
    const { pod, changes, left } = harden(bare);
    expect(pod).to.deep.equal({
      metadata: { name: 'a', extra: 1 },
      spec: {
        securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'web',
            image: 'web',
            securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    });
    expect(changes[0]).to.deep.equal({
      control: 'seccompProfile',
      path: 'spec.securityContext.seccompProfile',
      value: { type: 'RuntimeDefault' },
    });
    expect(changes[3]).to.deep.equal({
      control: 'capabilities',
      path: 'spec.containers[0].securityContext.capabilities.drop',
      value: ['ALL'],
      container: 'web',
    });
    expect(left).to.deep.equal([]);
  });

  it('answers with a patch that makes the one pod of the other', () => {
    const { pod, patch } = harden(bare, { profile: 'hardened' });
    const { newDocument } = jsonpatch.applyPatch(cloneOf(bare), patch as Operation[], true);
    expect(newDocument).to.deep.equal(pod);
  });

  it('answers with the very pod where there is nothing to fill', () => {
    const { pod, patch, changes } = harden(restricted);
    expect(pod).to.equal(restricted);
    expect({ patch, changes }).to.deep.equal({ patch: [], changes: [] });
  });

  it('says what it left, and why', () => {
    const spec = { containers: [{ name: 'web', securityContext: { privileged: true } }] };
    expect(harden({ spec }).left[0]).to.deep.equal({
      control: 'runAsNonRoot',
      path: 'spec.containers[0].securityContext.runAsNonRoot',
      reason: 'privileged',
      container: 'web',
    });
  });

  const annotated = {
    metadata: { annotations: { 'pod-hardener.io/controls': '-seccompProfile' } },
    spec: { containers: [{ name: 'web' }] },
  };

  for (const [name, pod, options, filled] of [
    ['profile', bare, { profile: 'baseline' }, { seccompProfile: { type: 'RuntimeDefault' } }],
    ['controls', bare, { profile: 'baseline', controls: ['+hostUsers', '-seccompProfile'] }, { hostUsers: false }],
    ['runAsUser', bare, { profile: 'baseline', controls: ['-seccompProfile'], runAsUser: 7 }, { runAsUser: 7 }],
    [
      'runAsGroup',
      bare,
      { profile: 'baseline', controls: ['-seccompProfile'], runAsUser: 7, runAsGroup: 8 },
      { runAsUser: 7, runAsGroup: 8 },
    ],
    [
      'fsGroup',
      bare,
      { profile: 'baseline', controls: ['-seccompProfile'], fsGroup: 9 },
      { fsGroup: 9, fsGroupChangePolicy: 'OnRootMismatch' },
    ],
    [
      'supplementalGroups',
      bare,
      { profile: 'baseline', controls: ['-seccompProfile'], supplementalGroups: [3, 4] },
      { supplementalGroups: [3, 4] },
    ],
    [
      'seccompProfile',
      bare,
      { profile: 'baseline', seccompProfile: 'Localhost/a.json' },
      { seccompProfile: { type: 'Localhost', localhostProfile: 'a.json' } },
    ],
    ['podOverrides', annotated, { profile: 'baseline', podOverrides: 'allowed' }, {}],
    ['kubernetes', bare, { profile: 'baseline', controls: ['+hostUsers', '-seccompProfile'], kubernetes: 'v1.24' }, {}],
    [
      'undefined values',
      bare,
      { profile: 'baseline', runAsUser: undefined } as unknown as HardenOptions,
      { seccompProfile: { type: 'RuntimeDefault' } },
    ],
  ] as const satisfies readonly (readonly [string, object, HardenOptions, object])[]) {
    it(`heeds ${name}`, () => {
      const { changes } = harden(pod, options);
      expect(Object.fromEntries(changes.map(({ control, value }) => [control, value]))).to.deep.equal(filled);
    });
  }

  it('keeps the writable paths writable', () => {
    const { pod } = harden(bare, { profile: 'hardened', writablePaths: ['/a', '/b'] });
    const { spec } = pod as unknown as { spec: { containers: { volumeMounts: { mountPath: string }[] }[] } };
    expect(spec.containers[0]?.volumeMounts.map(({ mountPath }) => mountPath)).to.deep.equal(['/a', '/b']);
  });

  for (const [options, message] of [
    [{ profile: 'restrictd' }, 'profile: "restrictd" is unknown; did you mean "restricted"?'],
    [{ runAsUser: 0 }, 'run-as-user: "0" is not an integer from 1 to 2147483647 and is not used'],
    [{ controls: ['+capabilites'] }, 'controls: "capabilites" is no control; did you mean "capabilities"?'],
    [{ runAsUsr: 1 }, 'there is no option "runAsUsr"; did you mean "runAsUser"?'],
    [{ kubernetes: '1.30' }, 'the version "1.30" is neither latest nor like v1.36; did you mean "v1.30"?'],
  ] as const) {
    it(`throws a RangeError for ${JSON.stringify(options)}`, () => {
      expect(() => harden(bare, options as HardenOptions)).to.throw(RangeError, message);
    });
  }

  it('throws a TypeError that names what is no part of a pod', () => {
    expect(() => harden({ spec: { containers: {} } })).to.throw(TypeError, 'spec.containers is an object, not a list');
    const spec = { containers: [{ name: 'web', securityContext: { privileged: 'true' } }] };
    for (const read of [harden, evaluate]) {
      expect(() => read({ spec })).to.throw(
        TypeError,
        'spec.containers[0].securityContext.privileged is a string, not a boolean',
      );
    }
  });

  it('knows the profiles that there are', () => {
    const names: Readonly<Record<ProfileName, true>> = {
      privileged: true,
      baseline: true,
      restricted: true,
      hardened: true,
    };
    expect(Object.keys(names)).to.deep.equal(profiles.map(({ name }) => name));
  });
});

describe('evaluate of the library', () => {
  it('says what the standards object to, in one text and in parts', () => {
    expect(evaluate({ spec: { containers: [{ name: 'web' }], hostPID: true } }, 'baseline')).to.deep.equal({
      allowed: false,
      level: 'privileged',
      violations: [{ control: 'hostNamespaces', reason: 'host namespaces', detail: 'hostPID=true' }],
      message: 'host namespaces (hostPID=true)',
    });
  });

  it('asks for restricted where no level is given', () => {
    expect(evaluate(bare).allowed).to.equal(false);
    expect(evaluate(bare).level).to.equal('baseline');
    expect(evaluate(restricted)).to.deep.equal({ allowed: true, level: 'restricted', violations: [], message: '' });
  });

  it('goes by the version', () => {
    const pod = { spec: { ...restricted.spec, securityContext: { runAsNonRoot: true } } };
    expect(evaluate(pod, 'restricted', 'v1.18').allowed).to.equal(true);
    expect(evaluate(pod, 'restricted', 'v1.19').message).to.match(/^seccompProfile /);
  });

  it('throws for an unknown level or version, and for what is no pod', () => {
    expect(() => evaluate(bare, 'strict' as Level)).to.throw(RangeError, 'the level "strict" is none of privileged,');
    expect(() => evaluate(bare, 'restrict' as Level)).to.throw(RangeError, 'restricted; did you mean "restricted"?');
    expect(() => evaluate(bare, 'baseline', '1.30')).to.throw(RangeError, 'the version "1.30" is neither latest');
    expect(() => evaluate({})).to.throw(TypeError, 'spec is missing, not an object');
  });

  it('knows the levels that there are', () => {
    const names: Readonly<Record<Level, true>> = { privileged: true, baseline: true, restricted: true };
    expect(Object.keys(names)).to.deep.equal(levels);
  });
});
