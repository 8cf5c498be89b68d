import { expect } from 'chai';
import { cluster, enforced, optedIn, type PodAnswer } from './cluster.ts';
import { plainPod } from './pods.ts';
import { until } from './until.ts';
import { startWebhook, type Webhook, webhookManifest } from './webhook.ts';

const profile = 'pod-hardener.io/profile';
const hardened = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true };

describe('a namespace', () => {
  let webhook: Webhook;

  before(async () => {
    webhook = await startWebhook(cluster());
  });

  after(() => webhook.close());

  it('that is created with the label has its very first pod hardened, 150 times of 150', async () => {
    const hardened = await Promise.all(
      Array.from({ length: 150 }, async () => {
        const namespace = await cluster().createNamespace('race', { labels: optedIn });
        return isHardened((await cluster().createPod(namespace, plainPod('first'))).pod);
      }),
    );
    expect(hardened.filter((each) => !each)).to.deep.equal([]);
  });

  it('that is labelled later has its next pod hardened if the API server asks, 150 times of 150', async () => {
    const namespaces = await Promise.all(Array.from({ length: 150 }, createWarmNamespace));
    const answers: PodAnswer[] = [];
    for (const namespace of namespaces) {
      await cluster().changeNamespace(namespace, { labels: optedIn });
      answers.push(await cluster().createPod(namespace, plainPod('first')));
    }
    const missed = answers.filter(({ pod }) => !isHardened(pod));
    // The API server routes by its own cache, which may be some milliseconds old, too: then nobody could have hardened it.
    const unasked = await Promise.all(missed.map(wasNotAsked));
    expect(unasked.filter((each) => !each)).to.deep.equal([]);
    cluster().note(`150 namespaces labelled, and a pod 2 ms later: ${missed.length} the API server did not ask about`);
  });

  it('whose label is removed has its pods left alone', async () => {
    const namespace = await cluster().createNamespace('former', { labels: optedIn });
    expect(isHardened((await cluster().createPod(namespace, plainPod('before'))).pod)).to.equal(true);
    await cluster().changeNamespace(namespace, { labels: { [profile]: null } });
    await until('the API server has stopped asking', async () => {
      const { pod } = await cluster().createPod(namespace, plainPod('after'), { dryRun: true });
      return pod.spec?.containers[0]?.securityContext === undefined;
    });
  });

  it('whose label is changed has its next pod hardened as the new profile says', async () => {
    const namespace = await cluster().createNamespace('changing', { labels: { [profile]: 'baseline' } });
    await cluster().createPod(namespace, plainPod('before'));
    await cluster().changeNamespace(namespace, { labels: { [profile]: 'restricted' } });
    await until('the webhook has heard of the change', async () =>
      isHardened((await cluster().createPod(namespace, plainPod('after'), { dryRun: true })).pod),
    );
  });

  it('of the profile `baseline` has its pods given a seccomp profile only', async () => {
    const namespace = await cluster().createNamespace('modest', { labels: { [profile]: 'baseline' } });
    const { pod } = await cluster().createPod(namespace, plainPod('app'));
    expect(pod.spec?.securityContext).to.deep.equal({ seccompProfile: { type: 'RuntimeDefault' } });
    expect(pod.spec?.containers[0]).not.to.have.property('securityContext');
  });

  it('of the profile `privileged` has its pods left alone', async () => {
    const namespace = await cluster().createNamespace('free', { labels: { [profile]: 'privileged' } });
    const { pod } = await cluster().createPod(namespace, plainPod('app'));
    expect(pod.spec?.securityContext).to.deep.equal({});
    expect(pod.metadata).not.to.have.property('annotations');
  });

  it('in mode `audit` has its pods left alone, and nobody is told', async () => {
    const { pod, warnings } = await createIn({ 'pod-hardener.io/mode': 'audit' });
    expect(pod.spec?.containers[0]).not.to.have.property('securityContext');
    expect(warnings).to.deep.equal([]);
  });

  it('in mode `warn` has its pods left alone, and the client is told', async () => {
    const { pod, warnings } = await createIn({ 'pod-hardener.io/mode': 'warn' });
    expect(pod.spec?.containers[0]).not.to.have.property('securityContext');
    for (const field of ['seccompProfile', 'runAsNonRoot', 'allowPrivilegeEscalation', 'capabilities']) {
      expect(warnings.join('\n')).to.include(field);
    }
  });

  it('may give identities to those who have none', async () => {
    const { pod } = await createIn({
      'pod-hardener.io/run-as-user': '1000',
      'pod-hardener.io/run-as-group': '3000',
      'pod-hardener.io/fs-group': '2000',
      'pod-hardener.io/supplemental-groups': '5000, 5001',
    });
    expect(pod.spec?.securityContext).to.deep.equal({
      fsGroup: 2000,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
      supplementalGroups: [5000, 5001],
    });
    expect(pod.spec?.containers[0]?.securityContext).to.deep.equal({ ...hardened, runAsUser: 1000, runAsGroup: 3000 });
  });

  it('may leave a control out, and only try another', async () => {
    const { pod } = await createIn({ 'pod-hardener.io/controls': '-runAsNonRoot, capabilities=audit' });
    expect(pod.spec?.containers[0]?.securityContext).to.deep.equal({ allowPrivilegeEscalation: false });
  });

  for (const overrides of ['forbidden', 'allowed'] as const) {
    it(`in which overrides are ${overrides} treats a pod that asks for less accordingly`, async () => {
      const annotations = { 'pod-hardener.io/pod-overrides': overrides };
      const namespace = await cluster().createNamespace('team', { labels: optedIn, annotations });
      const asking = plainPod('app', {}, { 'pod-hardener.io/controls': '-runAsNonRoot' });
      const { pod } = await cluster().createPod(namespace, asking);
      const { runAsNonRoot, ...others } = hardened;
      expect(pod.spec?.containers[0]?.securityContext).to.deep.equal({
        ...others,
        ...(overrides === 'forbidden' && { runAsNonRoot }),
      });
    });
  }

  it('with a misspelt profile has its pods hardened as `restricted` says, and the client is told', async () => {
    const namespace = await cluster().createNamespace('typo', { labels: { [profile]: 'restrcited', ...enforced } });
    const { message, pod, warnings } = await cluster().createPod(namespace, plainPod('app'));
    expect(message).to.equal('');
    expect(isHardened(pod)).to.equal(true);
    expectWarning(warnings, profile, '"restrcited"', '"restricted"');
  });

  const typos: readonly { key: string; value: string; said?: string; nearest: string }[] = [
    { key: 'seccomp-profile', value: 'RuntimeDefualt', nearest: 'RuntimeDefault' },
    { key: 'run-as-user', value: 'root', nearest: '1' },
    { key: 'run-as-group', value: '-5', nearest: '1' },
    { key: 'fs-group', value: '99999999999', nearest: '2147483647' },
    { key: 'supplemental-groups', value: 'wheel', nearest: '1' },
    { key: 'controls', value: '-runAsNonRot', said: '"runAsNonRot"', nearest: '"runAsNonRoot"' },
    { key: 'profile-version', value: '1.36', nearest: 'v1.36' },
    { key: 'pod-overrides', value: 'alowed', nearest: '"allowed"' },
    { key: 'writable-paths', value: 'tmp', nearest: 'absolute path' },
  ];

  for (const { key, value, said = value, nearest } of typos) {
    it(`with the bad value \`${value}\` of ${key} has its pods hardened all the same, and the client is told`, async () => {
      const { pod, warnings } = await createIn({ [`pod-hardener.io/${key}`]: value }, enforced);
      expect(pod.spec?.securityContext).to.deep.equal({ seccompProfile: { type: 'RuntimeDefault' } });
      expect(pod.spec?.containers[0]?.securityContext).to.deep.equal(hardened);
      expectWarning(warnings, `pod-hardener.io/${key}`, said, nearest);
    });
  }

  it('with an unknown key of ours has its pods hardened all the same, and the client is told', async () => {
    const { pod, warnings } = await createIn({ 'pod-hardener.io/mod': 'fill' }, enforced);
    expect(isHardened(pod)).to.equal(true);
    expectWarning(warnings, 'pod-hardener.io/mod', '"mode"');
  });

  it('with a misspelt mode has its pods left alone: a typo does not do more than was dared', async () => {
    const { pod, warnings } = await createIn({ 'pod-hardener.io/mode': 'wran' });
    expect(pod.spec?.containers[0]).not.to.have.property('securityContext');
    expectWarning(warnings, 'pod-hardener.io/mode', '"wran"', '"warn"');
  });

  it('with no more than the annotation is never sent to the webhook, which says so', async () => {
    const { pod_hardener_unrouted_namespaces: before = 0 } = await webhook.series('pod_hardener_unrouted');
    const namespace = await cluster().createNamespace('unrouted', { annotations: { [profile]: 'restricted' } });
    const { pod } = await cluster().createPod(namespace, plainPod('app'));
    expect(pod.spec?.containers[0]).not.to.have.property('securityContext');
    await until('the gauge counts it', async () => {
      const { pod_hardener_unrouted_namespaces: now = 0 } = await webhook.series('pod_hardener_unrouted');
      return now === before + 1;
    });
    await until('the log names it', () => webhook.process.output().includes(namespace));
  });
});

describe('an installation that routes every namespace', () => {
  let webhook: Webhook;

  before(async () => {
    const [{ namespaceSelector }] = (await webhookManifest()).webhooks;
    const { matchExpressions } = namespaceSelector as { matchExpressions: { key: string }[] };
    const others = matchExpressions.filter(({ key }) => key !== profile);
    const overrides = { namespaceSelector: { matchExpressions: others } };
    webhook = await startWebhook(cluster(), { args: ['--opt-in', 'annotation'], overrides });
  });

  after(() => webhook.close());

  it('hardens the pods of a namespace with the annotation', async () => {
    const meta = { labels: enforced, annotations: { [profile]: 'restricted' } };
    const namespace = await cluster().createNamespace('annotated', meta);
    const { message, pod } = await cluster().createPod(namespace, plainPod('app'));
    expect(message).to.equal('');
    expect(isHardened(pod)).to.equal(true);
  });

  it('leaves the pods of a namespace without it alone, and counts them', async () => {
    const series = 'pod_hardener_admission_requests_total';
    const labels = '{dry_run="false",operation="create",outcome="not_opted_in",resource="pods"}';
    const before = (await webhook.series(series))[series + labels] ?? 0;
    const namespace = await cluster().createNamespace('plain');
    const { pod } = await cluster().createPod(namespace, plainPod('app'));
    expect(pod.spec?.containers[0]).not.to.have.property('securityContext');
    expect((await webhook.series(series))[series + labels]).to.equal(before + 1);
  });

  it('forgets a namespace whose annotation is removed', async () => {
    const namespace = await cluster().createNamespace('former', { annotations: { [profile]: 'restricted' } });
    expect(isHardened((await cluster().createPod(namespace, plainPod('app'), { dryRun: true })).pod)).to.equal(true);
    await cluster().changeNamespace(namespace, { annotations: { [profile]: null } });
    await until('its pods are left alone', async () => {
      const { pod } = await cluster().createPod(namespace, plainPod('app'), { dryRun: true });
      return pod.spec?.containers[0]?.securityContext === undefined;
    });
  });
});

function isHardened({ spec }: PodAnswer['pod']): boolean {
  return spec?.containers[0]?.securityContext?.allowPrivilegeEscalation === false;
}

/** The API server takes 100 ms to admit the first pod of a namespace, which would give the webhook a head start. */
async function createWarmNamespace(): Promise<string> {
  const namespace = await cluster().createNamespace('race');
  await cluster().createPod(namespace, plainPod('warm-up'), { dryRun: true });
  return namespace;
}

async function wasNotAsked({ auditId }: PodAnswer): Promise<boolean> {
  const { annotations = {} } = await cluster().auditEvent(auditId);
  return !Object.keys(annotations).some((key) => key.includes('webhook'));
}

async function createIn(annotations: Record<string, string>, labels: Record<string, string> = {}): Promise<PodAnswer> {
  const namespace = await cluster().createNamespace('team', { labels: { ...optedIn, ...labels }, annotations });
  const answer = await cluster().createPod(namespace, plainPod('app'));
  expect(answer.message).to.equal('');
  return answer;
}

/** One of the warnings has all the words. */
function expectWarning(warnings: readonly string[], ...words: string[]): void {
  const found = warnings.some((warning) => words.every((word) => warning.includes(word)));
  expect(found, `${words.join(', ')} in ${JSON.stringify(warnings)}`).to.equal(true);
  for (const warning of warnings) expect(warning).to.have.length.at.most(120);
}
