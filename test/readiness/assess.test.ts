import { expect } from 'chai';
import type { Workload } from '../../src/readiness/observed.ts';
import { blockersIn, verdictText } from '../../src/readiness/readiness.ts';
import { workloadName } from '../../src/readiness/workloadName.ts';
import { containerOf } from '../pods.ts';
import { assess, deployment, type Observed, opted, passing, refusedWith, runningAs, team } from './shapes.ts';

const web: Observed = { status: runningAs({ app: 1000 }) };
const rootImage: Observed = { owner: deployment('root'), status: runningAs({ app: 0 }) };
const byAuthor: Observed = { owner: deployment('agent'), spec: { hostNetwork: true } };

function standings(...asked: Parameters<typeof assess>) {
  const { workloads } = assess(...asked);
  return workloads.map(({ workload, standing }) => `${workloadName(workload)} ${standing}`);
}

describe('assessNamespace', () => {
  it('is ready where all pods pass as they are', () => {
    const readiness = assess([{ spec: passing }]);
    expect(verdictText(readiness)).to.equal('ready');
    expect(readiness.workloads[0]?.shapes[0]?.before.level).to.equal('restricted');
  });

  it('is ready with fills where they pass once filled', () => {
    const readiness = assess([web, { owner: deployment('good'), spec: passing }]);
    expect(verdictText(readiness)).to.equal('ready with fills');
    const [shape] = readiness.workloads[0]?.shapes ?? [];
    expect([shape?.before.level, shape?.after.level]).to.deep.equal(['baseline', 'restricted']);
    expect(shape?.filled.map(({ control }) => control)).to.deep.equal([
      'seccompProfile',
      'runAsNonRoot',
      'allowPrivilegeEscalation',
      'capabilities',
    ]);
  });

  it('is blocked by as many workloads as stay short or would not start, and has the worst first', () => {
    const readiness = assess([web, rootImage, byAuthor, { ...byAuthor, name: 'agent-2' }]);
    expect(verdictText(readiness)).to.equal('blocked by 2');
    expect(blockersIn(readiness).map(({ workload, pods }) => [workloadName(workload), pods])).to.deep.equal([
      ['deploy/agent', 2],
      ['deploy/root', 1],
    ]);
    expect(standings([web, rootImage, byAuthor])).to.deep.equal([
      'deploy/agent short',
      'deploy/root image',
      'deploy/web filled',
    ]);
  });

  it('is ready where there are no pods', () => {
    expect(assess([]).verdict).to.equal('ready');
  });

  it('says who set what remains, and why the field was left', () => {
    const remaining = (spec: Observed['spec'], annotations = {}) =>
      assess(
        [{ ...(spec && { spec }), status: runningAs({ app: 1000 }) }],
        team(opted, annotations),
      ).workloads[0]?.shapes[0]?.remaining.map(({ control, by, left }) => [control, by, left]);
    expect(remaining({ hostNetwork: true })).to.deep.equal([['hostNamespaces', 'author', []]]);
    const weak = { containers: [containerOf('app', { allowPrivilegeEscalation: true })] };
    expect(remaining(weak)).to.deep.equal([['allowPrivilegeEscalation', 'author', ['set-by-author']]]);
    expect(remaining({}, { controls: '-capabilities' })).to.deep.equal([['capabilities', 'administrator', []]]);
    expect(remaining({}, { controls: 'seccompProfile=audit' })).to.deep.equal([
      ['seccompProfile', 'administrator', []],
    ]);
    const root = { containers: [containerOf('app', { runAsUser: 0 })] };
    expect(remaining(root)).to.deep.equal([
      ['capabilities', 'author', ['runs-as-root']],
      ['runAsNonRoot', 'author', ['runs-as-root']],
      ['runAsUser', 'author', []],
    ]);
  });

  it('is short where the policy of the namespace leaves something out', () => {
    expect(standings([web], team(opted, { controls: '-capabilities' }))).to.deep.equal(['deploy/web short']);
  });

  it('fills no field that the cluster does not know yet', () => {
    const fills = (minor: number) =>
      assess([web], team(opted, { controls: '+appArmorProfile' }), { minor }).workloads[0]?.shapes[0]?.filled.some(
        ({ control }) => control === 'appArmorProfile',
      );
    expect([fills(29), fills(30)]).to.deep.equal([false, true]);
  });

  it('tells what is known of the user of a container that would be made to run as nobody else', () => {
    const users = (pod: Observed, grounds: Parameters<typeof assess>[2] = {}) =>
      assess([pod], team(), grounds).workloads[0]?.shapes[0]?.users.map(({ state }) => state);
    expect(users(rootImage)).to.deep.equal(['runs-as-root']);
    expect(users({})).to.deep.equal(['unknown']);
    expect(users(web)).to.deep.equal([]);
    expect(users({}, { evidence: () => ({ state: 'root' }) })).to.deep.equal(['image-root']);
    expect(users({}, { evidence: () => ({ state: 'named' }) })).to.deep.equal(['named-user']);
    expect(users({}, { evidence: () => ({ state: 'uid', uid: 1 }) })).to.deep.equal([]);
    expect(users({ spec: { containers: [containerOf('app', { runAsUser: 0 })] } })).to.deep.equal([]);
    expect(users({ spec: passing })).to.deep.equal([]);
  });

  it('tells of a container that the kubelet refuses already, whoever asked for that', () => {
    const message = 'container has runAsNonRoot and image will run as root (pod: "a", container: app)';
    const readiness = assess([{ spec: passing, status: refusedWith(message) }]);
    expect(readiness.workloads[0]?.shapes[0]?.users.map(({ container, state }) => [container, state])).to.deep.equal([
      ['app', 'image-root'],
    ]);
    expect(verdictText(readiness)).to.equal('blocked by 1');
  });

  it('finds nothing in the way where the namespace gives the user', () => {
    expect(standings([rootImage], team(opted, { 'run-as-user': 1000 }))).to.deep.equal(['deploy/root filled']);
  });

  it('goes up the chain of owners, and round no circle', () => {
    const owners: Readonly<Record<string, Workload>> = {
      web: { apiVersion: 'ray.io/v1', kind: 'RayCluster', name: 'demo' },
      a: { apiVersion: 'v1', kind: 'A', name: 'b' },
      b: { apiVersion: 'v1', kind: 'A', name: 'a' },
    };
    const ownerOf = (_: string, { name }: Workload) => owners[name];
    expect(standings([web], team(), { ownerOf })).to.deep.equal(['raycluster/demo filled']);
    expect(
      assess([{ owner: { apiVersion: 'v1', kind: 'A', name: 'a' } }], team(), { ownerOf }).workloads,
    ).to.have.lengthOf(1);
  });

  it('puts the shapes of what one workload made together, and believes the worst', () => {
    const top = { apiVersion: 'ray.io/v1', kind: 'RayCluster', name: 'demo' };
    const ownerOf = (_: string, { name }: Workload) => (name === 'demo' ? undefined : top);
    const { workloads } = assess([web, byAuthor], team(), { ownerOf });
    expect(workloads.map(({ pods, standing, shapes }) => [pods, standing, shapes.length])).to.deep.equal([
      [2, 'short', 2],
    ]);
    expect(workloads[0]?.shapes.map(({ standing }) => standing)).to.deep.equal(['short', 'filled']);
  });

  it('asks for what the namespace names, and for what it is told before that', () => {
    const named = team({ 'pod-hardener.io/profile': 'baseline' }, { 'profile-version': 'v1.30' });
    const { profile, level, version } = assess([web], named);
    expect([profile, level, version]).to.deep.equal(['baseline', 'baseline', 'v1.30']);
    const asked = assess([web], named, { asked: { profile: 'hardened', version: 'v1.34' } });
    expect([asked.profile, asked.level, asked.version]).to.deep.equal(['hardened', 'restricted', 'v1.34']);
    expect(assess([web]).profile).to.equal('restricted');
  });

  it('looks beyond the mode of the namespace, and names it', () => {
    const readiness = assess([web], team(opted, { mode: 'audit' }));
    expect(verdictText(readiness)).to.equal('ready with fills');
    expect(readiness.mode).to.equal('audit');
    expect(assess([web]).mode).to.equal(undefined);
  });

  it('judges by the version of the cluster where the latest is asked for', () => {
    const probe = { containers: [{ ...containerOf('app'), livenessProbe: { httpGet: { host: '1.2.3.4' } } }] };
    const pods = [{ spec: probe, status: runningAs({ app: 1 }) }];
    expect(assess(pods, team(), { minor: 33 }).verdict).to.equal('ready with fills');
    expect(assess(pods, team(), { minor: 34 }).verdict).to.equal('blocked');
  });

  it('fills nothing where the webhook is never called', () => {
    const readiness = assess([web], { ...team(), name: 'kube-system' });
    expect([readiness.isSystem, readiness.verdict, readiness.steps]).to.deep.equal([true, 'blocked', []]);
    expect(readiness.workloads[0]?.shapes[0]?.filled).to.deep.equal([]);
  });
});

describe('the next steps', () => {
  const steps = (...asked: Parameters<typeof assess>) => assess(...asked).steps;

  it('enforce the level where all pass as they are', () => {
    expect(steps([{ spec: passing }])).to.deep.equal([
      'kubectl label namespace team pod-security.kubernetes.io/enforce=restricted',
    ]);
  });

  it('are none where that is done', () => {
    expect(steps([{ spec: passing }], team({ 'pod-security.kubernetes.io/enforce': 'restricted' }))).to.deep.equal([]);
    expect(steps([web], team({ ...opted, 'pod-security.kubernetes.io/enforce': 'restricted' }))).to.deep.equal([]);
  });

  it('opt in beside that where pods have to be filled', () => {
    expect(steps([web])).to.deep.equal([
      'kubectl label namespace team pod-hardener.io/profile=restricted pod-security.kubernetes.io/enforce=restricted',
    ]);
  });

  it('overwrite a label of another value', () => {
    expect(steps([web], team({ ...opted, 'pod-security.kubernetes.io/enforce': 'baseline' }))).to.deep.equal([
      'kubectl label --overwrite namespace team pod-security.kubernetes.io/enforce=restricted',
    ]);
  });

  it('name the version where it is not the latest, and take a mode away that fills nothing', () => {
    expect(steps([web], team(opted, { mode: 'audit' }), { asked: { version: 'v1.34' } })).to.deep.equal([
      'kubectl annotate --overwrite namespace team pod-hardener.io/mode- pod-hardener.io/profile-version=v1.34',
      'kubectl label namespace team pod-security.kubernetes.io/enforce=restricted pod-security.kubernetes.io/enforce-version=v1.34',
    ]);
    expect(steps([web], team(opted, { mode: ' Fill ' }))).to.deep.equal([
      'kubectl label namespace team pod-security.kubernetes.io/enforce=restricted',
    ]);
  });

  it('only warn where something is in the way', () => {
    expect(steps([byAuthor])).to.deep.equal([
      'kubectl label namespace team pod-hardener.io/profile=restricted pod-security.kubernetes.io/warn=restricted',
    ]);
  });

  it('ask for a user where an image is in the way', () => {
    expect(steps([rootImage], team(opted))).to.deep.equal([
      'kubectl label namespace team pod-security.kubernetes.io/warn=restricted',
      '# UID: a user that these images can run as. Where no evidence of images is kept, use run-as-user instead.',
      'kubectl annotate namespace team pod-hardener.io/root-images=UID',
    ]);
  });

  it('are none for a name that no namespace can have, as a manifest may', () => {
    expect(steps([web], { ...team(), name: 'team; rm -rf .' })).to.deep.equal([]);
    expect(steps([web], { ...team(), name: '' })).to.deep.equal([]);
  });

  it('are none where nothing is asked', () => {
    expect(steps([byAuthor], team({ 'pod-hardener.io/profile': 'privileged' }))).to.deep.equal([]);
  });
});
