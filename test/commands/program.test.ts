import { expect } from 'chai';
import type { Command } from 'commander';
import { build, type Metafile } from 'esbuild';
import { createProgram } from '../../src/commands/program.ts';

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

    it(`of ${command.name()} breaks its description where its author did`, () => {
      expect(helpOf(command)).to.include(`\n\n${command.description()}\n\n`);
    });
  }

  it('is on every command', () => {
    expect(program.commands.map((command) => command.name())).to.deep.equal([
      'preview',
      'harden',
      'check',
      'explain',
      'fn',
      'serve',
      'config',
      'completion',
    ]);
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
    ['src/commands/runFn.ts', ['yaml']],
    ['src/commands/runHarden.ts', ['yaml']],
    ['src/commands/runCheck.ts', ['yaml']],
    ['src/commands/runExplain.ts', []],
    ['src/commands/completions.ts', []],
  ] as const) {
    it(`loads ${packages.join(' and ') || 'no package'} for ${module}`, () => {
      expect([...packagesOf(fileOf(module))]).to.deep.equal(packages);
    });
  }
});
