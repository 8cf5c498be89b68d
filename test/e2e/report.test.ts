import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { V1PodSpec } from '@kubernetes/client-node';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { memoryOf } from '../../scripts/processFigures.ts';
import { writeKubeconfig } from '../kubernetes/fakeApiServer.ts';
import { startFakeCluster } from '../kubernetes/fakeCluster.ts';
import { cluster, enforced, optedIn } from './cluster.ts';
import { users } from './controlPlane.ts';
import { container } from './pods.ts';
import { policyReportDefinitions } from './policyReportDefinitions.ts';
import { program } from './program.ts';
import { serviceAccountToken } from './rights.ts';
import { createTeam, type Made, refusedFor, runningAs, type Team } from './team.ts';
import { createKubectl, type Tool } from './tools.ts';
import { startWebhook, type Webhook } from './webhook.ts';

interface Run {
  readonly out: string;
  readonly said: readonly string[];
  readonly status: number | null;
  readonly seconds: number;
  /** The most memory that it had, in MiB. */
  readonly memory: number;
}

const apps = '/apis/apps/v1';
const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [container('app')] } };
const workload = { selector: { matchLabels: { app: 'a' } }, template };
const passing: Partial<V1PodSpec> = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    container('app', { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }),
  ],
};

async function report(kubeconfig: string, ...args: readonly string[]): Promise<Run> {
  return run([], kubeconfig, args);
}

async function run(node: readonly string[], kubeconfig: string, args: readonly string[]): Promise<Run> {
  const started = performance.now();
  const child = spawn(process.execPath, [...node, program, 'report', '--kubeconfig', kubeconfig, ...args]);
  let memory = 0;
  const look = setInterval(() => {
    // There is none once it has ended.
    memory = Math.max(memory, memoryOf(child.pid).most || 0);
  }, 20);
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  const [out, said, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  clearInterval(look);
  return { out, said: said.split('\n').filter(Boolean), status, seconds: (performance.now() - started) / 1000, memory };
}

async function deployment(team: Team, name: string) {
  const made = await team.make(`${apps}/deployments`, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: workload,
  });
  const metadata = { name: `${name}-5d9c` };
  return team.make(
    `${apps}/replicasets`,
    { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata, spec: workload },
    made,
  );
}

async function teamOfAll(): Promise<Team> {
  const team = await createTeam('mixed', { labels: optedIn });
  const web = await deployment(team, 'web');
  for (const pod of ['a', 'b', 'c']) await team.pod(`web-5d9c-${pod}`, web, {}, runningAs(0));
  await team.pod(
    'api-5d9c-a',
    await deployment(team, 'api'),
    { containers: [container('app', { image: 'registry.example/api:1' })] },
    runningAs(1000),
  );
  const agent = await team.make(`${apps}/daemonsets`, {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent' },
    spec: workload,
  });
  await team.pod('agent-a', agent, { hostNetwork: true }, runningAs(0));
  const spec = {
    schedule: '* * * * *',
    jobTemplate: { spec: { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } } },
  };
  const nightly = await team.make('/apis/batch/v1/cronjobs', {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'nightly' },
    spec,
  });
  const job = await team.make(
    '/apis/batch/v1/jobs',
    { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'nightly-1' }, spec: spec.jobTemplate.spec },
    nightly,
  );
  await team.pod('nightly-1-a', job, passing, { phase: 'Succeeded' });
  await team.pod(
    'named',
    undefined,
    { containers: [container('app', { image: 'registry.example/named:1' })] },
    refusedFor('container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root'),
  );
  return team;
}

describe('report', () => {
  let kubeconfig: string;
  let kubectl: Tool;
  let mixed: Team;

  before(async function () {
    this.timeout(900_000);
    kubeconfig = await cluster().kubeconfig(users.admin.token);
    kubectl = await createKubectl(cluster());
    mixed = await teamOfAll();
  });

  it('names what is in the way, and whose pods those are', async () => {
    const { out, said, status } = await report(kubeconfig, '-n', mixed.name, '-o', 'json');
    const [namespace] = JSON.parse(out).namespaces;
    expect(namespace.line).to.equal(
      'restricted: 7 pods, 6 would change, 1 stays short (ds/agent), 3 run as uid 0 (deploy/web), ' +
        '1 uses an image that names its user (pod/named)',
    );
    expect(
      namespace.workloads.map(({ kind, name, pods, standing }: Record<string, unknown>) => [
        kind,
        name,
        pods,
        standing,
      ]),
    ).to.deep.equal([
      ['DaemonSet', 'agent', 1, 'short'],
      ['Deployment', 'web', 3, 'image'],
      ['Pod', 'named', 1, 'image'],
      ['Deployment', 'api', 1, 'filled'],
      ['CronJob', 'nightly', 1, 'passes'],
    ]);
    expect(JSON.parse(out).kubernetes).to.match(/^v1\.\d+$/);
    expect(said).to.have.lengthOf(1);
    expect(status).to.equal(1);
  });

  it('looks at all namespaces, and not into those of the cluster itself', async () => {
    const { out } = await report(kubeconfig, '-o', 'json', '--fail-on', 'never');
    const { namespaces, skipped } = JSON.parse(out);
    const names = namespaces.map(({ name }: { name: string }) => name);
    expect(names).to.include(mixed.name).and.not.include('kube-system');
    expect(skipped.map(({ name }: { name: string }) => name)).to.include('kube-system');
  });

  it('agrees with the API server on what is refused where the level is enforced, word for word', async () => {
    const { out } = await report(kubeconfig, '-n', mixed.name, '-o', 'json');
    const [{ workloads }] = JSON.parse(out).namespaces;
    const strict = await createTeam('strict', { labels: enforced });
    const again = { metadata: { name: 'agent-a' }, spec: { containers: [container('app')], hostNetwork: true } };
    const refused = await cluster().createPod(strict.name, again, { dryRun: true });
    expect(refused.message).to.contain(workloads[0].shapes[0].before.message);
  });

  it('tells the truth: what it calls ready with fills runs on where its commands were typed', async () => {
    const team = await createTeam('fills');
    const spec = { containers: [container('app', { image: 'registry.example/own:1' })] };
    await team.pod('web-5d9c-a', await deployment(team, 'web'), spec, runningAs(1000));
    const { out, status } = await report(kubeconfig, '-n', team.name, '-o', 'json');
    const [{ verdict, steps }] = JSON.parse(out).namespaces;
    expect([verdict, status]).to.deep.equal(['ready with fills', 0]);
    const webhook: Webhook = await startWebhook(cluster());
    try {
      for (const step of steps) await kubectl(step.split(' ').slice(1));
      const again = { metadata: { name: 'again' }, spec };
      const { status, message } = await cluster().createPod(team.name, again);
      expect([status, message]).to.deep.equal([201, '']);
    } finally {
      await webhook.close();
    }
    const after = JSON.parse((await report(kubeconfig, '-n', team.name, '-o', 'json')).out).namespaces[0];
    expect([after.verdict, after.filledBefore, after.steps]).to.deep.equal(['ready with fills', 1, []]);
  });

  it('gives a namespaced reader what that may read, and says what is missing', async () => {
    const reader = await readerIn(mixed.name, ['pods']);
    const all = await report(reader);
    expect(all.said).to.deep.equal([
      'error: you must not list namespaces: name those that you may read with -n',
      'error: you must not list the pods of all namespaces: name those that you may read with -n',
    ]);
    expect([all.out, all.status]).to.deep.equal(['', 2]);
    const own = await report(reader, '-n', mixed.name, '-o', 'json');
    expect(own.said.slice(0, -1).sort()).to.deep.equal(
      [
        ...['DaemonSet', 'Job', 'ReplicaSet'].map(
          (kind) =>
            `note: the ${kind}s that pods come from cannot be read, since that is not allowed: what made those is not known`,
        ),
        `note: you must not read the namespace ${mixed.name}: its own policy is not known`,
      ].sort(),
    );
    const [{ line }] = JSON.parse(own.out).namespaces;
    expect(line).to.contain('3 run as uid 0 (rs/web-5d9c)');
    expect(own.status).to.equal(1);
    const other = await report(reader, '-n', 'default');
    expect(other.said).to.include('error: you must not list the pods of the namespace default');
    expect(other.status).to.equal(2);
  });

  it('writes policy reports that an API server takes as they are, and of the newer kind where that is known', async () => {
    const [older, newer] = policyReportDefinitions.map((one) => stringify(one));
    for (const [definition, resource] of [
      [older, 'policyreports.wgpolicyk8s.io'],
      [newer, 'reports.openreports.io'],
    ] as const) {
      await kubectl(['apply', '-f', '-'], definition);
      await kubectl(['wait', '--for=condition=Established', `crd/${resource}`, '--timeout=30s']);
      const { out } = await report(kubeconfig, '-n', mixed.name, '-o', 'policyreport');
      const applied = await kubectl(['apply', '--validate=strict', '-f', '-'], out);
      expect(applied).to.equal(`${resource.replace(/s\./, '.')}/pod-hardener-readiness created\n`);
      const counts = await kubectl(['get', '-n', mixed.name, resource, '-o', 'jsonpath={.items[*].summary}']);
      expect(JSON.parse(counts)).to.deep.equal({ pass: 1, fail: 4, warn: 1, error: 0, skip: 0 });
    }
  });

  it('reads 5000 pods in less than ten seconds', async function () {
    this.timeout(300_000);
    const large = await createTeam('large');
    const owners: Made[] = [];
    for (let index = 0; index < 50; index++) owners.push(await deployment(large, `web-${index}`));
    const pods = Array.from({ length: 5000 }, (_, index) => ({
      name: `web-${index}`,
      owner: owners[index % owners.length],
    }));
    const create = async () => {
      for (let one = pods.pop(); one; one = pods.pop()) await large.pod(one.name, one.owner, {});
    };
    await Promise.all(Array.from({ length: 20 }, create));
    const { out, seconds, memory, status } = await report(kubeconfig, '-n', large.name, '-o', 'json');
    cluster().note(`report on 5000 pods of 50 Deployments: ${seconds.toFixed(1)} s, at most ${memory.toFixed(0)} MiB`);
    const [{ pods: counted, workloads }] = JSON.parse(out).namespaces;
    expect([counted, workloads.length, status]).to.deep.equal([5000, 50, 0]);
    expect(seconds).to.be.below(10);
  });

  it('reads 10000 pods in 200 namespaces with a heap that has no room for them', async function () {
    this.timeout(120_000);
    const { out, said, status, seconds, memory } = await reportOnMany(200, 50, 20_000);
    cluster().note(
      `report on 10000 pods of 20 kB in 200 namespaces: ${seconds.toFixed(1)} s, at most ${memory.toFixed(0)} MiB`,
    );
    expect(status, said.slice(-3).join('\n')).to.equal(0);
    expect(JSON.parse(out).namespaces.map(({ pods }: { pods: number }) => pods)).to.deep.equal(Array(200).fill(50));
  });
});

/** The kubeconfig of somebody who may list these resources in the namespace, and do nothing else. */
async function readerIn(namespace: string, resources: readonly string[]): Promise<string> {
  const { api } = cluster();
  await api.request('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'reader' } });
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  const rules = [{ apiGroups: [''], resources, verbs: ['get', 'list'] }];
  await api.request('POST', `${rbac}/roles`, { metadata: { name: 'reader' }, rules });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' };
  const subjects = [{ kind: 'ServiceAccount', name: 'reader', namespace }];
  await api.request('POST', `${rbac}/rolebindings`, { metadata: { name: 'reader' }, roleRef, subjects });
  return cluster().kubeconfig(await serviceAccountToken(api, namespace, 'reader'));
}

/** A report on so many namespaces with so many pods each, of so many bytes, which nobody has to create. */
async function reportOnMany(namespaces: number, pods: number, bytes: number): Promise<Run> {
  const fake = await startFakeCluster();
  const kubeconfig = await writeKubeconfig({ server: fake.url });
  try {
    const filler = 'x'.repeat(bytes / 2);
    const names = Array.from({ length: namespaces }, (_, index) => `team-${index}`);
    fake.put(
      '/api/v1',
      'namespaces',
      'Namespace',
      ...names.map((name) => ({ metadata: { name, uid: name, resourceVersion: '1' } })),
    );
    const owner = { apiVersion: 'example.org/v1', kind: 'Web', name: 'web', controller: true };
    for (const namespace of names) {
      const all = Array.from({ length: pods }, (_, index) => ({
        metadata: {
          name: `web-${index}`,
          namespace,
          ownerReferences: [owner],
          managedFields: [{ fieldsV1: filler }],
        },
        spec: { containers: [container('app', { env: [{ name: 'A', value: `${index}${filler}` }] })] },
        status: runningAs(1000),
      }));
      fake.put('/api/v1', 'pods', 'Pod', ...all);
    }
    return await run(['--max-old-space-size=128'], kubeconfig.file, ['-o', 'json']);
  } finally {
    await fake.close();
    await kubeconfig.remove();
  }
}
