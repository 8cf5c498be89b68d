import { expect } from 'chai';
import { decodeObserved } from '../../src/readiness/observed.ts';
import { containerOf } from '../pods.ts';
import { deployment, observedObject, refusedWith, runningAs } from './shapes.ts';

const refusal = {
  root: 'container has runAsNonRoot and image will run as root (pod: "web-1_team(1)", container: app)',
  named:
    'container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root ' +
    '(pod: "web-1_team(1)", container: app)',
  authors: 'container\'s runAsUser breaks non-root policy (pod: "web-1_team(1)", container: app)',
};

describe('decodeObserved', () => {
  it('tells as whom the containers run whose user is left to the image', () => {
    const spec = {
      initContainers: [containerOf('init')],
      containers: [containerOf('app'), containerOf('own', { runAsUser: 7 })],
    };
    const status = {
      ...runningAs({ app: 0, own: 7 }),
      initContainerStatuses: [{ name: 'init', user: { linux: { uid: 1000 } } }],
    };
    const { users } = decodeObserved(observedObject({ spec, status }));
    expect(users).to.deep.equal([
      { container: 'init', uid: 1000 },
      { container: 'app', uid: 0 },
    ]);
  });

  it('tells nothing of a container that takes its user from its pod', () => {
    const spec = { securityContext: { runAsUser: 0 } };
    expect(decodeObserved(observedObject({ spec, status: runningAs({ app: 0 }) })).users).to.deep.equal([]);
  });

  it('tells nothing where the status does not, as with older runtimes and on Windows', () => {
    for (const user of [undefined, null, {}, { linux: null }, { linux: { uid: '0' } }]) {
      const status = {
        containerStatuses: [{ name: 'app', user }, null, { name: 'other', user: { linux: { uid: 0 } } }],
      };
      expect(decodeObserved(observedObject({ status })).users).to.deep.equal([]);
    }
  });

  it("tells the kubelet's two refusals of an image's user apart, and from any other", () => {
    const users = (message: string) => decodeObserved(observedObject({ status: refusedWith(message) })).users;
    expect(users(refusal.root)).to.deep.equal([{ container: 'app', refused: 'root' }]);
    expect(users(refusal.named)).to.deep.equal([{ container: 'app', refused: 'named' }]);
    expect(users(refusal.authors)).to.deep.equal([]);
    expect(users('secret "app" not found')).to.deep.equal([]);
  });

  it('names the controller among the owners, else the first of them', () => {
    const owner = (ownerReferences: unknown) =>
      decodeObserved({ ...observedObject(), metadata: { name: 'web-1', ownerReferences } }).owner;
    const other = { apiVersion: 'v1', kind: 'ConfigMap', name: 'first' };
    expect(owner([other, { ...deployment('web'), uid: 'u' }])).to.deep.equal({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'web',
      uid: 'u',
    });
    expect(owner([other])).to.deep.equal(other);
    expect(owner([])).to.equal(undefined);
  });

  it("takes a pod of the kubelet's own files for one that nothing made", () => {
    const node = { apiVersion: 'v1', kind: 'Node', name: 'n1', controller: true };
    expect(decodeObserved(observedObject({ owner: node })).owner).to.equal(undefined);
  });

  it('tells whether the pod has ended or is being deleted', () => {
    const of = (more: object) => {
      const { isFinished, isLeaving } = decodeObserved(observedObject(more));
      return { isFinished, isLeaving };
    };
    expect(of({ status: { phase: 'Running' } })).to.deep.equal({ isFinished: false, isLeaving: false });
    expect(of({ status: { phase: 'Succeeded' } })).to.deep.equal({ isFinished: true, isLeaving: false });
    expect(of({ status: { phase: 'Failed' } })).to.deep.equal({ isFinished: true, isLeaving: false });
    expect(of({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }).isLeaving).to.equal(true);
  });

  it('throws for what is no pod', () => {
    expect(() => decodeObserved({ metadata: { name: 'a' } })).to.throw('spec is missing, not an object');
  });
});
