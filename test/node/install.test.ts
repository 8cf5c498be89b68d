import type { CoreV1EventList, V1Pod } from '@kubernetes/client-node';
import { expect } from 'chai';
import { getOwn, inReplica, install, ownNamespace, replicaStatus, replicas, trust } from './installation.ts';
import { nodeCluster } from './nodeCluster.ts';

describe('an installation by manifests/install.yaml', () => {
  before(install);

  it('has two ready replicas that never had to be restarted', async () => {
    const states = (await replicas()).map(({ status }) => status?.containerStatuses?.[0]);
    expect(states.map((state) => ({ ready: state?.ready, restarts: state?.restartCount }))).to.deep.equal([
      { ready: true, restarts: 0 },
      { ready: true, restarts: 0 },
    ]);
  });

  it('runs as the manifest says: as user 65532, without capabilities and new privileges, with filtered system calls', async () => {
    for (const { metadata } of await replicas()) {
      const { Uid, Gid, CapEff, CapBnd, NoNewPrivs, Seccomp } = await replicaStatus(metadata?.name);
      expect({ Uid, Gid, CapEff, CapBnd, NoNewPrivs, Seccomp }).to.deep.equal({
        Uid: '65532\t65532\t65532\t65532',
        Gid: '65532\t65532\t65532\t65532',
        CapEff: '0000000000000000',
        CapBnd: '0000000000000000',
        NoNewPrivs: '1',
        Seccomp: '2',
      });
    }
  });

  it('can write nowhere in its file system', async () => {
    const attempt =
      "try { fs.writeFileSync('/tmp-file', ''); console.log('written') } catch (e) { console.log(e.code) }";
    for (const { metadata } of await replicas()) {
      expect(await inReplica(metadata?.name, attempt)).to.equal('EROFS\n');
    }
  });

  it('has made its certificates itself, and told the API server whom to trust', async () => {
    const { secret, bundle } = await trust();
    expect(secret).to.include.keys('ca.crt', 'tls.crt', 'tls.key');
    expect(bundle.match(/BEGIN CERTIFICATE/g)).to.have.length(1);
  });

  it('is refused nothing by the API server', async () => {
    const logs = await nodeCluster().kubectl([
      '-n',
      ownNamespace,
      'logs',
      '-l',
      'app.kubernetes.io/name=pod-hardener',
      '--tail=-1',
    ]);
    expect(logs).to.include('"Listening."');
    expect(logs.split('\n').filter((line) => /forbidden|40[13]/.test(line))).to.deep.equal([]);
  });

  it('gives the kubelet nothing to complain about once it is ready', async () => {
    const ready = new Map((await replicas()).map((pod) => [pod.metadata?.name, readySince(pod)]));
    const { items } = await getOwn<CoreV1EventList>('events');
    const late = items.filter(({ involvedObject, lastTimestamp }) => {
      const since = ready.get(involvedObject.name);
      return since !== undefined && String(lastTimestamp) > since;
    });
    const complaints = late.filter(({ type }) => type === 'Warning');
    expect(complaints.map(({ reason, message }) => `${reason}: ${message}`)).to.deep.equal([]);
  });
});

/** The moment as it stands in JSON, which sorts like a text. */
function readySince({ status }: V1Pod): string {
  return String(status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime);
}
