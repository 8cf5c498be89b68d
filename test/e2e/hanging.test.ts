import { expect } from 'chai';
import { cluster, optedIn } from './cluster.ts';
import { plainPod } from './pods.ts';
import { startWebhook, type Webhook } from './webhook.ts';

describe('when pod-hardener hangs', () => {
  let webhook: Webhook;
  let namespace: string;

  /** Stops the process for as long as the work takes; nobody hangs up meanwhile. */
  async function whileItHangs<T>(work: () => Promise<T>): Promise<T> {
    const { pid } = webhook.process;
    if (pid === undefined) throw new Error('the webhook has no process');
    process.kill(pid, 'SIGSTOP');
    try {
      return await work();
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  }

  async function start(failurePolicy: string): Promise<void> {
    webhook = await startWebhook(cluster(), { overrides: { failurePolicy, timeoutSeconds: 1 } });
    namespace = await cluster().createNamespace('team', { labels: optedIn });
    expect((await cluster().createPod(namespace, plainPod('before'))).status).to.equal(201);
  }

  afterEach(() => webhook.close());

  it('a pod waits no longer than `timeoutSeconds`, and is created as its author wrote it', async () => {
    await start('Ignore');
    const begun = performance.now();
    const { status, pod } = await whileItHangs(() => cluster().createPod(namespace, plainPod('meanwhile')));
    expect(performance.now() - begun).to.be.within(900, 3_000);
    expect(status).to.equal(201);
    expect(pod.spec?.containers[0]).not.to.have.property('securityContext');
  });

  it('a pod is refused after `timeoutSeconds` under `failurePolicy: Fail`', async () => {
    await start('Fail');
    const begun = performance.now();
    const { status, message } = await whileItHangs(() => cluster().createPod(namespace, plainPod('meanwhile')));
    expect(performance.now() - begun).to.be.within(900, 3_000);
    expect(status).to.equal(500);
    expect(message).to.include('failed calling webhook "pods.pod-hardener.io"');
  });

  it('it hardens the next pod as soon as it goes on', async () => {
    await start('Ignore');
    await whileItHangs(() => cluster().createPod(namespace, plainPod('meanwhile')));
    const { pod } = await cluster().createPod(namespace, plainPod('after'));
    expect(pod.spec?.containers[0]?.securityContext).to.include({ runAsNonRoot: true });
  });
});
