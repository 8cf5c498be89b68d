import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { harden } from '../../src/commands/runHarden.ts';
import { preview } from '../../src/commands/runPreview.ts';
import { runProgram } from '../program.ts';
import { fakeTerminal } from './terminal.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const examples = join(root, 'examples');
const bare = 'kind: Pod\nmetadata:\n  name: bare\nspec:\n  containers:\n  - name: a\n';
const seccomp = '  securityContext:\n    seccompProfile:\n      type: RuntimeDefault\n';
const hardened = bare.replace('  containers', `${seccomp}  containers`);

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commands-'));
});

after(() => rm(folder, { recursive: true }));

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const baseline = { recursive: false, profile: 'baseline', inPlace: false };

describe('harden', () => {
  it('prints what it read, hardened, and sums up on stderr', async () => {
    const { terminal, written } = fakeTerminal(bare);
    expect(await harden({ ...baseline, targets: ['-'] }, terminal)).to.equal(0);
    expect(written).to.deep.equal({ out: hardened, said: ['1 template: 1 filled (1 field)'] });
  });

  it('writes only the files that change, where they are', async () => {
    const [changes, stays] = [await file('changes.yaml', bare), await file('stays.yaml', hardened)];
    const { mtimeNs } = await stat(stays, { bigint: true });
    const { terminal, written } = fakeTerminal();
    expect(await harden({ ...baseline, targets: [changes, stays], inPlace: true }, terminal)).to.equal(0);
    expect(await readFile(changes, 'utf8')).to.equal(hardened);
    expect((await stat(stays, { bigint: true })).mtimeNs).to.equal(mtimeNs);
    expect(written).to.deep.equal({
      out: '',
      said: [`${changes}: hardened`, '2 templates: 1 filled (1 field), 1 left as it is'],
    });
  });

  it('writes no file that it could read only in part, and ends with 2', async () => {
    const path = await file('broken.yaml', `${bare}---\na: [\n`);
    const { terminal, written } = fakeTerminal();
    expect(await harden({ ...baseline, targets: [path], inPlace: true }, terminal)).to.equal(2);
    expect(await readFile(path, 'utf8')).to.equal(`${bare}---\na: [\n`);
    expect(written.said).to.deep.equal([
      `error: ${path}: document 2, line 8, column 4: this [ is not closed`,
      `note: ${path} is not written, because of its errors`,
    ]);
  });

  it('does not write over an edit that was made meanwhile, writes the rest, and ends with 2', async () => {
    const [edited, rest] = [await file('edited.yaml', bare), await file('rest.yaml', bare)];
    const { terminal, written } = fakeTerminal();
    const readStdin = async () => {
      await writeFile(edited, `${bare}  hostNetwork: true\n`);
      return Buffer.of();
    };
    const options = { ...baseline, targets: [edited, rest, '-'], inPlace: true };
    expect(await harden(options, { ...terminal, readStdin })).to.equal(2);
    expect(await readFile(edited, 'utf8')).to.equal(`${bare}  hostNetwork: true\n`);
    expect(await readFile(rest, 'utf8')).to.equal(hardened);
    expect(written.said).to.deep.equal([
      `error: ${edited}: this was changed while it was being hardened, and is not written; run again`,
      `${rest}: hardened`,
      '1 template: 1 filled (1 field)',
    ]);
  });

  it('does nothing when the file of namespaces cannot be read', async () => {
    const { terminal, written } = fakeTerminal(bare);
    const namespaces = join(folder, 'missing.yaml');
    const options = { recursive: false, inPlace: false, targets: ['-'], namespaces };
    expect(await harden(options, terminal)).to.equal(2);
    expect(written).to.deep.equal({ out: '', said: [`error: ${namespaces}: there is no such file`] });
  });

  it('goes by a file of namespaces', async () => {
    const namespaces = await file('namespace.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: quiet\n');
    const { terminal, written } = fakeTerminal(bare);
    const options = { recursive: false, inPlace: false, targets: ['-'], namespaces, namespace: 'quiet' };
    expect(await harden(options, terminal)).to.equal(0);
    expect(written).to.deep.equal({
      out: bare,
      said: ['note: namespace quiet: it is not opted in, and left as it is', '1 template: 1 left as it is'],
    });
  });
});

describe('a configuration file', () => {
  const head = 'apiVersion: pod-hardener.io/v1alpha1\nkind: Configuration\n';
  const image = bare.replace('- name: a\n', '- name: a\n    image: nginx\n');

  async function hardenedBy(config: string, options: object) {
    const { terminal, written } = fakeTerminal(image);
    const input = {
      targets: ['-'],
      recursive: false,
      inPlace: false,
      config: await file('config.yaml', head + config),
    };
    return { status: await harden({ ...input, ...options }, terminal), ...written };
  }

  it('has profiles, defaults and exemptions for manifests, too', async () => {
    const { status, out } = await hardenedBy(
      `defaults: { seccomp-profile: Localhost/all.json }
profiles: [{ name: web, extends: baseline, controls: [+runAsNonRoot, +allowPrivilegeEscalation] }]
exemptions:
  - { name: a, controls: [runAsNonRoot], match: { images: [nginx] }, owner: o, reason: r }
`,
      { profile: 'web' },
    );
    const expected = image
      .replace(
        '  containers',
        '  securityContext:\n    seccompProfile:\n      type: Localhost\n      localhostProfile: all.json\n  containers',
      )
      .concat('    securityContext:\n      allowPrivilegeEscalation: false\n');
    expect([status, out]).to.deep.equal([0, expected]);
  });

  it('warns of an exemption that has expired', async () => {
    const { said } = await hardenedBy(
      `exemptions:
  - { name: a, controls: [runAsNonRoot], match: { images: [nginx] }, owner: o, reason: r, expires: 2001-01-31 }
`,
      { profile: 'restricted' },
    );
    expect(said[0]).to.equal(
      'note: standard input: line 1, column 1: the exemption "a" expired (2001-01-31); its owner is "o"',
    );
  });

  it('is read before anything is planned: what is wrong with it ends with 2', async () => {
    const { status, out, said } = await hardenedBy('profile: []\nmode: x\n', {});
    expect([status, out, said.length]).to.deep.equal([2, '', 2]);
    expect(said[0]).to.match(/^error: .*config\.yaml:3:1: profile: this key is unknown; did you mean "profiles"\?$/);
  });

  it('decides which profiles there are', async () => {
    const { status, said } = await hardenedBy('profiles: [{ name: web, extends: baseline }]\n', { profile: 'wbe' });
    expect([status, said]).to.deep.equal([2, ['error: --profile "wbe" is unknown; did you mean "web"?']]);
  });
});

describe('preview', () => {
  it('shows a diff, what was left, and a summary', async () => {
    const { terminal, written } = fakeTerminal();
    const insecure = join(examples, 'insecure.yaml');
    const options = { recursive: false, targets: [insecure], profile: 'restricted', color: 'auto' } as const;
    expect(await preview(options, terminal)).to.equal(0);
    expect(written.out.split('\n').slice(0, 9).join('\n')).to.equal(
      `--- ${insecure}\n+++ ${insecure}\n@@ -7,6 +7,9 @@\n   name: legacy-agent\n   namespace: ray\n spec:\n` +
        '+  securityContext:\n+    seccompProfile:\n+      type: RuntimeDefault',
    );
    expect(written.out.split('\n').slice(-11).join('\n')).to.equal(
      'Pod/legacy-agent: 4 fields filled\n' +
        '  seccompProfile on the pod: Only the system calls of a profile may be made\n' +
        '  runAsNonRoot on sidecar: No container runs as root\n' +
        '  allowPrivilegeEscalation on sidecar: No process gains more privileges than its\n' +
        '    parent\n' +
        '  capabilities on sidecar: A container gives up the privileges of root\n' +
        '  left agent: runAsNonRoot, capabilities (runs-as-root)\n' +
        '  left agent: allowPrivilegeEscalation (set-by-author)\n\n' +
        '1 template: 1 filled (4 fields)\n',
    );
    expect(written.said).to.deep.equal([]);
  });

  it('has no colours but on a terminal', async () => {
    for (const isTerminal of [false, true]) {
      const { terminal, written } = fakeTerminal(bare, { isTerminal });
      await preview({ recursive: false, targets: ['-'], profile: 'baseline', color: 'auto' }, terminal);
      expect(written.out.includes('\u001b')).to.equal(isTerminal);
    }
  });

  it('prints the diff alone, and sums up on stderr', async () => {
    const { terminal, written } = fakeTerminal(bare);
    const options = { recursive: false, targets: ['-'], profile: 'baseline', color: 'auto', output: 'diff' } as const;
    expect(await preview(options, terminal)).to.equal(0);
    expect(written).to.deep.equal({
      out: `--- standard input\t\n+++ standard input\t\n@@ -2,5 +2,8 @@\n metadata:\n   name: bare\n spec:\n${seccomp.replace(/^/gm, '+').slice(0, -1)}   containers:\n   - name: a\n`,
      said: ['1 template: 1 filled (1 field)'],
    });
  });

  it('shows how far it is where somebody is watching and it takes long', async () => {
    for (const [millisecondsPerFile, expected] of [
      [100, []],
      [1000, ['1/2 files', '2/2 files', '']],
    ] as const) {
      const shown: string[] = [];
      let time = 0;
      const { terminal } = fakeTerminal(bare);
      const watched = {
        ...terminal,
        showPassing: (text: string) => void shown.push(text),
        now: () => (time += millisecondsPerFile),
      };
      const targets = [join(examples, 'insecure.yaml'), '-'];
      await preview({ recursive: false, targets, profile: 'baseline', color: 'auto' }, watched);
      expect(shown).to.deep.equal(expected);
    }
  });

  it('says what cannot be read, does the rest, and ends with 2', async () => {
    const { terminal, written } = fakeTerminal(bare);
    const missing = join(folder, 'missing.yaml');
    const options = { recursive: false, targets: [missing, '-'], profile: 'baseline', color: 'auto' } as const;
    expect(await preview(options, terminal)).to.equal(2);
    expect(written.said).to.deep.equal([`error: ${missing}: there is no such file`]);
    expect(written.out).to.include('1 template: 1 filled (1 field)');
  });
});

describe('harden and preview', () => {
  it('note that there is nothing to do, which is no failure: nothing is lost', async () => {
    for (const text of ['', '# a comment\n', '---\n---\n']) {
      const [hardening, previewing] = [fakeTerminal(text), fakeTerminal(text)];
      expect(await harden({ ...baseline, targets: ['-'] }, hardening.terminal)).to.equal(0);
      const said = ['note: standard input: there is no manifest in it', 'no pod or pod template'];
      expect(hardening.written).to.deep.equal({ out: text, said });
      const options = { ...baseline, targets: ['-'], color: 'auto' } as const;
      expect(await preview(options, previewing.terminal)).to.equal(0);
      expect(previewing.written).to.deep.equal({
        out: 'no pod or pod template\n',
        said: ['note: standard input: there is no manifest in it'],
      });
    }
  });
});

describe('what is said', () => {
  it('is a line each, whatever the files are called', async () => {
    const [read, broken] = [await file('a\n\u001b[2J.yaml', bare), await file('b\r\n.yaml', 'a: ]\n')];
    const { terminal, written } = fakeTerminal();
    const options = { ...baseline, targets: [`${folder}/c\n::error::`, broken, read], inPlace: true };
    expect(await harden(options, terminal)).to.equal(2);
    expect(written.said).to.deep.equal([
      `error: ${folder}/c?::error::: there is no such file`,
      `error: ${folder}/b??.yaml: line 1, column 4: there is no [ for this ]`,
      `${folder}/a??[2J.yaml: hardened`,
      '1 template: 1 filled (1 field)',
    ]);
  });
});

describe('the examples', () => {
  it('are hardened to the last field, but for the one whose author wants it otherwise', async () => {
    const { terminal, written } = fakeTerminal();
    await preview({ recursive: false, targets: [examples], color: 'never' }, terminal);
    expect(written.said).to.deep.equal([]);
    expect(written.out.match(/^\S.*: (\d+ fields filled|left.*)$|^ {2}left.*/gm)).to.deep.equal([
      'Deployment/web spec.template: 5 fields filled',
      'Pod/legacy-agent: 4 fields filled',
      '  left agent: runAsNonRoot, capabilities (runs-as-root)',
      '  left agent: allowPrivilegeEscalation (set-by-author)',
      'RayCluster/demo spec.headGroupSpec.template: 4 fields filled',
      'RayCluster/demo spec.workerGroupSpecs[0].template: 7 fields filled',
    ]);
  });
});

describe('the program', () => {
  const run = (...args: readonly string[]) => runProgram(args, bare);

  it('hardens what it is given', async () => {
    expect(await run('harden', '-p', 'baseline', '-f', '-')).to.deep.equal({
      out: hardened,
      said: '1 template: 1 filled (1 field)\n',
      status: 0,
    });
  });

  it('reports everything that is wrong with its options, and ends with 2', async () => {
    const { out, said, status } = await run('preview', '-p', 'restrictd', '-n', 'A_', '--color', 'red');
    expect({ out, status }).to.deep.equal({ out: '', status: 2 });
    expect(said.split('\n')).to.deep.equal([
      'pod-hardener preview: there is no input: name a file or folder with -f, or -f - for standard input',
      'pod-hardener preview: --profile "restrictd" is unknown; did you mean "restricted"?',
      'pod-hardener preview: --namespace "A_" is no name of a namespace',
      'pod-hardener preview: --color "red" is unknown; there are auto, always, never',
      'Run "pod-hardener preview --help" for the options.',
      '',
    ]);
  });

  it('points to the help of the command whose option is mistyped', async () => {
    const { said, status } = await run('preview', '--colour', 'never');
    expect(said).to.equal(
      'error: unknown option \'--colour\'\n(Did you mean --color?)\nRun "pod-hardener preview --help" for the options.\n',
    );
    expect(status).to.equal(2);
  });

  it('explains itself in 80 columns', async () => {
    for (const command of ['harden', 'preview']) {
      const { out, status } = await run(command, '--help');
      expect(status).to.equal(0);
      expect(out).to.include('Examples:');
      expect(out.split('\n').filter(({ length }) => length > 80)).to.deep.equal([]);
    }
  });
});
