import { expect } from 'chai';
import { type ApiClient, createApiClient } from '../../src/kubernetes/client.ts';
import { createSpeak } from '../../src/kubernetes/events.ts';
import { createEvidenceStore } from '../../src/kubernetes/evidenceStore.ts';
import { writeKubeconfig } from './fakeApiServer.ts';
import { type FakeObject, type FakeObjects, startFakeObjects } from './fakeObjects.ts';
import { rejection } from './poll.ts';

const path = '/api/v1/namespaces/ours/configmaps/pod-hardener-evidence';
const { signal } = new AbortController();

let api: FakeObjects;
let client: ApiClient;
let removeKubeconfig: () => Promise<void>;

async function start(): Promise<void> {
  api = await startFakeObjects();
  const kubeconfig = await writeKubeconfig({ server: api.url });
  removeKubeconfig = kubeconfig.remove;
  client = await createApiClient({ kubeconfig: kubeconfig.file, log: () => {} });
}

async function stop(): Promise<void> {
  client.close();
  await api.close();
  await removeKubeconfig();
}

const messageOf = async (work: Promise<unknown>) => ((await rejection(work)) as Error).message;

describe('the ConfigMap of the evidence', () => {
  beforeEach(start);
  afterEach(stop);

  const store = () => createEvidenceStore(client, { namespace: 'ours', name: 'pod-hardener-evidence' }, signal);
  const empty: FakeObject = { metadata: { name: 'pod-hardener-evidence' } };

  it('is empty as the manifests make it, and has what was written then', async () => {
    api.put(path, empty);
    const { text, resourceVersion } = await store().read();
    expect(text).to.equal('');
    const written = await store().write('{"a":1}', resourceVersion);
    expect(written).to.include({ text: '{"a":1}' });
    expect(await store().read()).to.deep.equal(written);
  });

  it('keeps what else is in it', async () => {
    api.put(path, { ...empty, data: { note: 'ours' } });
    const { resourceVersion } = await store().read();
    await store().write('{}', resourceVersion);
    expect(api.get(path)?.data).to.deep.equal({ note: 'ours', 'images.json': '{}' });
  });

  it('is not written over when somebody has changed it meanwhile', async () => {
    api.put(path, empty);
    const { resourceVersion } = await store().read();
    api.put(path, { ...empty, data: { 'images.json': 'other' } });
    expect(await store().write('{}', resourceVersion)).to.equal('conflict');
    expect((await store().read()).text).to.equal('other');
  });

  it('says in one clause what to do where it is missing or forbidden', async () => {
    const missing = 'ConfigMap ours/pod-hardener-evidence does not exist: apply the component evidence';
    expect(await messageOf(store().read())).to.equal(missing);
    expect(await messageOf(store().write('{}', '1'))).to.equal(missing);
    api.refuse = () => 403;
    expect(await messageOf(store().read())).to.equal(
      'the API server does not allow reading and writing ConfigMap ours/pod-hardener-evidence: apply the component evidence',
    );
  });
});

describe('an Event', () => {
  beforeEach(start);
  afterEach(stop);

  const subject = { apiVersion: 'v1', kind: 'Pod', namespace: 'team', name: 'web-1', uid: 'uid-1' };
  const said = {
    id: 'web/capabilities/1',
    subject,
    reason: 'SuspectedBreak',
    message: 'Container app exited.',
    at: Date.parse('2026-01-01T10:00:00.999Z'),
  };
  const events = '/api/v1/namespaces/team/events';
  const madeAt = () => api.seen.filter(({ method }) => method === 'POST').map(({ path: at }) => at);

  it('is about its subject, in the namespace of that, with the times that kubectl shows', async () => {
    await createSpeak(client, signal)(said);
    expect(madeAt()).to.deep.equal([events]);
    const { metadata, ...event } = api.get(`${events}/web-1.6ebb5aab34d3059f`) ?? { metadata: { name: '' } };
    expect(metadata).to.include({ name: 'web-1.6ebb5aab34d3059f', namespace: 'team' });
    expect(event).to.deep.equal({
      apiVersion: 'v1',
      kind: 'Event',
      involvedObject: subject,
      type: 'Warning',
      reason: 'SuspectedBreak',
      message: 'Container app exited.',
      source: { component: 'pod-hardener' },
      firstTimestamp: '2026-01-01T10:00:00Z',
      lastTimestamp: '2026-01-01T10:00:00Z',
      count: 1,
    });
  });

  it('that was made before is not made again, and is no fault', async () => {
    const speak = createSpeak(client, signal);
    await speak(said);
    await speak(said);
    expect(madeAt()).to.have.length(2);
  });

  it('has a name that an object can have, whatever its subject is called', async () => {
    const name = `${'a'.repeat(199)}-${'b'.repeat(50)}`;
    await createSpeak(client, signal)({ ...said, subject: { ...subject, name } });
    expect(api.get(`${events}/${'a'.repeat(199)}.6ebb5aab34d3059f`)).not.to.equal(undefined);
  });

  it('in a namespace that is gone is nobody’s fault', async () => {
    api.refuse = () => 404;
    await createSpeak(client, signal)(said);
  });

  it('that is forbidden says in one clause what to do', async () => {
    api.refuse = () => 403;
    expect(await messageOf(createSpeak(client, signal)(said))).to.equal(
      'the API server does not allow creating Events: apply the component evidence',
    );
    api.refuse = () => 500;
    expect(await messageOf(createSpeak(client, signal)(said))).to.equal('the API server answered 500');
  });
});
