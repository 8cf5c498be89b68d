import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { buildLibrary } from '../../scripts/library.ts';
import { version } from '../../src/commands/version.ts';
import { buildProgram } from '../builtProgram.ts';
import { sharedProgram } from '../program.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

describe('the package that npm packs', () => {
  let folder: string;

  /** The package is unpacked to where npm would install it, with its commands. */
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pod-hardener-package-'));
    const source = join(folder, 'source');
    const built = sharedProgram() ?? (await buildProgram(join(folder, 'built')));
    await cp(dirname(built), join(source, 'dist'), { recursive: true });
    await buildLibrary(join(source, 'dist'));
    for (const name of ['package.json', 'LICENSE', 'README.md', 'examples']) {
      await cp(join(root, name), join(source, name), { recursive: true });
    }
    await run('npm', ['pack', '--silent', '--offline', '--ignore-scripts', '--pack-destination', folder], {
      cwd: source,
    });
    const installed = join(folder, 'node_modules/pod-hardener');
    await mkdir(installed, { recursive: true });
    await run('tar', ['-xzf', join(folder, `pod-hardener-${version}.tgz`), '--strip-components=1', '-C', installed]);
    await mkdir(join(folder, 'bin'));
    for (const [name, file] of Object.entries<string>(
      JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')).bin,
    )) {
      await symlink(join(installed, file), join(folder, 'bin', name));
    }
  });

  after(() => rm(folder, { recursive: true }));

  it('lets the example use the library', async () => {
    await cp(join(root, 'examples/library.mjs'), join(folder, 'library.mjs'));
    const { stdout, stderr } = await run(process.execPath, ['library.mjs'], { cwd: folder });
    expect(stderr).to.equal('');
    expect(
      stdout.split('\n').filter((line) => /^(restricted|filled run|left run|operations)/.test(line)),
    ).to.deep.equal([
      'restricted: false, passes: privileged',
      'filled runAsNonRoot: spec.containers[0].securityContext.runAsNonRoot = true',
      'filled runAsUser: spec.containers[0].securityContext.runAsUser = 1000',
      'left runAsNonRoot of agent: privileged',
      'left runAsUser of agent: privileged',
      'operations: /spec/securityContext /spec/containers/0/securityContext /spec/volumes /spec/containers/0/volumeMounts /metadata/annotations',
    ]);
  });

  it('tells TypeScript what the library takes and gives', async () => {
    const lines = [
      "import { evaluate, harden, type Hardened, type HardenOptions } from 'pod-hardener';",
      "const options: HardenOptions = { profile: 'hardened', runAsUser: 1000 };",
      "const pod = { spec: { containers: [{ name: 'web' }] } };",
      'const { pod: hardened, changes, left, patch }: Hardened<typeof pod> = harden(pod, options);',
      "const text: string = evaluate(hardened, 'baseline', 'v1.30').message + changes[0]?.path + left[0]?.reason;",
      'export const result: [string, string | undefined] = [text, patch[0]?.path];',
      '// @ts-expect-error',
      "harden(pod, { profile: 'strict' });",
      '',
    ];
    await writeFile(join(folder, 'use.ts'), lines.join('\n'));
    const compiler = {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2023',
      skipLibCheck: false,
      types: [],
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: compiler, files: ['use.ts'] }));
    const tsc = join(root, 'node_modules/.bin/tsc');
    const said = await run(tsc, ['-p', folder]).then(
      ({ stdout }) => stdout,
      ({ stdout }: { stdout: string }) => stdout,
    );
    expect(said).to.equal('');
  });

  it('brings no other package with it', async () => {
    const installed = JSON.parse(await readFile(join(folder, 'node_modules/pod-hardener/package.json'), 'utf8'));
    const kinds = ['dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies'];
    expect(Object.keys(installed).filter((key) => kinds.includes(key))).to.deep.equal([]);
  });

  it('has a program that runs by itself', async () => {
    const { stdout } = await run(join(folder, 'bin/pod-hardener'), ['--version']);
    expect(stdout).to.equal(`${version}\n`);
  });

  it('is a plugin of kubectl, which is called and completed as one', async () => {
    const help = await run(join(folder, 'bin/kubectl-pod_hardener'), ['check', '--help']);
    expect(help.stdout).to.match(/^Usage: kubectl pod-hardener check \[options\] \[file\.\.\.\]\n/);
    const wrong = await run(join(folder, 'bin/kubectl-pod_hardener'), ['check']).catch((error) => error);
    expect(wrong.stderr).to.match(/^kubectl pod-hardener check: .*\nRun "kubectl pod-hardener check --help" for/);
    const words = await run(join(folder, 'bin/kubectl_complete-pod_hardener'), ['check', '--version', '--color', 'n']);
    expect(words.stdout).to.equal('never\n:4\n');
  });
});
