import { basename } from 'node:path';
import { Command, CommanderError, type OutputConfiguration } from 'commander';
import { quoted, suggestion } from '../admission/words.ts';
import { fold } from '../output/fold.ts';
import { calledAs } from './calledAs.ts';
import { checkCommand } from './check.ts';
import { completionCommand } from './completion.ts';
import { completeCall } from './completionScripts.ts';
import { configCommand } from './config.ts';
import { explainCommand } from './explain.ts';
import { fnCommand } from './fn.ts';
import { hardenCommand } from './harden.ts';
import { reportUsage } from './input.ts';
import { previewCommand } from './preview.ts';
import { watchRepetition } from './repeated.ts';
import { reportCommand } from './report.ts';
import { serveCommand } from './serve.ts';
import { type Screen, shownOn, widthOf } from './terminal.ts';
import { version } from './version.ts';
import { wordsHelp } from './words.ts';

const description = `Fills in the security settings that a pod's author left out, so that the pod
passes the Pod Security Standards. What an author wrote is never changed.`;

const examples = `
Examples:
  See what would be filled in, without a cluster:
    $ pod-hardener preview -f deployment.yaml

  May it be applied where the level restricted is enforced?
    $ pod-hardener check -f deployment.yaml

  May restricted be enforced in a cluster today, and what is in the way?
    $ pod-hardener report

  What does a field mean, what may break, and what then?
    $ pod-hardener explain runAsNonRoot

  All about a command:
    $ pod-hardener help check`;

/** By this name kubectl asks what the arguments of its plugin may become. */
const kubectlCompletes = 'kubectl_complete-pod_hardener';

/** The program with all its commands, each of which loads what it needs when it is called. */
export function createProgram(name = 'pod-hardener'): Command {
  const program = new Command(name)
    .description(description)
    .version(version, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'explain a command')
    .showHelpAfterError(`Run "${name} --help" for the commands and options.`)
    .configureHelp(wordsHelp)
    .configureOutput(output)
    .addHelpText('after', examples)
    .exitOverride();

  const commands = [
    previewCommand(),
    hardenCommand(),
    checkCommand(),
    reportCommand(),
    explainCommand(),
    fnCommand(),
    serveCommand(),
    configCommand(),
    completionCommand(),
  ];
  for (const command of commands) {
    command.copyInheritedSettings(program);
    // It says itself what was probably meant.
    if (command.name() === 'explain') command.allowExcessArguments();
    command.showHelpAfterError(`Run "${name} ${command.name()} --help" for the options.`);
    refuseRepetition(command);
    program.addCommand(command);
  }

  return program;
}

/** Help is made for 80 columns, and fits in fewer where the terminal has fewer. */
const output: OutputConfiguration = Object.freeze({
  getOutHelpWidth: () => widthOf({}),
  getErrHelpWidth: () => widthOf({}),
  writeOut: (text: string) => void process.stdout.write(helpOn(process.stdout, text)),
  writeErr: (text: string) => void process.stderr.write(helpOn(process.stderr, text)),
  outputError: (text: string) => void process.stderr.write(shownOn(process.stderr, text)),
});

function helpOn({ isTTY, columns }: Screen, text: string): string {
  const width = widthOf(isTTY ? { columns } : {});
  return width < widthOf({}) ? fold(text, width) : text;
}

function refuseRepetition(command: Command): void {
  const repeated = watchRepetition(command);
  command.hook('preAction', () => {
    const problems = repeated();
    if (problems.length === 0) return;
    reportUsage(command.name(), problems);
    throw new CommanderError(2, 'repeated', problems.join('\n'));
  });
}

/** Runs the command that the arguments of this process name; wrong usage is exit status 2. */
export async function run(): Promise<void> {
  const [, path = '', ...args] = process.argv;
  const program = createProgram(calledAs(path));
  // What is to be completed may look like any option, and must not be taken for one.
  if (basename(path) === kubectlCompletes) return complete(program, args);
  if (args[0] === completeCall) return complete(program, args.slice(1));
  try {
    refuseUnknown(program, args);
    await program.parseAsync();
  } catch (error) {
    // Commander has said what is wrong. It ends with 1 where this program's users expect 2.
    const isSaid = error instanceof CommanderError;
    if (!isSaid)
      process.stderr.write(`error: a fault of ours: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = isSaid && error.exitCode === 0 ? 0 : 2;
  }
}

/** Ends with an error when the first of the arguments, or what help is asked on, is no command: whatever follows. */
function refuseUnknown(program: Command, [first = '', second = '']: readonly string[]): void {
  const names = ['help', ...program.commands.map((command) => command.name())];
  const name = first === 'help' ? second : first;
  if (name === '' || name.startsWith('-') || names.includes(name)) return;
  const hint = name === 'version' ? '; did you mean "--version"?' : suggestion(name, names);
  program.error(`error: ${quoted(name, 40)} is no command${hint}`);
}

/** Prints the words that may come next, each with what it is about, and last whether files may: as kubectl expects. */
async function complete(program: Command, words: readonly string[]): Promise<void> {
  const { completionsOf } = await import('./completions.ts');
  const { offerProfiles } = await import('./offerProfiles.ts');
  await offerProfiles(program, words.slice(0, -1));
  const { words: found, files } = completionsOf(program, words);
  const lines = found.map(({ word, about }) => (about === '' ? word : `${word}\t${about}`));
  process.stdout.write([...lines, files ? ':0' : ':4', ''].join('\n'));
}
