import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { cluster } from './cluster.ts';
import { container, plainPod } from './pods.ts';
import { until } from './until.ts';
import { startWebhook, type Webhook } from './webhook.ts';

const head = 'apiVersion: pod-hardener.io/v1alpha1\nkind: Configuration\n';

const web = `profiles:
  - name: web
    extends: restricted
    controls: [-capabilities]
    run-as-user: 1000
`;

const exemption = (expires: string) => `exemptions:
  - name: ldap
    controls: [runAsNonRoot, runAsUser]
    match:
      namespaces: [web-*]
      images: [registry.example/ldap]
    owner: team-infra
    reason: It binds port 389 as root.
    expires: ${expires}
`;

describe('a configuration file', () => {
  let webhook: Webhook;
  let file: string;

  before(async () => {
    file = join(cluster().folder, 'config.yaml');
    write(head + web);
    webhook = await startWebhook(cluster(), { args: ['--config', file] });
  });

  after(() => webhook.close());

  /** Writes the file in one step: a look at it finds the old text or the new one. */
  function write(text: string): void {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  }

  const pod = (image: string) => plainPod('demo', { containers: [container('app', { image })] });
  const namespaceOf = (profile: string) =>
    cluster().createNamespace('web', { labels: { 'pod-hardener.io/profile': profile } });

  async function contextIn(namespace: string, image = 'registry.example/web') {
    const { pod: stored, warnings } = await cluster().createPod(namespace, pod(image), { dryRun: true });
    return { context: stored.spec?.containers[0]?.securityContext, warnings };
  }

  const filled = { runAsNonRoot: true, allowPrivilegeEscalation: false, runAsUser: 1000 };

  it('has a profile that a namespace can be labelled with', async () => {
    const namespace = await namespaceOf('web');
    expect(await contextIn(namespace)).to.deep.equal({ context: filled, warnings: [] });
    const optedIn = await webhook.series('pod_hardener_opted_in_namespaces');
    expect(optedIn['pod_hardener_opted_in_namespaces{profile="web"}']).to.equal(1);
    const filledBefore = await webhook.series('pod_hardener_fields_filled_total');
    expect(filledBefore).to.include.keys(
      'pod_hardener_fields_filled_total{field="runAsUser",profile="web",scope="init_container"}',
    );
  });

  it('is taken over while the program runs, and refused whole when it is bad', async () => {
    const namespace = await namespaceOf('web');
    const ldap = () => contextIn(namespace, 'registry.example/ldap:2');
    const tried = async () => {
      const reloads = await webhook.series('pod_hardener_configuration_reloads_total');
      const of = (result: string) => reloads[`pod_hardener_configuration_reloads_total{result="${result}"}`];
      return [of('success'), of('failure')];
    };
    expect((await ldap()).context).to.deep.equal(filled);

    write(head + web + exemption('2999-12-31'));
    await until('the exemption is in force', async () => (await ldap()).context?.runAsUser === undefined);
    expect(await ldap()).to.deep.equal({ context: { allowPrivilegeEscalation: false }, warnings: [] });
    expect((await contextIn(namespace)).context, 'another image').to.deep.equal(filled);
    expect((await contextIn(namespace, 'evil.example/registry.example/ldap')).context).to.deep.equal(filled);
    const [successes] = await tried();

    write(`${head}profiles: [{ name: web, extends: nobody }]\n`);
    await until('it is refused', async () => (await tried())[1] === 1);
    expect(webhook.process.output()).to.include(
      'config.yaml:3:25: profiles[0].extends: there is no profile \\"nobody\\"',
    );
    expect((await ldap()).context).to.deep.equal({ allowPrivilegeEscalation: false });
    expect(await tried()).to.deep.equal([successes, 1]);

    write(head + web + exemption('2001-12-31'));
    await until('the exemption has ended', async () => (await ldap()).context?.runAsUser === 1000);
    expect((await ldap()).warnings).to.deep.equal([
      'pod-hardener: the exemption "ldap" expired (2001-12-31); its owner is "team-infra"',
    ]);
    const exemptions = await webhook.series('pod_hardener_exemptions');
    expect(exemptions['pod_hardener_exemptions{expires="expired"}']).to.equal(1);
    const left = await webhook.series('pod_hardener_fields_left_total');
    expect(left['pod_hardener_fields_left_total{field="runAsNonRoot",reason="exempt"}']).to.equal(0);
  });

  it('counts what an exemption leaves', async () => {
    write(head + web + exemption('2999-12-31'));
    const namespace = await namespaceOf('web');
    const image = 'registry.example/ldap';
    await until(
      'the exemption is in force',
      async () => (await contextIn(namespace, image)).context?.runAsUser === undefined,
    );
    await cluster().createPod(namespace, pod(image));
    const left = await webhook.series('pod_hardener_fields_left_total');
    expect(left['pod_hardener_fields_left_total{field="runAsNonRoot",reason="exempt"}']).to.equal(1);
  });
});
