import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Command } from 'commander';
import { build, type Metafile } from 'esbuild';
import { createProgram } from '../../src/commands/program.ts';
import { watchRepetition } from '../../src/commands/repeated.ts';
import { fold } from '../../src/output/fold.ts';
import { runProgram } from '../program.ts';

/** What the program says of these arguments, and its exit status. */
async function run(...args: readonly string[]) {
  return runIn(process.env, ...args);
}

async function runIn(env: NodeJS.ProcessEnv, ...args: readonly string[]) {
  const { said, status } = await runProgram(args, '', env);
  return { said, status };
}

/** What the help of a command prints on a terminal of 80 columns. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    getOutHelpWidth: () => 80,
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

describe('the help', () => {
  const program = createProgram();
  for (const command of [program, ...program.commands]) {
    it(`of ${command.name()} teaches with examples of it, in 80 columns`, () => {
      const text = helpOf(command);
      const [, examples = ''] = text.split('\nExamples:\n');
      const call = command === program ? 'pod-hardener' : `pod-hardener ${command.name()}`;
      expect(examples).to.match(new RegExp(`^ {4}\\$ .*\\b${call}\\b`, 'm'));
      expect(text.split('\n').filter(({ length }) => length > 80)).to.deep.equal([]);
    });

    it(`of ${command.name()} fits in 50 columns, but for what is to be typed`, () => {
      const lines = fold(helpOf(command), 50).split('\n');
      const isCode = (line: string) => /^ {4}/.test(line);
      expect(lines.filter((line) => line.length > 50 && !isCode(line))).to.deep.equal([]);
    });

    it(`of ${command.name()} breaks its description where its author did`, () => {
      expect(helpOf(command)).to.include(`\n\n${command.description()}\n\n`);
    });
  }

  it('is on every command', () => {
    expect(program.commands.map((command) => command.name())).to.deep.equal([
      'preview',
      'harden',
      'check',
      'report',
      'explain',
      'fn',
      'serve',
      'config',
      'completion',
    ]);
  });
});

describe('the program', () => {
  it('refuses a second value for every option that takes one, and takes many where there may be many', () => {
    for (const command of createProgram().commands) {
      const repeated = watchRepetition(command);
      const [single, many] = [true, false].map((isSingle) =>
        command.options
          .filter(({ required, variadic, parseArg }) => required && (variadic || !!parseArg) !== isSingle)
          .map(({ long }) => long ?? ''),
      );
      command.parseOptions([...(single ?? []), ...(many ?? [])].flatMap((flag) => [flag, 'a', flag, 'b']));
      expect(repeated(), command.name()).to.deep.equal(
        single?.map((flag) => `${flag} takes one value, but is given "a" and "b"`),
      );
    }
  });

  it('says so, and ends with 2', async () => {
    expect(await run('check', '-f', 'a', '-p', 'restricted', '--profile=baseline', '-o', 'json')).to.deep.equal({
      said: `pod-hardener check: --profile takes one value, but is given "restricted" and "baseline"
Run "pod-hardener check --help" for the options.
`,
      status: 2,
    });
  });

  for (const args of [['chek'], ['chek', '--help'], ['help', 'chek']]) {
    it(`says which command is meant by "${args.join(' ')}"`, async () => {
      expect(await run(...args)).to.deep.equal({
        said: 'error: "chek" is no command; did you mean "check"?\nRun "pod-hardener --help" for the commands and options.\n',
        status: 2,
      });
    });
  }
});

describe('a version that is asked for as a command', () => {
  it('is pointed to its option', async () => {
    expect(await run('version')).to.deep.equal({
      said: 'error: "version" is no command; did you mean "--version"?\nRun "pod-hardener --help" for the commands and options.\n',
      status: 2,
    });
  });
});

describe('without a kubeconfig', () => {
  const alone = async (...args: readonly string[]) => {
    const home = await mkdtemp(join(tmpdir(), 'pod-hardener-'));
    try {
      return await runIn({ PATH: process.env.PATH, HOME: home }, ...args);
    } finally {
      await rm(home, { recursive: true });
    }
  };

  it('says what else can be looked at', async () => {
    expect(await alone('report')).to.deep.equal({
      said: 'error: there is no kubeconfig: name one with --kubeconfig, or manifests with -f\n',
      status: 2,
    });
    expect(await alone('explain', 'pod/web')).to.deep.equal({
      said: 'error: there is no kubeconfig: name one with --kubeconfig, or the manifest of the pod with -f\n',
      status: 2,
    });
  });
});

describe('the start of the program', () => {
  let outputs: Metafile['outputs'];

  before(async () => {
    const { metafile } = await build({
      entryPoints: ['src/main.ts'],
      outdir: 'none',
      bundle: true,
      splitting: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
    });
    outputs = metafile.outputs;
  });

  /** The packages that a file of the bundle needs before its first line runs. */
  function packagesOf(file: string, seen = new Set<string>()): ReadonlySet<string> {
    for (const { path, kind, external } of outputs[file]?.imports ?? []) {
      if (kind === 'dynamic-import' || path.startsWith('node:') || seen.has(path)) continue;
      seen.add(path);
      if (!external) packagesOf(path, seen);
    }
    return new Set([...seen].filter((path) => outputs[path] === undefined));
  }

  /** The file of the bundle that a module is loaded with when it is asked for. */
  function fileOf(module: string): string {
    const found = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === module);
    if (found === undefined) throw new Error(`${module} is loaded with all the others`);
    return found[0];
  }

  it('loads no package but commander', () => {
    expect([...packagesOf('none/main.js')]).to.deep.equal(['commander']);
  });

  for (const [module, packages] of [
    ['src/commands/runFn.ts', ['yaml', 'js-yaml']],
    ['src/commands/runHarden.ts', ['yaml', 'js-yaml']],
    ['src/commands/runCheck.ts', ['yaml', 'js-yaml']],
    ['src/commands/runReport.ts', ['yaml']],
    ['src/commands/manifestSurvey.ts', ['yaml', 'js-yaml']],
    ['src/commands/liveSurvey.ts', []],
    ['src/commands/runExplain.ts', []],
    ['src/commands/completions.ts', []],
  ] as const) {
    it(`loads ${packages.join(' and ') || 'no package'} for ${module}`, () => {
      expect([...packagesOf(fileOf(module))]).to.deep.equal(packages);
    });
  }
});
