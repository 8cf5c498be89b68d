import { expect } from 'chai';
import { namespaceLine } from '../../src/readiness/namespaceLine.ts';
import { assess, deployment, type Observed, passing, runningAs, team } from './shapes.ts';

const web: Observed = { status: runningAs({ app: 1000 }) };
const good: Observed = { owner: deployment('good'), spec: passing };
const root = (name: string): Observed => ({ owner: deployment(name), status: runningAs({ app: 0 }) });
const short = (name: string): Observed => ({ owner: deployment(name), spec: { hostPID: true } });
const line = (...asked: Parameters<typeof assess>) => namespaceLine(assess(...asked));

describe('namespaceLine', () => {
  it('says how many pods there are, how many would change, and what is in the way', () => {
    const pods = [...Array.from({ length: 3 }, () => good), ...Array.from({ length: 8 }, () => web), root('api')];
    expect(line(pods)).to.equal('restricted: 12 pods, 9 would change, 1 runs as uid 0 (deploy/api)');
  });

  it('says so where nothing would change', () => {
    expect(line([good, good])).to.equal('restricted: 2 pods, all pass as they are');
    expect(line([good])).to.equal('restricted: 1 pod, which passes as it is');
    expect(line([])).to.equal('restricted: no pods');
  });

  it('counts each pod once among those in the way, for the gravest reason', () => {
    const both: Observed = { owner: deployment('both'), spec: { hostPID: true }, status: runningAs({ app: 0 }) };
    expect(line([both, root('a'), root('a')])).to.equal(
      'restricted: 3 pods, 3 would change, 1 stays short (deploy/both), 2 run as uid 0 (deploy/a)',
    );
  });

  it('tells an image that is known from one that is not', () => {
    const of = (state: 'root' | 'named') => line([{}], team(), { evidence: () => ({ state }) });
    expect(of('root')).to.equal('restricted: 1 pod, 1 would change, 1 uses an image that runs as root (deploy/web)');
    expect(of('named')).to.equal('restricted: 1 pod, 1 would change, 1 uses an image that names its user (deploy/web)');
    expect(line([{}, {}])).to.equal('restricted: 2 pods, 2 would change, 2 use an image whose user is unknown');
  });

  it('names three workloads and counts the others', () => {
    expect(line(['d', 'c', 'b', 'a', 'e'].map(short))).to.equal(
      'restricted: 5 pods, 5 would change, 5 stay short (deploy/a, deploy/b, deploy/c and 2 more)',
    );
  });

  it('names the version where it is not the latest, and what is counted', () => {
    const asked = { profile: 'baseline', version: 'v1.30' };
    expect(line([good], team(), { asked, thing: 'template' })).to.equal(
      'baseline v1.30: 1 template, which passes as it is',
    );
  });

  it('names nobody where it is told not to', () => {
    const readiness = assess([web, root('a'), root('b'), { owner: deployment('agent'), spec: { hostNetwork: true } }]);
    expect(namespaceLine(readiness, false)).to.equal(
      'restricted: 4 pods, 4 would change, 1 stays short, 2 run as uid 0',
    );
  });
});
