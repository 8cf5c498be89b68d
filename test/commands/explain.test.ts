import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { build } from 'esbuild';
import { type ExplainOptions, explain } from '../../src/commands/runExplain.ts';
import { runProgram } from '../program.ts';
import { fakeTerminal } from './terminal.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

function run(name?: string, options: Partial<ExplainOptions> = {}, isTerminal = false) {
  const { terminal, written } = fakeTerminal('', { isTerminal });
  const status = explain({ output: 'text', color: 'auto', ...(name !== undefined && { name }), ...options }, terminal);
  return { ...written, status };
}

describe('explain', () => {
  it('explains a control, however it is spelt in large and small letters', () => {
    for (const name of ['runAsNonRoot', ' runasnonroot ']) {
      const { out, said, status } = run(name);
      expect(out.split('\n')[0]).to.equal('runAsNonRoot: No container runs as root');
      expect({ said, status }).to.deep.equal({ said: [], status: 0 });
    }
  });

  it('explains a control and a profile of one name', () => {
    const { out } = run('privileged');
    expect(out).to.match(/^privileged: No container is privileged\n/);
    expect(out).to.include('\n\nprivileged: a profile\n');
  });

  for (const [written, heading] of [
    ['set-by-author', 'set-by-author: a reason for which a field is left'],
    ['pod-hardener.io/run-as-user', 'pod-hardener.io/run-as-user: an annotation on a namespace'],
    ['run-as-user', 'pod-hardener.io/run-as-user: an annotation on a namespace'],
    ['pod-hardener.io/profile', 'pod-hardener.io/profile: a label on a namespace'],
    ['pod-hardener.io/filled', 'pod-hardener.io/filled: an annotation on a pod'],
    ['spec.containers[*].securityContext.runAsNonRoot', 'runAsNonRoot: No container runs as root'],
    ['securityContext.runAsNonRoot', 'runAsNonRoot: No container runs as root'],
    ['hostPID', 'hostNamespaces: A pod shares no namespace of its node'],
  ] as const) {
    it(`knows ${written}`, () => {
      const { out, said, status } = run(written);
      expect(out.split('\n')[0]).to.equal(heading);
      expect({ said, status }).to.deep.equal({ said: [], status: 0 });
    });
  }

  it('explains a key that is written on namespaces and on pods for both', () => {
    expect(run('pod-hardener.io/controls').out.match(/^pod-hardener.*$/gm)).to.deep.equal([
      'pod-hardener.io/controls: an annotation on a namespace',
      'pod-hardener.io/controls: an annotation on a pod',
    ]);
  });

  it('names the controls of a field that holds the fields of several', () => {
    const { out, said, status } = run('spec.containers[0].ports');
    expect(out).to.match(/^hostPorts: /);
    expect({ said, status }).to.deep.equal({ said: [], status: 0 });
    expect(run('securityContext.runAsUser.no').status).to.equal(0);
    expect(run('containers[0].securityContext')).to.deep.include({ out: '', status: 2 });
    expect(run('containers[0].securityContext').said[0]).to.match(
      /^pod-hardener explain: "containers\[0\]\.securityContext" holds fields of several controls; did you mean ".+" or "privileged"/,
    );
  });

  it('names the controls of what holds fields without a path, too', () => {
    const { said, status } = run('securityContext');
    expect(said[0]).to.match(
      /^pod-hardener explain: "securityContext" holds fields of several controls; did you mean "[^ ]+" or ".+" or "privileged"/,
    );
    expect(status).to.equal(2);
    expect(run('spec').said[0]).to.include('"spec" holds fields of several controls');
  });

  it('fits in the columns of the terminal', () => {
    const { terminal, written } = fakeTerminal('', { isTerminal: true, noColour: true, columns: 50 });
    for (const name of ['runAsGroup', 'restricted', 'windows', 'mode', undefined]) {
      explain({ output: 'text', color: 'never', ...(name !== undefined && { name }) }, terminal);
    }
    const isBreakable = (line: string) => line.trim().includes(' ') && !line.startsWith('    kubectl');
    expect(written.out.split('\n').filter((line) => line.length > 50 && isBreakable(line))).to.deep.equal([]);
  });

  it('lists everything when nothing is named, and says how to go on', () => {
    const { out, status } = run();
    expect(out.split('\n').slice(0, 2)).to.deep.equal([
      'Filled by a profile',
      '  seccompProfile            Only the system calls of a profile may be made',
    ]);
    expect(out).to.match(/\n\nRun "pod-hardener explain NAME" for one of them, or for [^\n]+\n[^\n]+runAsNonRoot\.\n$/);
    expect(status).to.equal(0);
  });

  it('has colours only on a terminal, or when they are asked for', () => {
    expect(run('hostPorts', {}, true).out).to.include('\u001b[1mhostPorts');
    expect(run('hostPorts').out).not.to.include('\u001b');
    expect(run(undefined, { color: 'always' }).out).to.include('\u001b[1mProfiles');
    expect(run('hostPorts', { color: 'always', output: 'markdown' }).out).not.to.include('\u001b');
  });

  for (const [written, meant] of [
    ['runAsNonRot', '; did you mean "runAsNonRoot"?'],
    ['restrictd', '; did you mean "restricted"?'],
    ['seccomp', '; did you mean "seccompProfile" or "pod-hardener.io/seccomp-profile"?'],
    ['set-by-autor', '; did you mean "set-by-author"?'],
    ['pod-hardener.io/run-as-usr', '; did you mean "pod-hardener.io/run-as-user"?'],
    ['run-as-usr', '; did you mean "run-as-user"?'],
    ['spec.containers[*].securityContext.runAsNonRot', '; did you mean "runAsNonRoot"?'],
    ['/spec/containers/0/securityContext/privilegd', '; did you mean "privileged"?'],
    ['hostP', '; did you mean "hostPathVolumes" or "hostPorts" or "hostProbesAndLifecycle" or "windowsHostProcess"?'],
    ['pod/web', ''],
    ['', ''],
  ] as const) {
    it(`knows no ${JSON.stringify(written)}, and ${meant ? 'says what may be meant' : 'guesses nothing'}`, () => {
      expect(run(written)).to.deep.equal({
        out: '',
        said: [
          `pod-hardener explain: "${written}" is no control, profile, reason, key or field that is known${meant}`,
          'Run "pod-hardener explain" for all of them.',
        ],
        status: 2,
      });
    });
  }
});

describe('explain -o markdown', () => {
  it('prints the section of what is named, and the whole page otherwise', () => {
    expect(run('restricted', { output: 'markdown' }).out).to.match(/^### Profile restricted\n\nFills /);
    expect(run(undefined, { output: 'markdown' }).out).to.match(/^# Controls, reasons and profiles\n/);
  });
});

describe('explain -o json', () => {
  it('prints one object', () => {
    const { out, status } = run('hostPorts', { output: 'json' });
    expect(status).to.equal(0);
    expect(JSON.parse(out)).to.deep.equal({
      apiVersion: 'pod-hardener.io/v1alpha1',
      kind: 'Explanation',
      controls: [
        {
          name: 'hostPorts',
          title: 'A container takes no port of its node',
          meaning:
            "A host port is open to whoever can reach the node, and can take the place of one of the node's own services. With `hostNetwork`, every port of a container is one.",
          fields: ['spec.containers[*].ports[*].hostPort'],
          fills: [],
          profiles: [],
          leaves: [],
          mayBreak: [],
          checks: [{ level: 'baseline', since: 'v1.0', changed: [] }],
          allowed: 'none, or `0`',
          spec: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline',
        },
      ],
      profiles: [],
      reasons: [],
      keys: [],
    });
  });
});

describe('the command explain', () => {
  const program = (...args: readonly string[]) => runProgram(['explain', ...args]);

  it('explains what it is given', async () => {
    const { out, said, status } = await program('hostports', '-o', 'markdown');
    expect(out).to.match(/^### hostPorts\n/);
    expect({ said, status }).to.deep.equal({ said: '', status: 0 });
  });

  it('ends with 2 for a name that there is not', async () => {
    expect(await program('hostPort')).to.deep.equal({
      out: '',
      said:
        'pod-hardener explain: "hostPort" is no control, profile, reason, key or field that is known; did you mean "hostPorts"?\n' +
        'Run "pod-hardener explain" for all of them.\n',
      status: 2,
    });
  });

  it('reports everything that is wrong with its options, and ends with 2', async () => {
    const { out, said, status } = await program('hostPorts', '-o', 'jsn', '--color', 'red');
    expect({ out, status }).to.deep.equal({ out: '', status: 2 });
    expect(said.split('\n')).to.deep.equal([
      'pod-hardener explain: --output "jsn" is unknown; did you mean "json"?',
      'pod-hardener explain: --color "red" is unknown; there are auto, always, never',
      'Run "pod-hardener explain --help" for the options.',
      '',
    ]);
  });

  it('loads no package but commander', async () => {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: ['src/commands/explain.ts', 'src/commands/runExplain.ts'],
      outdir: 'none',
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      // Loaded for pods only: see explainPod.test.ts.
      external: ['./runExplainPod.ts'],
    });
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
    const packages = imports.filter((path) => !/^(node:|\.)/.test(path));
    expect([...new Set(packages)]).to.deep.equal(['commander']);
  });

  it('explains itself in 80 columns', async () => {
    const { out, status } = await program('--help');
    expect(status).to.equal(0);
    expect(out).to.include('Examples:');
    expect(out.split('\n').filter(({ length }) => length > 80)).to.deep.equal([]);
  });
});
