import type { V1Pod } from '@kubernetes/client-node';
import { expect } from 'chai';
import { enforced, optedIn } from '../e2e/cluster.ts';
import { plainPod } from '../e2e/pods.ts';
import { until } from '../e2e/until.ts';
import { install } from './installation.ts';
import { nodeCluster } from './nodeCluster.ts';
import { parseStatus, untilRunning } from './runningPod.ts';

const image = 'pod-hardener.test/user-1000:1';

describe('in a namespace that enforces `restricted`', () => {
  before(async () => {
    await install();
    await nodeCluster().addImage(image, { User: '1000', Cmd: ['sleep', '1000000'] });
  });

  it('a pod whose author thought of no security is refused', async () => {
    const namespace = await nodeCluster().createNamespace('strict', enforced);
    const { status, message } = await nodeCluster().createPod(namespace, podOf(image));
    expect(status).to.equal(403);
    expect(message).to.include('violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false');
  });

  it('the same pod starts once the namespace is opted in, and is confined for real', async () => {
    const namespace = await nodeCluster().createNamespace('team', { ...enforced, ...optedIn });
    expect((await nodeCluster().createPod(namespace, podOf(image))).message).to.equal('');
    const pod = await untilRunning(namespace, 'app');
    expect(pod.status?.containerStatuses?.[0]?.user?.linux?.uid).to.equal(1000);
    const { CapBnd, NoNewPrivs, Seccomp } = parseStatus(await inPod(namespace, 'cat', '/proc/1/status'));
    expect({ CapBnd, NoNewPrivs, Seccomp }).to.deep.equal({
      CapBnd: '0000000000000000',
      NoNewPrivs: '1',
      Seccomp: '2',
    });
    // `restricted` says nothing about the file system.
    expect(await inPod(namespace, 'sh', '-c', 'echo written > /home/app/file && cat /home/app/file')).to.equal(
      'written\n',
    );
  });

  it('`kubectl debug` gets a container into such a pod, which is confined as well', async () => {
    const namespace = await nodeCluster().createNamespace('debug', { ...enforced, ...optedIn });
    await nodeCluster().createPod(namespace, podOf(image));
    await untilRunning(namespace, 'app');
    // The default profile asks for SYS_PTRACE, which `restricted` allows nobody.
    const debug = ['debug', 'app', '--profile=baseline', '--container=debugger', `--image=${image}`];
    await nodeCluster().kubectl(['-n', namespace, ...debug, '--', 'sleep', '1000000']);
    const status = await until('the debugger runs', () =>
      nodeCluster().kubectl(['-n', namespace, 'exec', 'app', '-c', 'debugger', '--', 'cat', '/proc/1/status']),
    );
    const { CapBnd, NoNewPrivs, Seccomp } = parseStatus(status);
    expect({ CapBnd, NoNewPrivs, Seccomp }).to.deep.equal({
      CapBnd: '0000000000000000',
      NoNewPrivs: '1',
      Seccomp: '2',
    });
  });

  for (const { user, words } of [
    { user: '', words: 'container has runAsNonRoot and image will run as root' },
    {
      user: 'app',
      words: 'container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root',
    },
  ]) {
    it(`a pod whose image names ${user || 'no'} user is created, and the kubelet refuses to start it in known words`, async () => {
      const name = `pod-hardener.test/user-${user || 'none'}:1`;
      await nodeCluster().addImage(name, { User: user, Cmd: ['sleep', '1000000'] });
      const namespace = await nodeCluster().createNamespace('image', { ...enforced, ...optedIn });
      expect((await nodeCluster().createPod(namespace, podOf(name))).message).to.equal('');
      const waiting = await until('the kubelet has refused it', async () => {
        const { status } = await nodeCluster().getPod(namespace, 'app');
        const state = status?.containerStatuses?.[0]?.state?.waiting;
        return state?.reason === 'CreateContainerConfigError' && state;
      });
      expect(waiting.message).to.match(new RegExp(`^${words.replaceAll(/[()]/g, '\\$&')} \\(pod: "app_`));
    });
  }
});

function podOf(name: string): V1Pod {
  return plainPod('app', { containers: [{ name: 'app', image: name }], terminationGracePeriodSeconds: 0 });
}

function inPod(namespace: string, ...command: string[]): Promise<string> {
  return nodeCluster().kubectl(['-n', namespace, 'exec', 'app', '--', ...command]);
}
