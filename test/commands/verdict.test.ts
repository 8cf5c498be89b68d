import { expect } from 'chai';
import { builtInConfiguration } from '../../src/admission/configuration.ts';
import { noExemptions } from '../../src/admission/exemptions.ts';
import { createLook } from '../../src/commands/podLook.ts';
import { createVerdict, type VerdictOptions } from '../../src/commands/verdict.ts';
import type { Resident } from '../../src/readiness/residents.ts';
import { deployment, type Observed, observedObject, opted, passing, runningAs, team } from '../readiness/shapes.ts';

const look = createLook();

function residentsOf(...pods: readonly Observed[]): readonly Resident[] {
  return pods.flatMap((pod) => look(observedObject(pod)).resident ?? []);
}

function verdict(pods: readonly Observed[] | undefined, more: Partial<VerdictOptions> = {}, namespace = team(opted)) {
  const configuration = { current: () => builtInConfiguration, exemptions: () => noExemptions };
  const known = { evidence: () => undefined, configuration, minor: () => 36, names: true };
  return createVerdict({ residentsIn: () => pods && residentsOf(...pods), ...known, ...more })(namespace);
}

const labels = { 'pod-template-hash': '5d9c' };
const set = { ...deployment('db-5d9c'), kind: 'ReplicaSet' };
const root: Observed = { metadata: { labels }, owner: set, status: runningAs({ app: 0 }) };
const web = (index: number): Observed => ({ name: `web-${index}`, status: runningAs({ app: 1000 }) });
const pods = [...Array.from({ length: 8 }, (_, index) => web(index)), { spec: passing }, root];

describe('the verdict on a namespace', () => {
  it('is the line of the report', () => {
    expect(verdict(pods)).to.equal('restricted: 10 pods, 9 would change, 1 runs as uid 0 (deploy/db)');
  });

  it('names no workload where nobody knows who asks', () => {
    expect(verdict(pods, { names: false })).to.equal('restricted: 10 pods, 9 would change, 1 runs as uid 0');
  });

  it('names none, either, where a warning has no room for them', () => {
    const long = Array.from({ length: 3 }, (_, index) => ({
      ...root,
      owner: deployment(`${'x'.repeat(40)}-${index}`),
    }));
    expect(verdict(long)).to.equal('restricted: 3 pods, 3 would change, 3 run as uid 0');
  });

  it('looks beyond the mode, and is by the policy that the namespace is given', () => {
    expect(verdict(pods, {}, team({ 'pod-hardener.io/profile': 'baseline' }, { mode: 'audit' }))).to.equal(
      'baseline: 10 pods, 9 would change',
    );
  });

  it('knows what is known of images', () => {
    expect(verdict([{}], { evidence: () => ({ state: 'root' }) })).to.equal(
      'restricted: 1 pod, 1 would change, 1 uses an image that runs as root (deploy/web)',
    );
  });

  it('is by the configuration file and its exemptions', () => {
    const exemption = { name: 'a', controls: ['runAsNonRoot'], match: {}, owner: 'b', reason: 'c' };
    const current = () => ({ ...builtInConfiguration, defaults: { controls: '-capabilities' } });
    const exemptions = () => ({ active: [exemption], expired: [] });
    expect(verdict([web(1)], { configuration: { current, exemptions: () => noExemptions } })).to.equal(
      'restricted: 1 pod, 1 would change, 1 stays short (deploy/web)',
    );
    expect(verdict([web(1)], { configuration: { current: () => builtInConfiguration, exemptions } })).to.equal(
      'restricted: 1 pod, 1 would change, 1 stays short (deploy/web)',
    );
  });

  it('is none before the pods are known, and where the webhook is never called', () => {
    expect(verdict(undefined)).to.equal(undefined);
    expect(verdict(pods, {}, { ...team(opted), name: 'kube-system' })).to.equal(undefined);
  });

  it('is given in time on as many different pods as are looked at', () => {
    const filler = Array.from({ length: 16 }, (_, index) => `--argument-${index}=${'x'.repeat(50)}`);
    const many = Array.from({ length: 350 }, (_, index) => ({
      owner: deployment(`web-${index}`),
      spec: { containers: [{ name: 'app', image: `registry.example/app:${index}`, args: filler }] },
    }));
    const residents = residentsOf(...many);
    const began = performance.now();
    const line = verdict([], { residentsIn: () => residents });
    expect(line).to.equal('restricted: 350 pods, 350 would change, 350 use an image whose user is unknown');
    // A hundred or so, where nobody else is at work.
    expect(performance.now() - began).to.be.below(1_000);
    expect(verdict([], { residentsIn: () => [...residents, ...residentsOf(...huge())] })).to.equal(undefined);
  });

  function huge(): readonly Observed[] {
    const args = Array.from({ length: 1000 }, () => 'x'.repeat(50));
    return Array.from({ length: 10 }, (_, index) => ({
      spec: { containers: [{ name: 'app', image: `registry.example/huge:${index}`, args }] },
    }));
  }
});

describe('a look at what the API server sends', () => {
  it('throws for nothing, and keeps nothing of what is no pod', () => {
    for (const object of [undefined, null, 7, [], {}, { spec: {} }, { metadata: null, spec: { containers: [] } }]) {
      const { resident, seen } = look(object);
      expect(resident?.name ?? '').to.equal('');
      expect(seen.observations).to.deep.equal([]);
    }
  });
});
