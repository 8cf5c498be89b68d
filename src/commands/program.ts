import { Command, CommanderError } from 'commander';
import { checkCommand } from './check.ts';
import { explainCommand } from './explain.ts';
import { fnCommand } from './fn.ts';
import { hardenCommand } from './harden.ts';
import { previewCommand } from './preview.ts';
import { serveCommand } from './serve.ts';
import { version } from './version.ts';

const description = `Fills in the security settings that a pod's author left out, so that the pod
passes the Pod Security Standards. What an author wrote is never changed.`;

/** The program with all its commands, each of which loads what it needs when it is called. */
export function createProgram(): Command {
  const program = new Command('pod-hardener')
    .description(description)
    .version(version, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'explain a command')
    .showHelpAfterError('Run "pod-hardener --help" for the commands and options.')
    .exitOverride();

  for (const command of [
    previewCommand(),
    hardenCommand(),
    checkCommand(),
    explainCommand(),
    fnCommand(),
    serveCommand(),
  ]) {
    program.addCommand(command.copyInheritedSettings(program));
  }

  return program;
}

/** Runs the command that the arguments of this process name; wrong usage is exit status 2. */
export async function run(): Promise<void> {
  try {
    await createProgram().parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has said what is wrong. It ends with 1 where this program's users expect 2.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  }
}
