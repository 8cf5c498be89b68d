import { expect } from 'chai';
import { cluster, optedIn } from './cluster.ts';
import { container, plainPod, rayWorker } from './pods.ts';
import { nonZero, type Series } from './prometheus.ts';
import { startWebhook, type Webhook } from './webhook.ts';

describe('the metrics', () => {
  let webhook: Webhook;

  before(async () => {
    webhook = await startWebhook(cluster());
  });

  after(() => webhook.close());

  it('are all there before anything happened, and 0', async () => {
    const requests = await webhook.series('pod_hardener_admission_requests_total');
    const key = (outcome: string) =>
      `pod_hardener_admission_requests_total{dry_run="false",operation="create",outcome="${outcome}",resource="pods"}`;
    for (const outcome of ['filled', 'unchanged', 'would_fill', 'not_opted_in', 'failed']) {
      expect(requests[key(outcome)]).to.equal(0);
    }
    const left = 'pod_hardener_fields_left_total{field="runAsNonRoot",reason="runs-as-root"}';
    expect((await webhook.series('pod_hardener_fields_left_total'))[left]).to.equal(0);
  });

  it('give the numbers of what was created, and of nothing else', async () => {
    const team = await cluster().createNamespace('team', { labels: optedIn });
    const trial = await cluster().createNamespace('trial', {
      labels: optedIn,
      annotations: { 'pod-hardener.io/mode': 'audit', 'pod-hardener.io/mod': 'fill' },
    });
    const root = plainPod('root', { containers: [container('root', { securityContext: { privileged: true } })] });
    const user = plainPod('user', {
      containers: [container('app', { securityContext: { runAsUser: 0, allowPrivilegeEscalation: true } })],
    });
    await create(team, plainPod('first'), plainPod('second'), rayWorker(), root, user);
    await create(trial, plainPod('first'));
    await cluster().createPod(team, plainPod('rehearsal'), { dryRun: true });
    await debug(team, 'first');
    await create(await cluster().createNamespace('plain'), plainPod('elsewhere'));

    const all = await webhook.series('pod_hardener_');
    expect(of(all, 'admission_requests_total', 'dry_run="false"')).to.deep.equal({
      '{dry_run="false",operation="create",outcome="filled",resource="pods"}': 5,
      '{dry_run="false",operation="create",outcome="would_fill",resource="pods"}': 1,
      '{dry_run="false",operation="update",outcome="filled",resource="ephemeralcontainers"}': 1,
    });
    // seccompProfile for five pods; the rest for the containers of two plain pods and of the worker, and for `debugger`.
    expect(of(all, 'fields_filled_total')).to.deep.equal({
      '{field="allowPrivilegeEscalation",profile="restricted",scope="container"}': 3,
      '{field="allowPrivilegeEscalation",profile="restricted",scope="ephemeral_container"}': 1,
      '{field="allowPrivilegeEscalation",profile="restricted",scope="init_container"}': 1,
      '{field="capabilities",profile="restricted",scope="container"}': 3,
      '{field="capabilities",profile="restricted",scope="ephemeral_container"}': 1,
      '{field="capabilities",profile="restricted",scope="init_container"}': 1,
      '{field="runAsNonRoot",profile="restricted",scope="container"}': 3,
      '{field="runAsNonRoot",profile="restricted",scope="ephemeral_container"}': 1,
      '{field="runAsNonRoot",profile="restricted",scope="init_container"}': 1,
      '{field="seccompProfile",profile="restricted",scope="pod"}': 5,
    });
    expect(of(all, 'fields_would_fill_total')).to.deep.equal({
      '{field="allowPrivilegeEscalation",profile="restricted",scope="container"}': 1,
      '{field="capabilities",profile="restricted",scope="container"}': 1,
      '{field="runAsNonRoot",profile="restricted",scope="container"}': 1,
      '{field="seccompProfile",profile="restricted",scope="pod"}': 1,
    });
    expect(of(all, 'fields_left_total')).to.deep.equal({
      '{field="allowPrivilegeEscalation",reason="privileged"}': 1,
      '{field="allowPrivilegeEscalation",reason="set-by-author"}': 1,
      '{field="capabilities",reason="privileged"}': 1,
      '{field="capabilities",reason="runs-as-root"}': 1,
      '{field="runAsNonRoot",reason="privileged"}': 1,
      '{field="runAsNonRoot",reason="runs-as-root"}': 1,
    });
    expect(of(all, 'namespace_fields_filled_total')).to.deep.equal({
      [`{field="allowPrivilegeEscalation",resource_namespace="${team}"}`]: 5,
      [`{field="capabilities",resource_namespace="${team}"}`]: 5,
      [`{field="runAsNonRoot",resource_namespace="${team}"}`]: 5,
      [`{field="seccompProfile",resource_namespace="${team}"}`]: 5,
    });
    expect(of(all, 'policy_problems_total')).to.deep.equal({ '{key="_unknown"}': 1 });
    expect(of(all, 'errors_total')).to.deep.equal({});
    expect(of(all, 'admission_requests_in_flight')).to.deep.equal({});
    expect(of(all, 'namespace_cache_synced')).to.deep.equal({ '': 1 });
  });

  it('count what a shadow profile would do otherwise, while the pod, its warnings and its counters stay as they are', async () => {
    const others = { 'pod-hardener.io/controls': '-capabilities' };
    const shadowed = { ...others, 'pod-hardener.io/shadow-profile': 'hardened@v1.30' };
    const without = await cluster().createNamespace('without', { labels: optedIn, annotations: others });
    const team = await cluster().createNamespace('team', { labels: optedIn, annotations: shadowed });
    const before = await webhook.series('pod_hardener_');
    const [expected, actual] = [
      await cluster().createPod(without, plainPod('first')),
      await cluster().createPod(team, plainPod('first')),
    ];
    expect([actual.status, actual.warnings]).to.deep.equal([201, expected.warnings]);
    const shapeOf = ({ pod }: typeof actual) => [
      pod.spec?.securityContext,
      pod.spec?.containers.map(({ securityContext }) => securityContext),
      pod.spec?.containers.map(({ volumeMounts }) => volumeMounts?.length),
      pod.metadata?.annotations,
    ];
    expect(shapeOf(actual)).to.deep.equal(shapeOf(expected));
    await cluster().createPod(team, plainPod('rehearsal'), { dryRun: true });

    const after = await webhook.series('pod_hardener_');
    const grown = Object.entries(after).filter(
      ([key, value]) => key.includes('_shadow_') && value !== (before[key] ?? 0),
    );
    expect(Object.fromEntries(grown)).to.deep.equal({
      'pod_hardener_shadow_decisions_total{difference="fills",profile="restricted",shadow_profile="hardened"}': 1,
      'pod_hardener_shadow_fields_total{difference="only_shadow",field="readOnlyRootFilesystem"}': 1,
    });
    const lines = webhook.process
      .output()
      .split('\n')
      .filter((line) => line.includes('"shadow":'));
    expect(lines).to.have.length(2);
    expect(JSON.parse(lines[0] ?? '')).to.deep.include({
      namespace: team,
      dryRun: false,
      shadow: {
        profile: 'hardened',
        version: 'v1.30',
        difference: 'fills',
        onlyShadow: ['app/readOnlyRootFilesystem'],
        levelAfter: 'baseline',
      },
    });
  });

  it('count the dry runs, and nothing that follows from them', async () => {
    const before = await webhook.series('pod_hardener_');
    const team = await cluster().createNamespace('team', { labels: optedIn });
    await cluster().createPod(team, plainPod('rehearsal'), { dryRun: true });
    const after = await webhook.series('pod_hardener_');
    const changed = Object.keys(after).filter((key) => key.includes('_total') && after[key] !== before[key]);
    const labels = '{dry_run="true",operation="create",outcome="filled",resource="pods"}';
    expect(changed).to.deep.equal([`pod_hardener_admission_requests_total${labels}`]);
  });
});

async function create(namespace: string, ...pods: Parameters<ReturnType<typeof cluster>['createPod']>[1][]) {
  for (const pod of pods) {
    const { message } = await cluster().createPod(namespace, pod);
    expect(message).to.equal('');
  }
}

async function debug(namespace: string, pod: string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/ephemeralcontainers`;
  const body = { spec: { ephemeralContainers: [{ name: 'debugger', image: 'registry.example/debug:1' }] } };
  const contentType = 'application/strategic-merge-patch+json';
  expect((await cluster().api.request('PATCH', path, body, { contentType })).status).to.equal(200);
}

/** The labels and numbers of one metric: of those series that are not 0 and have the label, if one is given. */
function of(all: Series, name: string, label = ''): Record<string, number> {
  const prefix = `pod_hardener_${name}`;
  const own = Object.entries(nonZero(all)).filter(([key]) => key === prefix || key.startsWith(`${prefix}{`));
  return Object.fromEntries(
    own.filter(([key]) => key.includes(label)).map(([key, n]) => [key.slice(prefix.length), n]),
  );
}
