import { expect } from 'chai';
import { commandsIn, pageOf } from '../docs/pages.ts';
import { cluster, enforced, expectSuccess, optedIn } from './cluster.ts';
import { users } from './controlPlane.ts';
import { container, plainPod } from './pods.ts';
import { program } from './program.ts';
import { createKubectl, run, type Tool } from './tools.ts';
import { until } from './until.ts';
import { configurations, startWebhook, type Webhook } from './webhook.ts';

/** What needs a kubelet. */
const needsNode = /^kubectl logs /;

const takesAway = /^kubectl delete /;

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [container('app')] } },
  },
};

/** Reports that end with 1 when they find something, which the tests of `report` run. */
const comparesOrFinds = /^pod-hardener report /;

for (const name of ['troubleshooting.md', 'rollout.md']) {
  describe(`the commands in docs/${name}, for kubectl and a cluster`, () => {
    // What takes the webhook away comes last, so that the others find it.
    const commands = commandsIn(pageOf(name))
      .filter((one) => !/ -f /.test(one) && !needsNode.test(one) && !comparesOrFinds.test(one))
      .toSorted((a, b) => Number(takesAway.test(a)) - Number(takesAway.test(b)));
    let webhook: Webhook;
    let kubectl: Tool;
    let kubeconfig: string;
    let namespace: string;

    before(async () => {
      webhook = await startWebhook(cluster());
      kubectl = await createKubectl(cluster());
      kubeconfig = await cluster().kubeconfig(users.admin.token);
      namespace = await cluster().createNamespace('team', { labels: optedIn });
      expectSuccess(await cluster().createPod(namespace, plainPod('web')));
      await kubectl(['apply', '-n', namespace, '-f', '-'], JSON.stringify(deployment));
    });

    after(() => webhook.close());

    it('are all known here', () => {
      expect(commands).to.have.length.above(10);
      expect(commands.filter((one) => !/^(kubectl|pod-hardener explain pod\/\w+) /.test(one))).to.deep.equal([]);
    });

    for (const command of commands) {
      it(command, async () => {
        const [called, ...args] = wordsOf(
          command.replaceAll('team-a', namespace).replace('rollout-wave', `wave-${name.length}`),
        );
        const printed = await until(
          'the command succeeds',
          () =>
            called === 'kubectl'
              ? kubectl(args)
              : run(process.execPath, [program, ...args, '--kubeconfig', kubeconfig]),
          // Of one Deployment, kubectl starts no second rollout within a second.
          2,
        );
        expect(printed).not.to.include('error:');
      });
    }
  });
}

/** The words of a command, as a shell has them. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/(?:[^\s']+|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''));
}

describe('the messages of the API server in docs/troubleshooting.md', () => {
  const page = pageOf('troubleshooting.md').replaceAll(/\s+/g, ' ');

  /** The parts of a message that are the same for everybody. */
  function expectShown(message: string, ...parts: readonly string[]): void {
    for (const part of parts) {
      expect(message).to.include(part);
      expect(page).to.include(part);
    }
  }

  it('are those of a pod that falls short of the level', async () => {
    const namespace = await cluster().createNamespace('team', { labels: enforced });
    const { message } = await cluster().createPod(namespace, plainPod('web'));
    expectShown(
      message,
      'pods "web" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (',
    );
  });

  it('are those of a webhook that does not answer, or has another certificate', async () => {
    const webhook = await startWebhook(cluster(), { overrides: { failurePolicy: 'Fail' } });
    const namespace = await cluster().createNamespace('team', { labels: optedIn });
    const shared =
      'Internal error occurred: failed calling webhook "pods.pod-hardener.io": failed to call webhook: Post "https://';
    const refusal = (what: string) =>
      until(`a pod is refused with ${what}`, async () => {
        const { message } = await cluster().createPod(namespace, plainPod('web'), { dryRun: true });
        return message.includes(what) && message;
      });
    const bundle = [
      { op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: Buffer.from(cluster().ca).toString('base64') },
    ];
    const contentType = 'application/json-patch+json';
    expectSuccess(await cluster().api.request('PATCH', `${configurations}/pod-hardener`, bundle, { contentType }));
    const unknown = 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
    expectShown(await refusal(unknown), shared, unknown);
    await webhook.process.stop('SIGKILL');
    expectShown(await refusal('connection refused'), shared, 'connect: connection refused');
    await webhook.close();
  });
});
