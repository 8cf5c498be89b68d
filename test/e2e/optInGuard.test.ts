import { expect } from 'chai';
import { openSite, type Site } from './site.ts';
import { until } from './until.ts';

const tenant = ['--as=tenant', '--as-group=tenants'];
const platform = ['--as=somebody', '--as-group=platform-team'];
const gitOps = ['--as=system:serviceaccount:argocd:argocd-application-controller'];

const refusal = /(labels|annotations) named pod-hardener\.io\/\* may only be changed by those who are bound to/;

/** What a tenant who may edit its namespace could try. */
const attempts = {
  'take the label away': ['label', 'namespace', 'team', 'pod-hardener.io/profile-'],
  'choose a weaker profile': ['label', 'namespace', 'team', 'pod-hardener.io/profile=privileged', '--overwrite'],
  'add a label of ours': ['label', 'namespace', 'team', 'pod-hardener.io/other=1'],
  'change an annotation': ['annotate', 'namespace', 'team', 'pod-hardener.io/mode=audit', '--overwrite'],
  'take an annotation away': ['annotate', 'namespace', 'team', 'pod-hardener.io/mode-'],
  'add an annotation': ['annotate', 'namespace', 'team', 'pod-hardener.io/controls=-runAsNonRoot'],
  'take all labels and annotations away': [
    ...['patch', 'namespace', 'team', '--type=merge', '--patch'],
    '{"metadata":{"labels":null,"annotations":null}}',
  ],
  'take the label away by way of the status': [
    ...['patch', 'namespace', 'team', '--subresource=status', '--type=merge', '--patch'],
    '{"metadata":{"labels":{"pod-hardener.io/profile":null}}}',
  ],
} as const;

describe('the component opt-in-guard', () => {
  let site: Site;

  before(async function () {
    this.timeout(900_000);
    site = await openSite();
    await site.apply([], '-k', await site.kustomization('default', 'opt-in-guard'));
    await site.kubectl(['create', '-f', '-'], people);
    await site.kubectl([
      ...['create', 'clusterrolebinding', 'platform-opt-in', '--clusterrole=pod-hardener-opt-in-editor'],
      '--group=platform-team',
    ]);
  });

  after(() => site?.stop());

  beforeEach(async () => {
    await site.kubectl(['create', '-f', '-', ...platform], namespace);
    await until('the guard is in force', async () =>
      isRefused(await run(attempts['take the label away'], tenant, 'server')),
    );
  });

  afterEach(async () => {
    await site.kubectl(['delete', 'namespace', 'team', '--wait=false']);
    await site.finishNamespace('team');
  });

  /** What kubectl says, good or bad. */
  async function run(args: readonly string[], as: readonly string[], dryRun = 'none'): Promise<string> {
    return site.kubectl([...args, `--dry-run=${dryRun}`, ...as]).catch((error: Error) => error.message);
  }

  const keysOf = async () => {
    const { body } = await site.api.request('GET', '/api/v1/namespaces/team');
    const { labels, annotations } = body.metadata as Record<'labels' | 'annotations', Record<string, string>>;
    return { label: labels['pod-hardener.io/profile'], mode: annotations['pod-hardener.io/mode'] };
  };

  for (const [what, args] of Object.entries(attempts)) {
    it(`keeps a tenant who may edit the namespace from trying to ${what}`, async () => {
      expect(await run(args, tenant)).to.match(refusal);
      expect(await keysOf()).to.deep.equal({ label: 'restricted', mode: 'warn' });
    });

    it(`lets those it names ${what}`, async () => {
      expect(await run(args, platform)).not.to.match(/rror|orbidden/);
    });
  }

  it('keeps a tenant from changing the label by way of finalize', async () => {
    const { body } = await site.api.request('GET', '/api/v1/namespaces/team');
    const metadata = { ...(body.metadata as object), labels: { 'kubernetes.io/metadata.name': 'team' } };
    const stripped = JSON.stringify({ ...body, metadata });
    const path = '/api/v1/namespaces/team/finalize';
    const said = await site.kubectl(['replace', '--raw', path, '-f', '-', ...tenant], stripped).catch(String);
    expect(said).to.match(refusal);
    expect((await keysOf()).label).to.equal('restricted');
  });

  it('lets the administrator of the cluster change everything', async () => {
    for (const args of Object.values(attempts)) expect(await run(args, [], 'server')).not.to.match(/rror|orbidden/);
  });

  it('lets a tenant change what is not ours, also where a namespace has no annotations', async () => {
    await site.kubectl(['create', 'namespace', 'bare']);
    for (const name of ['team', 'bare']) {
      expect(await run(['label', 'namespace', name, 'example.com/owner=a'], tenant)).to.equal(
        `namespace/${name} labeled\n`,
      );
      const said = await run(['annotate', 'namespace', name, 'example.com/note=b'], tenant);
      expect(said).to.equal(`namespace/${name} annotated\n`);
    }
  });

  it('does not let a tenant opt a namespace in that was made without the label', async () => {
    await site.kubectl(['create', 'namespace', 'plain']);
    expect(await run(['label', 'namespace', 'plain', 'pod-hardener.io/profile=baseline'], tenant)).to.match(refusal);
  });

  it('lets whoever may create namespaces choose what they are, and delete them', async () => {
    const made = namespace.replace('name: team', 'name: created');
    expect(await site.kubectl(['create', '-f', '-', ...gitOps], made)).to.equal('namespace/created created\n');
    const said = await site.kubectl(['delete', 'namespace', 'created', '--wait=false', ...gitOps]);
    expect(said).to.include('namespace "created" deleted');
  });

  it('counts no right that a tenant has inside its namespace', async () => {
    await site.kubectl([
      'create',
      'rolebinding',
      'owner',
      '-n',
      'team',
      '--clusterrole=cluster-admin',
      '--user=tenant',
    ]);
    expect(await run(attempts['take the label away'], tenant)).to.match(refusal);
  });
});

function isRefused(said: string): boolean {
  return refusal.test(said);
}

const namespace = `
apiVersion: v1
kind: Namespace
metadata:
  name: team
  labels:
    pod-hardener.io/profile: restricted
  annotations:
    pod-hardener.io/mode: warn
`;

/** Everybody here may do everything with namespaces. */
const people = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: namespace-editor
rules:
  - apiGroups: ['']
    resources: [namespaces, namespaces/status, namespaces/finalize]
    verbs: ['*']
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: namespace-editor
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: namespace-editor
subjects:
  - {apiGroup: rbac.authorization.k8s.io, kind: Group, name: tenants}
  - {apiGroup: rbac.authorization.k8s.io, kind: Group, name: platform-team}
  - {kind: ServiceAccount, namespace: argocd, name: argocd-application-controller}
`;
