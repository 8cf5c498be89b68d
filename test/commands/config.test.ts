import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkConfiguration, printSchema } from '../../src/commands/runConfig.ts';
import { fakeTerminal } from './terminal.ts';

const head = 'apiVersion: pod-hardener.io/v1alpha1\nkind: Configuration\n';
const now = Date.parse('2027-01-31T12:00:00Z');

describe('config check', () => {
  let folder: string;
  let file: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pod-hardener-'));
    file = join(folder, 'config.yaml');
  });

  after(() => rm(folder, { recursive: true }));

  async function check(text: string) {
    await writeFile(file, head + text);
    const { terminal, written } = fakeTerminal();
    const status = await checkConfiguration(file, terminal, now);
    return { ...written, status };
  }

  const exemption = (more: string) =>
    `exemptions:\n  - { name: ldap, controls: [runAsNonRoot], match: { images: [ldap] }, owner: me, reason: ports${more} }\n`;

  it('says what the file means, in 80 columns', async () => {
    const { out, status } = await check(`defaults:
  mode: warn
  writable-paths: []
profiles:
  - name: web
    extends: restricted
    level: baseline
    controls: [+readOnlyRootFilesystem, capabilities=audit, -runAsGroup, -runAsNonRoot, +appArmorProfile]
    run-as-user: 1000
exemptions:
  - name: ldap
    controls: [runAsNonRoot, capabilities]
    match:
      namespaces: [infra, team-*]
      images: [registry.example/ldap/*]
      command: [slapd, -d, "0"]
      args: [a b]
    owner: team-infra@example.com
    reason: It binds port 389 as root and then becomes another user, which nobody has ever had the time to change.
    expires: 2027-06-30
`);
    expect(status).to.equal(0);
    expect(out).to.equal(`Profiles
  web: aims at baseline
    fills seccompProfile, allowPrivilegeEscalation, capabilities=audit,
      readOnlyRootFilesystem, appArmorProfile
    never fills runAsNonRoot, runAsGroup
    run-as-user: 1000

Defaults
  mode: warn
  writable-paths: nothing

Exemptions
  ldap: 151 days left (2027-06-30)
    leaves runAsNonRoot, capabilities
    in the namespaces infra, team-*
    with the images registry.example/ldap/*
    with the command ["slapd","-d","0"]
    with the arguments ["a b"]
    owner: team-infra@example.com
    reason: It binds port 389 as root and then becomes another user, which
      nobody has ever had the time to change.
`);
  });

  it('says of a file that says nothing that there is nothing', async () => {
    expect(await check('')).to.deep.equal({
      status: 0,
      said: [],
      out: 'Profiles\n  none\n\nDefaults\n  none\n\nExemptions\n  none\n',
    });
  });

  for (const [more, status, line] of [
    ['', 0, 'has no end'],
    [', expires: 2027-03-31', 0, '60 days left (2027-03-31)'],
    [', expires: 2027-02-08', 0, '9 days left (2027-02-08)'],
    [', expires: 2027-02-06', 1, '7 days left (2027-02-06)'],
    [', expires: 2027-01-31', 1, '1 day left (2027-01-31)'],
    [', expires: 2027-01-30', 1, 'has expired (2027-01-30)'],
  ] as const) {
    it(`ends with ${status} for an exemption that ${line}`, async () => {
      const checked = await check(exemption(more));
      expect(checked.status).to.equal(status);
      expect(checked.out).to.include(`  ldap: ${line}\n`);
    });
  }

  const warned = async (match: string) => {
    const { out, status } = await check(exemption('').replace('match: { images: [ldap] }', `match: ${match}`));
    expect(status).to.equal(0);
    return out.split('\n').filter((line) => line.includes('warning'));
  };

  it('warns of an exemption that any container in the cluster can meet', async () => {
    for (const match of ['{ namespaces: ["*"] }', '{ namespaces: [a, "**"] }', '{ namespaces: ["*"], args: [x] }']) {
      expect(await warned(match), match).to.deep.equal([
        '    warning: any container in the cluster can meet this; name the namespaces',
      ]);
    }
  });

  it('does not warn of one that namespaces or images limit', async () => {
    for (const match of ['{ namespaces: ["a*", b] }', '{ namespaces: ["*"], images: [ldap] }', '{ images: [ldap] }']) {
      expect(await warned(match), match).to.deep.equal([]);
    }
  });

  it('ends with 2, and says everything that is wrong', async () => {
    const { status, out, said } = await check('profile: []\ndefault: {}\n');
    expect([status, out]).to.deep.equal([2, '']);
    expect(said).to.deep.equal([
      `${file}:3:1: profile: this key is unknown; did you mean "profiles"?`,
      `${file}:4:1: default: this key is unknown; did you mean "defaults"?`,
    ]);
  });
});

describe('config schema', () => {
  it('prints JSON', () => {
    const { terminal, written } = fakeTerminal();
    const status = printSchema(terminal);
    expect([status, JSON.parse(written.out).title]).to.deep.equal([0, 'Configuration of pod-hardener']);
  });
});
