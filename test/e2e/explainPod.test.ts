import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { cluster, expectSuccess, mergePatch, optedIn } from './cluster.ts';
import { users } from './controlPlane.ts';
import { container, plainPod } from './pods.ts';
import { program } from './program.ts';
import { createKubectl } from './tools.ts';
import { startWebhook, type Webhook } from './webhook.ts';

describe('explain pod/NAME in a cluster', () => {
  let webhook: Webhook;
  let namespace: string;
  let kubeconfig: string;

  before(async () => {
    kubeconfig = await cluster().kubeconfig(users.admin.token);
    namespace = await cluster().createNamespace('team', { labels: optedIn });
    expectSuccess(await cluster().createPod(namespace, plainPod('early')));
    webhook = await startWebhook(cluster());
    const weak = container('side', { securityContext: { allowPrivilegeEscalation: true, runAsNonRoot: true } });
    expectSuccess(await cluster().createPod(namespace, plainPod('web', { containers: [container('app'), weak] })));
    await refuseAsKubelet('web');
  });

  after(() => webhook.close());

  /** Writes into the pod's status what a kubelet says of an image that runs as root. */
  async function refuseAsKubelet(pod: string): Promise<void> {
    const message = `container has runAsNonRoot and image will run as root (pod: "${pod}_${namespace}(1)", container: app)`;
    const state = { waiting: { reason: 'CreateContainerConfigError', message } };
    const shared = { ready: false, restartCount: 0, image: 'registry.example/app:1', imageID: '' };
    const containerStatuses = [{ name: 'app', ...shared, state }];
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/status`;
    expectSuccess(
      await cluster().api.request('PATCH', path, { status: { phase: 'Pending', containerStatuses } }, mergePatch),
    );
  }

  async function explain(args: readonly string[], stdin = '') {
    const child = spawn(process.execPath, [program, 'explain', ...args]);
    child.stdin.end(stdin);
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [out, said, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { out, said, status };
  }

  const inCluster = (name: string, ...args: readonly string[]) =>
    explain([name, '-n', namespace, '--kubeconfig', kubeconfig, ...args]);

  it('tells what was filled, what was left and why, and what the kubelet refuses because of it', async () => {
    const { out, said, status } = await inCluster('pod/web');
    expect({ said, status }).to.deep.equal({ said: '', status: 0 });
    expect(
      out.replaceAll(namespace, 'TEAM').replace(/restricted, version.*\n( {6}.*\n)?/, 'POLICY\n'),
    ).to.equal(`Pod web in the namespace TEAM

  Policy
    POLICY

  Level
    baseline as it was written, baseline as it is
    in its way: allowPrivilegeEscalation != false (container "side" must set
      securityContext.allowPrivilegeEscalation=false)

  The pod
    seccompProfile            {type: RuntimeDefault}  filled by pod-hardener

  Container app
    runAsNonRoot              true                    filled by pod-hardener
    allowPrivilegeEscalation  false                   filled by pod-hardener
    capabilities              {drop: [ALL]}           filled by pod-hardener

  Container side
    runAsNonRoot              true                    set by others
    allowPrivilegeEscalation  true                    left: set-by-author
    capabilities              {drop: [ALL]}           filled by pod-hardener

  Left, and why
    set-by-author: side/allowPrivilegeEscalation
      Its author set a weaker value, here or in an annotation from before the
      field existed. Take the value out where it is written, so that it is
      filled, or write a stronger one.

  What is wrong
    app: CreateContainerConfigError: container has runAsNonRoot and image will
      run as root (pod: "web_TEAM(1)", container: app)
      Because of runAsNonRoot, which was filled. Name a user that the image can
      run as: runAsUser on the container, or on the namespace
      pod-hardener.io/run-as-user or, with the component evidence,
      pod-hardener.io/root-images.
      To have it run with the field:
        kubectl annotate namespace TEAM --overwrite \\
          pod-hardener.io/run-as-user=UID
      To have pods created without the field:
        kubectl annotate namespace TEAM --overwrite \\
          pod-hardener.io/controls=-runAsNonRoot

  Note
    What is "set by others" is so by its author, or by another webhook.
    What is "filled" is what the annotation pod-hardener.io/filled says and the
      pod bears out. Whoever creates a pod can write that annotation, too.
`);
  });

  it('gives commands that help: the next pod starts with the user, or without the field', async () => {
    const { results } = JSON.parse((await inCluster('pod/web', '-o', 'json')).out);
    const { keep, spare } = results[0].breaks[0].wayOut;
    const kubectl = await createKubectl(cluster());
    const follow = async (command: string) => {
      await kubectl(command.replace('UID', '1000').split(' ').slice(1));
      const pod = (await cluster().createPod(namespace, plainPod('next'), { dryRun: true })).pod;
      return pod.spec?.containers[0]?.securityContext;
    };
    const rest = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
    expect(await follow(keep)).to.deep.equal({ ...rest, runAsNonRoot: true, runAsUser: 1000 });
    expect(await follow(spare)).to.deep.equal({ ...rest, runAsUser: 1000 });
    await cluster().changeNamespace(namespace, {
      annotations: { 'pod-hardener.io/run-as-user': null, 'pod-hardener.io/controls': null },
    });
  });

  it('tells that a pod was there before anybody filled it', async () => {
    const { out } = await inCluster('pod/early');
    expect(out).to.include('    runAsNonRoot              unset  would be true\n');
    expect(out).to.match(
      / {2}Note\n {4}What is unset would be filled now, and was not when the pod was created: its\n/,
    );
  });

  it('tells the same of a pod that kubectl has printed', async () => {
    const kubectl = await createKubectl(cluster());
    const yaml = await kubectl(['get', 'pod', 'web', `--namespace=${namespace}`, '--output=yaml']);
    const { out, status } = await explain(['pod', '-f', '-', '-p', 'restricted'], yaml);
    expect(status).to.equal(0);
    expect(out).to.include('    runAsNonRoot              true                    filled by pod-hardener\n');
    expect(out).to.include('    baseline as it was written, baseline as it is\n');
  });

  it('says which pod may be meant when there is none of that name', async () => {
    expect(await inCluster('pod/wep')).to.deep.equal({
      out: '',
      said: `error: there is no pod "wep" in the namespace ${namespace}; did you mean "web"?\n`,
      status: 2,
    });
    expect(await explain(['pod/web', '-n', 'nowhere', '--kubeconfig', kubeconfig])).to.deep.equal({
      out: '',
      said: 'error: there is no namespace nowhere, so there is no pod "web"\n',
      status: 2,
    });
  });

  it('says what its user may not read, and explains the rest', async () => {
    const stranger = await cluster().kubeconfig(users.podHardener.token);
    expect(await explain(['pod/web', '-n', namespace, '--kubeconfig', stranger])).to.deep.equal({
      out: '',
      said: `error: you may not get pods in the namespace ${namespace}\n`,
      status: 2,
    });
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
    const metadata = { name: 'developer' };
    await cluster().api.request('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata });
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
    await cluster().apply(`${rbac}/roles`, { metadata, ...{ rules } });
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'developer' };
    const subjects = [{ kind: 'ServiceAccount', name: 'developer', namespace }];
    await cluster().apply(`${rbac}/rolebindings`, { metadata, ...{ roleRef, subjects } });
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/developer/token`;
    const { body } = await cluster().api.request('POST', path, { spec: {} });
    const { token } = body.status as unknown as { token: string };
    const developer = await cluster().kubeconfig(token);
    const { out, said, status } = await explain(['pod/web', '-n', namespace, '--kubeconfig', developer]);
    expect({ said, status }).to.deep.equal({ said: '', status: 0 });
    expect(out.replace(/\s+/g, ' ')).to.include(
      `Policy none: you may not read the namespace ${namespace}, so its policy is not known`,
    );
    expect(out).to.include('filled by pod-hardener');
  });
});
