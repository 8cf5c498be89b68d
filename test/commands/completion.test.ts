import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { Command } from 'commander';
import { completionScripts, shells } from '../../src/commands/completionScripts.ts';
import { completionsOf } from '../../src/commands/completions.ts';
import { offerProfiles } from '../../src/commands/offerProfiles.ts';
import { createProgram } from '../../src/commands/program.ts';
import { programInShell } from '../program.ts';

const run = promisify(execFile);

function wordsAfter(...words: readonly string[]): readonly string[] {
  return completionsOf(createProgram(), words).words.map(({ word }) => word);
}

function filesAfter(...words: readonly string[]): boolean {
  return completionsOf(createProgram(), words).files;
}

describe('completionsOf', () => {
  it('completes commands, and says what each is about', () => {
    expect(wordsAfter('')).to.include.members([
      'preview',
      'harden',
      'check',
      'report',
      'explain',
      'fn',
      'serve',
      'help',
    ]);
    expect(wordsAfter('h')).to.deep.equal(['harden', 'help']);
    expect(completionsOf(createProgram(), ['ser']).words).to.deep.equal([{ word: 'serve', about: 'run the webhook' }]);
  });

  it('completes the profiles of a configuration file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pod-hardener-'));
    const file = join(folder, 'config.yaml');
    const head = 'apiVersion: pod-hardener.io/v1alpha1\nkind: Configuration\n';
    await writeFile(file, `${head}profiles: [{ name: web, extends: restricted }]\n`);
    const profilesAfter = async (...words: readonly string[]) => {
      const program = createProgram();
      await offerProfiles(program, words);
      return completionsOf(program, [...words, '-p', '']).words.map(({ word }) => word);
    };
    const builtIn = ['privileged', 'baseline', 'restricted', 'hardened'];
    expect(await profilesAfter('check', '--config', file)).to.deep.equal([...builtIn, 'web']);
    expect(await profilesAfter('check', `--config=${file}`)).to.deep.equal([...builtIn, 'web']);
    expect(await profilesAfter('check', '--config', '=', file)).to.deep.equal([...builtIn, 'web']);
    expect(await profilesAfter('check', '--config', `${file}.gone`)).to.deep.equal(builtIn);
    expect(await profilesAfter('check')).to.deep.equal(builtIn);
    await rm(folder, { recursive: true });
  });

  it('completes the files and actions of config', () => {
    expect(wordsAfter('config', '')).to.deep.equal(['check', 'schema']);
    expect(filesAfter('config', 'check', '')).to.equal(true);
  });

  it('completes the commands that there is help on', () => {
    expect(wordsAfter('help', 'ex')).to.deep.equal(['explain']);
  });

  it('completes the options of the command, whatever stands before', () => {
    expect(wordsAfter('check', '-f', 'a.yaml', '--no')).to.deep.equal(['--no-fill']);
    expect(wordsAfter('serve', '--tls-')).to.deep.equal(['--tls-cert-file', '--tls-key-file']);
    expect(wordsAfter('--ver')).to.deep.equal(['--version']);
    expect(wordsAfter('fn', '-')).to.deep.equal(['--help']);
  });

  it('completes the words that an option takes', () => {
    expect(wordsAfter('check', '--color', '')).to.deep.equal(['auto', 'always', 'never']);
    expect(wordsAfter('harden', '-p', 're')).to.deep.equal(['restricted']);
    expect(wordsAfter('serve', '--log-level', 'w')).to.deep.equal(['warn']);
    expect(wordsAfter('check', '--level', 'restricted', '--color', 'n')).to.deep.equal(['never']);
  });

  it('completes them behind an equals sign, whether the shell splits there or not', () => {
    expect(wordsAfter('check', '--color=a')).to.deep.equal(['--color=auto', '--color=always']);
    expect(wordsAfter('check', '--color', '=', 'a')).to.deep.equal(['auto', 'always']);
    expect(wordsAfter('check', '--color', '=')).to.deep.equal(['auto', 'always', 'never']);
    expect(wordsAfter('check', '--colour=a')).to.deep.equal([]);
  });

  it('completes controls and profiles, once', () => {
    expect(wordsAfter('explain', 'runAs')).to.deep.equal(['runAsNonRoot', 'runAsUser', 'runAsGroup']);
    expect(wordsAfter('explain', 'priv')).to.deep.equal(['privileged']);
    expect(wordsAfter('explain', 'runAsUser', '')).to.deep.equal([]);
    expect(wordsAfter('completion', '')).to.deep.equal(['bash', 'zsh', 'fish']);
  });

  it('lets the shell complete files where an option takes one', () => {
    expect(filesAfter('check', '-f', '')).to.equal(true);
    expect(filesAfter('check', '--filename', 'a.yaml', 'b')).to.equal(true);
    expect(filesAfter('check', '--namespaces=')).to.equal(true);
    expect(filesAfter('serve', '--tls-cert-file', 'tls')).to.equal(true);
    expect(filesAfter('serve', '--port', '')).to.equal(false);
    expect(filesAfter('serve', '')).to.equal(false);
    expect(filesAfter('check', 'a.yaml', 'b')).to.equal(true);
    expect(wordsAfter('check', '-f', 'a.yaml', '-R', '--col')).to.deep.equal(['--color']);
  });

  it('completes no option behind "--"', () => {
    expect(wordsAfter('explain', '--', '-')).to.deep.equal([]);
    expect(wordsAfter('check', '--', '--color=a')).to.deep.equal([]);
    expect(wordsAfter('explain', '--', 'sys')).to.deep.equal(['sysctls']);
  });

  it('knows the words of every option and argument whose help lists some', () => {
    const commands = [...createProgram().commands] as readonly Command[];
    const listed = commands.flatMap((command) =>
      command.options
        .filter(({ description }) => /^[^(]*: [\w-]+(, | or )[\w-]+/.test(description))
        .map((option) => ({ command, option })),
    );
    const silent = listed.filter(({ option }) => option.argChoices === undefined);
    expect(listed.length).to.be.greaterThan(5);
    expect(silent.map(({ command, option }) => `${command.name()} ${option.long}`)).to.deep.equal([
      'check --profile-version',
      'report --profile-version',
    ]);
  });
});

describe('the help', () => {
  it('names the words of an option once', () => {
    const check = createProgram().commands.find((command) => command.name() === 'check');
    const line = check
      ?.helpInformation()
      .split('\n')
      .find((one) => one.includes('--color'));
    expect(line?.trim()).to.equal('--color <when>               colours: auto, always, never (default: auto)');
  });
});

describe('the program', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pod-hardener-completion-'));
    const script = `#!/bin/sh\nexec ${programInShell()} "$@"\n`;
    await writeFile(join(folder, 'pod-hardener'), script);
    await chmod(join(folder, 'pod-hardener'), 0o755);
    await writeFile(join(folder, 'a manifest.yaml'), '');
    for (const shell of shells) await writeFile(join(folder, shell), completionScripts[shell]);
  });

  after(() => rm(folder, { recursive: true }));

  const env = () => ({ ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}`, HOME: folder });

  /** What a shell prints when it runs a script; undefined where there is no such shell. */
  async function shell(name: string, script: string): Promise<readonly string[] | undefined> {
    const noConfig = { bash: ['--norc', '-c'], zsh: ['-f', '-c'], fish: ['--no-config', '-c'] }[name] ?? [];
    const { stdout } = await run(name, [...noConfig, script], { cwd: folder, env: env() }).catch((error) => {
      if (error.code === 'ENOENT') return { stdout: undefined };
      throw error;
    });
    return stdout?.split('\n').filter((line) => line !== '');
  }

  it('answers what comes next as kubectl asks plugins, options of its own included', async () => {
    const ask = async (...words: readonly string[]) =>
      (await run(join(folder, 'pod-hardener'), ['__complete', ...words])).stdout;
    expect(await ask('check', '--ver', '--color', 'n')).to.equal('never\n:4\n');
    expect(await ask('serve', '--help', '--metrics-p')).to.equal(
      '--metrics-port\tHTTP port for metrics and probes\n:4\n',
    );
    expect(await ask('harden', '-f', '')).to.equal(':0\n');
  });

  it('prints the script of a shell, and says which there are', async () => {
    expect((await run(join(folder, 'pod-hardener'), ['completion', 'fish'])).stdout).to.equal(completionScripts.fish);
    const { code, stderr } = await run(join(folder, 'pod-hardener'), ['completion', 'tcsh']).catch((error) => error);
    expect({ code, said: stderr.split('\n')[0] }).to.deep.equal({
      code: 2,
      said: 'pod-hardener completion: there is no script for "tcsh"; there are bash, zsh, fish',
    });
  });

  const inBash = (...words: readonly string[]) =>
    shell(
      'bash',
      `source ./bash; COMP_WORDS=(pod-hardener ${words.map((word) => `'${word}'`).join(' ')}); ` +
        `COMP_CWORD=${words.length}; _pod_hardener; printf '%s\\n' "\${COMPREPLY[@]}"`,
    );

  it('completes in bash', async function () {
    const printed = await inBash('check', '--col');
    if (printed === undefined) this.skip();
    expect(printed).to.deep.equal(['--color']);
    expect(await inBash('check', '--color', '=', 'a')).to.deep.equal(['auto', 'always']);
    expect(await inBash('check', '-f', 'a m')).to.deep.equal(['a manifest.yaml']);
  });

  const inZsh = (...words: readonly string[]) =>
    shell(
      'zsh',
      `compdef() { :; }; _describe() { print -l -- "\${(@P)2}"; }; _files() { print files; }; compset() { :; }\n` +
        `source ./zsh; words=(pod-hardener ${words.map((word) => `'${word}'`).join(' ')}); CURRENT=$#words; _pod_hardener`,
    );

  it('completes in zsh', async function () {
    const printed = await inZsh('check', '--col');
    if (printed === undefined) this.skip();
    expect(printed).to.deep.equal(['--color:colours: auto, always, never']);
    expect(await inZsh('check', '--color=a')).to.deep.equal(['--color=auto', '--color=always']);
    expect(await inZsh('check', '-f', '')).to.deep.equal(['files']);
  });

  const inFish = (line: string) => shell('fish', `source ./fish; complete -C '${line}'`);

  it('completes in fish', async function () {
    const printed = await inFish('pod-hardener check --col');
    if (printed === undefined) this.skip();
    expect(printed).to.deep.equal(['--color\tcolours: auto, always, never']);
    expect(await inFish('pod-hardener check --color=a')).to.deep.equal(['--color=auto', '--color=always']);
    expect((await inFish('pod-hardener check -f a'))?.map((line) => line.split('\t')[0])).to.deep.equal([
      'a manifest.yaml',
    ]);
  });

  it('is called by the name that its user calls it by', () => {
    expect(createProgram('kubectl pod-hardener').helpInformation()).to.match(
      /^Usage: kubectl pod-hardener \[options\]/,
    );
  });
});
