import { expect } from 'chai';
import { optedIn } from '../e2e/cluster.ts';
import { plainPod } from '../e2e/pods.ts';
import { install, manifest, ownNamespace, uninstall } from './installation.ts';
import { nodeCluster } from './nodeCluster.ts';

describe('when pod-hardener is taken away by `kubectl delete`', () => {
  before(async () => {
    await install();
    await uninstall();
  });

  it('nothing that the manifest brought is left', async () => {
    const { kubectl } = nodeCluster();
    expect(await kubectl(['get', '-f', manifest, '--ignore-not-found'])).to.equal('');
    expect(await kubectl(['get', 'namespace', ownNamespace, '--ignore-not-found'])).to.equal('');
  });

  it('pods are created as their authors wrote them', async () => {
    const namespace = await nodeCluster().createNamespace('team', optedIn);
    const { status, pod } = await nodeCluster().createPod(namespace, plainPod('app'), { dryRun: true });
    expect(status).to.equal(201);
    expect(pod.spec?.containers[0]).not.to.have.property('securityContext');
  });
});
