import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parse } from 'yaml';
import { buildProgram } from '../builtProgram.ts';
import { sharedProgram } from '../program.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = async (path: string) => readFile(join(root, path), 'utf8');

const bare = 'kind: Pod\nmetadata:\n  name: bare\nspec:\n  containers:\n  - name: a\n';
const filled = bare.replace(
  '  containers:',
  '  securityContext:\n    seccompProfile:\n      type: RuntimeDefault\n  containers:',
);
const privileged = `${bare}    securityContext:\n      privileged: true\n`;

/** The folder with the bundle, one that is made for it, and one for what a test writes. */
let built: string;
let made: string;
let folder: string;

before(async () => {
  made = await mkdtemp(join(tmpdir(), 'pod-hardener-built-'));
  built = dirname(dirname(sharedProgram() ?? (await buildProgram(made))));
});

after(() => rm(made, { recursive: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pod-hardener-pipelines-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(command, args, { cwd: folder, env: { ...process.env, ...env } });
  const ended = new Promise<number>((resolve, reject) => child.once('error', reject).once('close', resolve));
  const [out, said, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { out, said, status };
}

async function write(name: string, content: string): Promise<void> {
  await writeFile(join(folder, name), content);
}

describe('the hooks of pre-commit', () => {
  interface Hook {
    readonly id: string;
    readonly entry: string;
    readonly language: string;
    readonly types: readonly string[];
    readonly require_serial: boolean;
  }

  let hooks: readonly Hook[];

  before(async () => {
    hooks = parse(await read('.pre-commit-hooks.yaml'));
  });

  /** Runs a hook as pre-commit does: its entry, what its user adds to that, and the files. */
  async function runHook(id: string, args: readonly string[], files: readonly string[]) {
    const hook = hooks.find((one) => one.id === id);
    const [command, ...own] = hook?.entry.split(' ') ?? [];
    expect(Object.keys(JSON.parse(await read('package.json')).bin)).to.include(command);
    return run(process.execPath, [join(built, 'dist/main.js'), ...own, ...args, ...files]);
  }

  it('are two, which Node runs once for all files that are YAML', () => {
    expect(hooks.map(({ id }) => id)).to.deep.equal(['pod-hardener-check', 'pod-hardener-harden']);
    for (const { language, types, require_serial } of hooks) {
      expect({ language, types, require_serial }).to.deep.equal({
        language: 'node',
        types: ['yaml'],
        require_serial: true,
      });
    }
  });

  it('have a package that is built where it is installed from git', async () => {
    const { scripts } = JSON.parse(await read('package.json'));
    expect(scripts.prepare).to.equal('node scripts/prepare.mjs');
    // What npm packs is named on stdout, and pre-commit may read it there.
    expect(await read('scripts/prepare.mjs')).to.include("stdio: ['ignore', 2, 2]");
  });

  it('check passes when all is well once filled, and fails when something is not', async () => {
    await write('a.yaml', bare);
    await write('b.yaml', privileged);
    expect((await runHook('pod-hardener-check', ['-p', 'restricted'], ['a.yaml'])).status).to.equal(0);
    const { out, status } = await runHook('pod-hardener-check', ['-p', 'restricted'], ['a.yaml', 'b.yaml']);
    expect(out).to.include('Pod/bare in b.yaml does not pass restricted:');
    expect(status).to.equal(1);
  });

  it('check goes by the Namespaces among the files', async () => {
    await write('a.yaml', bare.replace('metadata:', 'metadata:\n  namespace: open'));
    await write('namespace.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: open\n');
    const { out } = await runHook('pod-hardener-check', [], ['a.yaml', 'namespace.yaml']);
    expect(out).to.include('1 template: 1 is in a namespace that is not opted in');
  });

  it('harden writes the files', async () => {
    await write('a.yaml', bare);
    const { status } = await runHook('pod-hardener-harden', ['-p', 'baseline'], ['a.yaml']);
    expect(status).to.equal(0);
    expect(await readFile(join(folder, 'a.yaml'), 'utf8')).to.equal(filled);
  });
});

describe('the action of GitHub', () => {
  interface Action {
    readonly inputs: Readonly<Record<string, { readonly default: string }>>;
    readonly runs: {
      readonly using: string;
      readonly steps: readonly {
        readonly run: string;
        readonly shell: string;
        readonly env?: Record<string, string>;
      }[];
    };
  }

  let action: Action;

  before(async () => {
    action = parse(await read('action.yml'));
  });

  /** Runs its steps as GitHub does, with these inputs and, in the folder of the action, the program or one in its place. */
  async function runAction(inputs: Readonly<Record<string, string>>, main?: string) {
    const actionFolder = join(folder, 'action with a space');
    if (main === undefined) await cp(built, actionFolder, { recursive: true });
    else await writeProgram(actionFolder, main);
    let last = { out: '', said: '', status: 0 };
    for (const [index, step] of action.runs.steps.entries()) {
      const script = join(folder, `step-${index}.sh`);
      await writeFile(script, step.run);
      const env = { GITHUB_ACTION_PATH: actionFolder, ...variablesOf(step.env, inputs) };
      last = await run('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', script], env);
      if (last.status !== 0) break;
    }
    return last;
  }

  function variablesOf(env: Readonly<Record<string, string>> = {}, inputs: Readonly<Record<string, string>>) {
    const inputIn = (expression: string) => {
      const name = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(expression)?.[1] ?? '';
      const value = inputs[name] ?? action.inputs[name]?.default;
      if (value === undefined) throw new Error(`${expression} is no input`);
      return value;
    };
    return Object.fromEntries(Object.entries(env).map(([name, expression]) => [name, inputIn(expression)]));
  }

  async function writeProgram(actionFolder: string, main: string): Promise<void> {
    await mkdir(join(actionFolder, 'dist'), { recursive: true });
    await writeFile(join(actionFolder, 'package.json'), '{"type":"module"}');
    await writeFile(join(actionFolder, 'dist/main.js'), main);
  }

  /** Prints how it is called, and ends as that asks for. */
  const recorder = `const args = process.argv.slice(2);
console.log(JSON.stringify(args));
process.exitCode = args.includes('--fail-on=never') ? 0 : 1;`;

  it('lets nothing of its inputs into its scripts', () => {
    expect(action.runs.using).to.equal('composite');
    for (const { run: script } of action.runs.steps) expect(script).not.to.include('${{');
  });

  it('passes where all is well once filled', async () => {
    await mkdir(join(folder, 'deep/er'), { recursive: true });
    await write('deep/er/a.yaml', bare);
    const { out, status } = await runAction({ path: 'deep' });
    expect(out).to.match(/^deep\/er\/a\.yaml\n {2}filled /);
    expect(status).to.equal(0);
  });

  it('fails where something is objected to, by the profile that is given', async () => {
    await write('a.yaml', privileged);
    const { out, status } = await runAction({ path: 'a.yaml', profile: 'baseline' });
    expect(out).to.include('Pod/bare in a.yaml does not pass baseline:');
    expect(status).to.equal(1);
  });

  it('looks at everything in the repository where no path is given', async () => {
    const { out, status } = await runAction({}, recorder);
    expect(JSON.parse(out)).to.deep.equal(['check', '--recursive', '--filename=.']);
    expect(status).to.equal(1);
  });

  it('takes each line of the path for one, whatever is in it', async () => {
    const { out } = await runAction({ path: 'a b.yaml\n\n$(touch evil)\n', 'fail-on': 'left' }, recorder);
    expect(JSON.parse(out)).to.deep.equal([
      'check',
      '--recursive',
      '--filename=a b.yaml',
      '--filename=$(touch evil)',
      '--fail-on=left',
    ]);
  });

  it('writes the findings in SARIF before it fails', async () => {
    const { out, status } = await runAction({ path: 'a.yaml', profile: 'restricted', sarif: 'found.sarif' }, recorder);
    const same = ['check', '--recursive', '--filename=a.yaml', '--profile=restricted'];
    expect(JSON.parse(await readFile(join(folder, 'found.sarif'), 'utf8'))).to.deep.equal([
      ...same,
      '--output=sarif',
      '--fail-on=never',
    ]);
    expect(JSON.parse(out)).to.deep.equal(same);
    expect(status).to.equal(1);
  });
});

describe('the image of the function', () => {
  it('is a function when it is called without arguments', async () => {
    const stages = (await read('Dockerfile')).split(/^FROM /m);
    const stage = stages.find((one) => one.startsWith('program AS fn\n')) ?? '';
    const command: readonly string[] = JSON.parse(/^CMD (.*)$/m.exec(stage)?.[1] ?? '[]');
    expect(command[0]).to.equal('/app/main.js');
    expect(stages.find((one) => one.includes(' AS program\n'))).to.include('COPY --from=build /source/dist /app\n');
    const list = 'apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n';
    const child = spawn(
      process.execPath,
      command.map((word) => word.replace(/^\/app/, join(built, 'dist'))),
    );
    child.stdin.end(`${list}- ${bare.replaceAll('\n', '\n  ').trimEnd()}\n`);
    expect(parse(await text(child.stdout)).items[0].spec.securityContext).to.deep.equal({
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });
});
