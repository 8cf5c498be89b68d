import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { isKnownComplaint } from '../../scripts/monitoring/complaints.ts';
import { dashboardQueries } from '../../scripts/monitoring/dashboard.ts';
import { metricNotes } from '../../scripts/monitoring/metricNotes.ts';
import { prometheusProgram } from '../../scripts/prometheus.ts';
import { cluster, optedIn } from './cluster.ts';
import { container, plainPod } from './pods.ts';
import { type Answer, type PrometheusServer, startPrometheus } from './prometheusServer.ts';
import { until } from './until.ts';
import { startWebhook, type Webhook } from './webhook.ts';

/** What Grafana puts in the place of its variables when everything is chosen. */
const variables = {
  __range: '10m',
  __interval: '10m',
  __rate_interval: '10m',
  cluster: '.*',
  namespace: '.*',
  job: '.*',
};
const panels = dashboardQueries(variables);

describe('a real Prometheus', () => {
  let webhook: Webhook;
  let prometheus: PrometheusServer;
  let team: string;

  before(async function () {
    this.timeout(180_000);
    // An API server counts from its start on, and other tests have let pods slip through.
    await cluster().stopApiServer('SIGKILL');
    await cluster().startApiServer();
    webhook = await startWebhook(cluster());
    const started = await startPrometheus(cluster(), webhook.plainAddress);
    if (started === undefined) this.skip();
    prometheus = started;
    team = await cluster().createNamespace('team', { labels: optedIn });
    const annotations = {
      'pod-hardener.io/mode': 'audit',
      'pod-hardener.io/mod': 'fill',
      'pod-hardener.io/shadow-profile': 'hardened',
    };
    const trial = await cluster().createNamespace('trial', { labels: optedIn, annotations });
    const root = plainPod('root', { containers: [container('root', { securityContext: { privileged: true } })] });
    for (const pod of [plainPod('first'), plainPod('second'), root]) await create(team, pod);
    await create(trial, plainPod('first'));
    await cluster().createPod(team, plainPod('rehearsal'), { dryRun: true });
  });

  after(async () => {
    await prometheus?.stop();
    await webhook?.close();
  });

  /** What each query of the panel answers: the values of these labels, and the number, to the nearest whole one. */
  async function shown(title: string, ...labels: string[]): Promise<readonly (readonly (string | number)[])[]> {
    const queries = panels.filter((panel) => panel.title === title);
    expect(queries, title).to.have.length.above(0);
    const answers = await Promise.all(queries.map(({ expr }) => prometheus.ask(expr)));
    return answers
      .flatMap((series) =>
        series.map((one) => [...labels.map((label) => one.labels[label] ?? ''), Math.round(one.value)]),
      )
      .sort();
  }

  async function untilShown(title: string, labels: readonly string[], expected: readonly unknown[]): Promise<void> {
    let last: unknown;
    await until(title, async () => {
      last = await shown(title, ...labels);
      return JSON.stringify(last) === JSON.stringify(expected);
    }).catch(() => expect(last, title).to.deep.equal(expected));
  }

  it('likes the names of the metrics', async () => {
    const promtool = await prometheusProgram('promtool', process.env, () => {});
    const text = await (await fetch(`http://${webhook.plainAddress}/metrics`)).text();
    const running = promisify(execFile)(promtool, ['check', 'metrics']);
    running.child.stdin?.end(text);
    const { stdout, stderr } = await running.catch((error: { stdout: string; stderr: string }) => error);
    const complaints = `${stdout}${stderr}`.split('\n').filter((line) => line !== '' && !isKnownComplaint(line));
    expect(complaints).to.deep.equal([]);
  });

  it('shows in the dashboard what was created, and nothing else', async () => {
    await untilShown(
      'Fields filled, by profile',
      ['field', 'profile'],
      [
        ['allowPrivilegeEscalation', 'restricted', 2],
        ['capabilities', 'restricted', 2],
        ['runAsNonRoot', 'restricted', 2],
        ['seccompProfile', 'restricted', 3],
      ],
    );
    await untilShown(
      'Not filled because of the mode',
      ['field', 'profile'],
      [
        ['allowPrivilegeEscalation', 'restricted', 1],
        ['capabilities', 'restricted', 1],
        ['runAsNonRoot', 'restricted', 1],
        ['seccompProfile', 'restricted', 1],
      ],
    );
    // Its series began with the first pod, which counts all the same.
    await untilShown(
      'Namespaces that depend on it',
      ['resource_namespace', 'field'],
      [
        [team, 'allowPrivilegeEscalation', 2],
        [team, 'capabilities', 2],
        [team, 'runAsNonRoot', 2],
        [team, 'seccompProfile', 3],
      ],
    );
    await untilShown(
      'Pods by profile and level',
      ['profile', 'level_before', 'level_after'],
      [
        ['restricted', 'baseline', 'baseline', 1],
        ['restricted', 'baseline', 'restricted', 2],
        ['restricted', 'privileged', 'privileged', 1],
      ],
    );
    await untilShown(
      'Left, and why',
      ['field', 'reason'],
      [
        ['allowPrivilegeEscalation', 'privileged', 1],
        ['capabilities', 'privileged', 1],
        ['runAsNonRoot', 'privileged', 1],
      ],
    );
    // Its series, too, begin with the first pod.
    await untilShown(
      'Pods under a shadow profile',
      ['profile', 'shadow_profile', 'difference'],
      [['restricted', 'hardened', 'fills', 1]],
    );
    await untilShown(
      'Fields that a shadow profile fills otherwise',
      ['field', 'difference'],
      [['readOnlyRootFilesystem', 'only_shadow', 1]],
    );
    await untilShown('Policies that are not understood', ['key'], [['_unknown', 1]]);
    await untilShown('Reviews that failed', ['stage'], []);
  });

  it('shows in the dashboard that all is well', async () => {
    await untilShown('Replicas', [], [[1]]);
    await untilShown('Pods let through unfilled', [], [[0]]);
    await untilShown('Pods refused', [], [[0]]);
    await untilShown('API server trusts it', [], []);
    await untilShown('Namespaces with an annotation only', [], [[0]]);
    await untilShown('Certificates refused', [], [[0]]);
    const [[seconds = 0] = []] = await shown('Certificate expires in');
    expect(seconds).to.be.within(80_000, 86_400);
    const [replica = []] = await shown('Replicas and versions', 'instance', 'pod', 'version', 'node_version');
    expect(replica.slice(0, 4)).to.deep.equal([webhook.plainAddress, 'pod-hardener-1', '0.1.0', process.version]);
    const opted = await shown('Opted-in namespaces by profile', 'profile');
    const [[sum] = []] = await shown('Opted-in namespaces');
    expect(opted).to.deep.equal([['restricted', sum]]);
  });

  it('knows the metrics of the API server by the labels that we ask for', async () => {
    const answers = panels.filter(({ title }) => title.startsWith('Answers'));
    await until('both have a rate', async () => {
      // A rate is that of what happens between two scrapes.
      await cluster().createPod(team, plainPod('rehearsal'), { dryRun: true });
      const [ours, , theirs] = await Promise.all(answers.map(({ expr }) => prometheus.ask(expr)));
      return [ours, theirs].every((series) => (series?.[0]?.value ?? 0) > 0);
    });
  });

  it('fires no alert but the one for the key that there is none of', async () => {
    await until('it fires', async () => (await prometheus.firing()).includes('PodHardenerPolicyProblem'));
    expect(await prometheus.firing()).to.deep.equal(['PodHardenerPolicyProblem']);
  });

  it('answers every query of the dashboard and of docs/metrics.md', async () => {
    for (const { title, expr } of panels) cluster().note(`${title}: ${toText(await prometheus.ask(expr))}`);
    for (const { query } of Object.values(metricNotes)) await prometheus.ask(query);
  });

  it('tells of the very first pod that slips through', async () => {
    await webhook.process.stop('SIGKILL');
    const { status } = await cluster().createPod(team, plainPod('unfilled'));
    expect(status).to.equal(201);
    await until('the alert fires', async () => (await prometheus.firing()).includes('PodHardenerFailingOpen'));
    await untilShown('Pods let through unfilled', [], [[1]]);
    await untilShown('Replicas', [], [[0]]);
  });
});

async function create(namespace: string, pod: Parameters<ReturnType<typeof cluster>['createPod']>[1]): Promise<void> {
  const { message } = await cluster().createPod(namespace, pod);
  expect(message).to.equal('');
}

function toText(answers: readonly Answer[]): string {
  if (answers.length === 0) return '–';
  return answers
    .map(({ labels, value }) => `${Object.values(labels).join(' ')} ${Number(value.toPrecision(3))}`)
    .join(' | ');
}
