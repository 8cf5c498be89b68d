import { Command } from 'commander';
import { reportUsage } from './input.ts';
import { wordArgument } from './words.ts';

/** What can be done about configuration files. */
export const configActions = ['check', 'schema'] as const;

const description = `Say what a configuration file means: its profiles, its defaults, and for how
long its exemptions apply. Or print its JSON Schema, for editors.`;

const examples = `
The file is read as serve --config reads it. Everything that is wrong with it is
said at once, each with file, line and column.

Exit status of check: 0 when all is well, 1 when an exemption has expired or
will within 7 days, 2 when the file cannot be understood.

Examples:
  Look at a file before it is rolled out:
    $ pod-hardener config check pod-hardener.yaml

  Have an editor complete and check it, with the first line
  "# yaml-language-server: $schema=pod-hardener.schema.json":
    $ pod-hardener config schema > pod-hardener.schema.json`;

/** The command `config`: what a configuration file means. */
export function configCommand(): Command {
  return new Command('config')
    .summary('say what a configuration file means')
    .description(description)
    .addArgument(wordArgument('<check|schema>', 'what to do', configActions))
    .argument('[file]', 'the configuration file to check')
    .addHelpText('after', examples)
    .action(run);
}

async function run(action: string, file: string | undefined): Promise<void> {
  const problems = problemsOf(action, file);
  if (problems.length > 0) return reportUsage('config', problems);
  const { checkConfiguration, printSchema } = await import('./runConfig.ts');
  process.exitCode = file === undefined ? printSchema() : await checkConfiguration(file);
}

function problemsOf(action: string, file: string | undefined): readonly string[] {
  if (action === 'check') return file === undefined ? ['there is no file to check: config check FILE'] : [];
  if (action === 'schema') return file === undefined ? [] : ['the schema is the same for every file: leave it out'];
  return [`there is no config ${JSON.stringify(action)}; there are ${configActions.join(', ')}`];
}
