import { expect } from 'chai';
import { decide } from '../../src/admission/decide.ts';
import { exemptionsAt, termOf } from '../../src/admission/exemptions.ts';
import type { Pod } from '../../src/policy/pod.ts';
import { type Json, podOf } from '../pods.ts';
import { policyFor, requestFor } from '../requests.ts';
import { configurationOf, exemptionOf } from './configurations.ts';

const now = Date.parse('2027-01-31T12:00:00Z');

/** The decision on a pod in the namespace "team" where these exemptions are configured. */
function decideOn(pod: Pod, exemptions: readonly Json[], profile = 'restricted') {
  const all = configurationOf({ exemptions }).exemptions;
  return decide(requestFor(pod), policyFor(profile), { provenance: true, exemptions: exemptionsAt(all, now) });
}

/** What is left as exempt. */
function exemptIn(pod: Pod, ...exemptions: readonly Json[]): readonly string[] {
  const { left } = decideOn(pod, exemptions);
  return left.filter(({ reason }) => reason === 'exempt').map(({ control, container }) => `${container}/${control}`);
}

const app = { name: 'app', image: 'nginx:1.25', command: ['nginx', '-g', 'daemon off;'] };
const ofImage = (image: string, more: Json = {}) => exemptionOf({ match: { images: [image], ...more } });

describe('an exemption', () => {
  const pod = podOf([app]);

  it('leaves the field of the containers that it means', () => {
    const two = podOf([app, { ...app, name: 'proxy', image: 'envoy' }], {
      initContainers: [{ ...app, name: 'setup' }],
    });
    expect(exemptIn(two, ofImage('nginx'))).to.deep.equal(['setup/runAsNonRoot', 'app/runAsNonRoot']);
  });

  it('means the containers that meet every criterion', () => {
    const { command } = app;
    const meant = (match: Json) => exemptIn(pod, exemptionOf({ match })).length > 0;
    expect(meant({ namespaces: ['team'] })).to.equal(true);
    expect(meant({ namespaces: ['infra', 'te*'] })).to.equal(true);
    expect(meant({ namespaces: ['tea', 'team-*', '*-team'] })).to.equal(false);
    expect(meant({ namespaces: ['team'], images: ['nginx'], command })).to.equal(true);
    expect(meant({ namespaces: ['team'], images: ['nginx'], command: ['nginx'] })).to.equal(false);
    expect(meant({ namespaces: ['team'], images: ['nginx'], command: [...command, 'x'] })).to.equal(false);
    expect(meant({ namespaces: ['team'], images: ['envoy'] })).to.equal(false);
    expect(meant({ namespaces: ['other'], images: ['nginx'] })).to.equal(false);
    expect(meant({ namespaces: ['team'], args: ['x'] })).to.equal(false);
  });

  it('is granted by nothing that the author of a pod calls his own', () => {
    const asked = ofImage('registry.example/ldap', { namespaces: ['team'] });
    const names = ['registry.example/ldap', 'ldap'];
    for (const name of names) {
      const sly = podOf(
        [{ ...app, name, image: 'evil.example/registry.example/ldap', command: names }],
        {},
        {
          name,
          namespace: 'team',
          labels: { image: names[0] },
          annotations: { 'pod-hardener.io/exempt': 'ldap', image: names[0] },
        },
      );
      expect(exemptIn(sly, asked)).to.deep.equal([]);
    }
    for (const image of [undefined, null, '', 'ldap', 'registry.example/ldap/x', 'Registry.example/LDAP']) {
      expect(exemptIn(podOf([{ ...app, image }]), asked), String(image)).to.deep.equal([]);
    }
  });

  it('spares a field of the pod only where all of its containers are meant', () => {
    const seccomp = exemptionOf({ controls: ['seccompProfile'], match: { images: ['nginx'] } });
    const mixed = podOf([app, { name: 'proxy', image: 'envoy' }]);
    expect(exemptIn(pod, seccomp)).to.deep.equal(['undefined/seccompProfile']);
    expect(exemptIn(mixed, seccomp)).to.deep.equal([]);
    const both = exemptionOf({ name: 'envoy', controls: ['seccompProfile'], match: { images: ['envoy'] } });
    expect(exemptIn(mixed, seccomp, both)).to.deep.equal(['undefined/seccompProfile']);
  });

  it('goes before every other reason, and is said where the author set something weaker', () => {
    const weak = podOf([{ ...app, securityContext: { privileged: true, runAsNonRoot: false } }]);
    const controls = ['runAsNonRoot', 'capabilities'];
    expect(exemptIn(weak, exemptionOf({ controls }))).to.deep.equal(['app/runAsNonRoot', 'app/capabilities']);
  });

  it('goes before what the annotation of the pod asks for', () => {
    const asking = podOf([app], {}, { name: 'demo', annotations: { 'pod-hardener.io/controls': '-runAsNonRoot' } });
    const { exemptions } = configurationOf({ exemptions: [exemptionOf()] });
    const policy = policyFor('restricted', { 'pod-overrides': 'allowed' });
    const options = { provenance: true, exemptions: exemptionsAt(exemptions, now) };
    expect(decide(requestFor(asking), policy, options).left.map(({ reason }) => reason)).to.deep.equal(['exempt']);
  });

  it('is of no account where nothing is missed', () => {
    const whole = podOf([{ ...app, securityContext: { runAsNonRoot: true } }]);
    expect(exemptIn(whole, ofImage('nginx'))).to.deep.equal([]);
  });

  it('is no news for whoever creates the pod, and some for the audit log', () => {
    const { warnings, auditAnnotations, levels } = decideOn(pod, [ofImage('nginx')]);
    expect([warnings, levels?.after]).to.deep.equal([[], 'baseline']);
    expect(auditAnnotations).to.include({ left: 'app/runAsNonRoot=exempt' });
  });

  it('hides nothing else that keeps the pod from its level', () => {
    const mixed = podOf([app, { name: 'proxy', image: 'envoy', securityContext: { runAsNonRoot: false } }]);
    expect(decideOn(mixed, [ofImage('nginx')]).warnings).to.deep.equal([
      'pod-hardener: container "proxy" keeps what its author set: runAsNonRoot',
    ]);
  });
});

describe('an exemption that has expired', () => {
  const pod = podOf([app]);
  const expired = (expires: string, match: Json = { images: ['nginx'] }) => exemptionOf({ match, expires });

  it('spares nothing any more, and the client is told whom to ask', () => {
    const { left, warnings } = decideOn(pod, [expired('2027-01-30')]);
    expect(left).to.deep.equal([]);
    expect(warnings).to.deep.equal(['pod-hardener: the exemption "ldap" expired (2027-01-30); its owner is "team-a"']);
  });

  it('is one only once the day that is written is over, or the time is there', () => {
    for (const [expires, applies] of [
      ['2027-01-31', true],
      ['2027-01-30', false],
      ['2027-01-31T12:00:01Z', true],
      ['2027-01-31T12:00:00Z', false],
      ['2027-01-31T14:00:00+02:00', false],
    ] as const) {
      const { left, warnings } = decideOn(pod, [expired(expires)]);
      expect([left.length > 0, warnings.length === 0], expires).to.deep.equal([applies, applies]);
    }
  });

  it('is not spoken of where it would spare nothing', () => {
    const silent = [
      expired('2027-01-30', { images: ['envoy'] }),
      { ...expired('2027-01-30', { namespaces: ['other'] }), name: 'other' },
      { ...expired('2027-01-30'), name: 'idle', controls: ['hostUsers', 'runAsUser'] },
    ];
    expect(decideOn(pod, silent).warnings).to.deep.equal([]);
  });
});

describe('termOf', () => {
  const termAt = (expires: string | undefined) => {
    const [one] = configurationOf({ exemptions: [exemptionOf(expires === undefined ? {} : { expires })] }).exemptions;
    return one && termOf(one, now);
  };

  it('is how much time an exemption has left', () => {
    expect(termAt(undefined)).to.equal('never');
    expect(termAt('2027-01-30')).to.equal('expired');
    expect(termAt('2027-01-31T12:00:00Z')).to.equal('expired');
    expect(termAt('2027-01-31')).to.equal('7d');
    expect(termAt('2027-02-07T12:00:00Z')).to.equal('7d');
    expect(termAt('2027-02-07T12:00:01Z')).to.equal('30d');
    expect(termAt('2027-03-02T12:00:00Z')).to.equal('30d');
    expect(termAt('2027-03-02T12:00:01Z')).to.equal('later');
  });
});
