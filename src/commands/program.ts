import { basename } from 'node:path';
import { Command, CommanderError } from 'commander';
import { checkCommand } from './check.ts';
import { completionCommand } from './completion.ts';
import { completeCall } from './completionScripts.ts';
import { configCommand } from './config.ts';
import { explainCommand } from './explain.ts';
import { fnCommand } from './fn.ts';
import { hardenCommand } from './harden.ts';
import { previewCommand } from './preview.ts';
import { serveCommand } from './serve.ts';
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
    .addHelpText('after', examples)
    .exitOverride();

  const commands = [
    previewCommand(),
    hardenCommand(),
    checkCommand(),
    explainCommand(),
    fnCommand(),
    serveCommand(),
    configCommand(),
    completionCommand(),
  ];
  for (const command of commands) {
    command.copyInheritedSettings(program);
    command.showHelpAfterError(`Run "${name} ${command.name()} --help" for the options.`);
    program.addCommand(command);
  }

  return program;
}

/** Runs the command that the arguments of this process name; wrong usage is exit status 2. */
export async function run(): Promise<void> {
  const [, path = '', ...args] = process.argv;
  const called = basename(path);
  // kubectl calls a plugin by this name, which its user knows as a command of kubectl.
  const program = createProgram(called === 'kubectl-pod_hardener' ? 'kubectl pod-hardener' : 'pod-hardener');
  // What is to be completed may look like any option, and must not be taken for one.
  if (called === kubectlCompletes) return complete(program, args);
  if (args[0] === completeCall) return complete(program, args.slice(1));
  try {
    await program.parseAsync();
  } catch (error) {
    // Commander has said what is wrong. It ends with 1 where this program's users expect 2.
    const isSaid = error instanceof CommanderError;
    if (!isSaid)
      process.stderr.write(`error: a fault of ours: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = isSaid && error.exitCode === 0 ? 0 : 2;
  }
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
