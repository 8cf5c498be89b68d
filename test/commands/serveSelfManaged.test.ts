import { expect } from 'chai';
import { writeKubeconfig } from '../kubernetes/fakeApiServer.ts';
import { type FakeObjects, startFakeObjects } from '../kubernetes/fakeObjects.ts';
import { until } from '../kubernetes/poll.ts';
import { parseExposition } from '../metrics/exposition.ts';
import { type ServeProcess, startServe } from '../webhook/child.ts';

describe('serve in a cluster', () => {
  let api: FakeObjects;
  let kubeconfig: Awaited<ReturnType<typeof writeKubeconfig>>;
  let serve: ServeProcess;
  let metrics: string;

  beforeEach(async () => {
    api = await startFakeObjects();
    api.reset = () => true;
    kubeconfig = await writeKubeconfig({ server: api.url });
    const ports = ['--host', '127.0.0.1', '--port', '0', '--metrics-port', '0', '--shutdown-delay', '0s'];
    serve = startServe(['--kubeconfig', kubeconfig.file, '--namespace', 'ours', ...ports]);
    await until('it waits', () => line('Waiting for a certificate.') !== undefined);
    metrics = String(line('Waiting for a certificate.')?.metrics);
  });

  afterEach(async () => {
    serve.child.kill('SIGKILL');
    await api.close();
    await kubeconfig.remove();
  });

  const line = (text: string) => serve.log().find(({ message }) => message === text);

  it('answers probes before it has a certificate, and opens the other port when it has one', async () => {
    expect((await fetch(new URL('/healthz', metrics))).status).to.equal(200);
    const response = await fetch(new URL('/readyz', metrics));
    expect(response.status).to.equal(503);
    expect(await response.text()).to.match(/^the certificate's Secret has not been read yet/m);
    expect(line('Listening.')).to.equal(undefined);
    api.reset = () => false;
    await until('it listens', () => line('Listening.') !== undefined);
    expect(line('Listening.')).to.include({ metrics });
    const text = await (await fetch(metrics)).text();
    expect(text).to.match(/^pod_hardener_certificate_not_after_timestamp_seconds\{certificate="ca"\} \d/m);
    expect(text).to.match(/^pod_hardener_certificate_not_after_timestamp_seconds\{certificate="serving"\} \d/m);
  });

  it('is scraped while it starts, with every series at 0 and no time that is not known', async () => {
    const { samples, value } = parseExposition(await (await fetch(metrics)).text());
    const ours = samples.filter(({ name }) => name.startsWith('pod_hardener_'));
    expect(ours).to.have.length.above(500);
    const moved = ours.filter((sample) => sample.value !== 0).map(({ name }) => name);
    // The API server hangs up, so the watch may have been resumed already.
    const mayMove = 'pod_hardener_namespace_cache_restarts_total';
    expect(moved.filter((name) => name !== mayMove)).to.deep.equal(['pod_hardener_build_info']);
    expect(value('pod_hardener_namespace_cache_synced')).to.equal(0);
    const absent = ['namespace_cache_last_contact_timestamp_seconds', 'certificate_not_after_timestamp_seconds'];
    expect(ours.filter(({ name }) => absent.some((end) => name.endsWith(end)))).to.deep.equal([]);
  });

  it('ends when it is told to although it never had one', async () => {
    serve.child.kill('SIGTERM');
    expect(await serve.ended).to.equal(0);
    expect(serve.log().at(-1)).to.include({ message: 'Ended.', code: 0 });
  });
});
