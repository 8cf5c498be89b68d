import type { Argument, Command, Option } from 'commander';
import { variableOf } from '../src/commands/environment.ts';
import { createProgram } from '../src/commands/program.ts';
import { wrap } from '../src/output/wrap.ts';

const pageWidth = 120;

/** The reference page on all commands, in Markdown, made of what their own help says. */
export function cliPage(): string {
  const program = createProgram();
  const commands = program.commands.filter((command) => command.name() !== 'help');
  return [
    '# Commands',
    '<!-- Written by `npm run docs` from src/commands. Change it there. -->',
    paragraph(program.description()),
    paragraph('`pod-hardener COMMAND --help` says in a terminal what stands here.'),
    commands
      .map((command) => listItem(`[\`${command.name()}\`](#${anchorOf(command)}): ${command.summary()}`))
      .join('\n'),
    remarksOf(program),
    ...commands.map(sectionOf),
  ]
    .join('\n\n')
    .concat('\n');
}

/** The heading of a section as a browser finds it. */
function anchorOf(command: Command): string {
  return `pod-hardener-${command.name()}`;
}

function sectionOf(command: Command): string {
  const help = command.createHelp();
  const options = help.visibleOptions(command).map((option) => optionItem(option, command));
  const entries = [...help.visibleArguments(command).map(argumentItem), ...options];
  return [
    `## pod-hardener ${command.name()}`,
    paragraph(command.description()),
    block(help.commandUsage(command)),
    entries.join('\n'),
    remarksOf(command),
  ].join('\n\n');
}

function argumentItem(argument: Argument): string {
  return listItem(`\`${argument.name()}\`: ${argument.description}`);
}

function optionItem({ flags, description, defaultValue, long }: Option, command: Command): string {
  const byDefault = typeof defaultValue === 'string' ? ` Default: \`${defaultValue}\`.` : '';
  // Only the webhook reads its options from the environment, too.
  const isVariable = command.name() === 'serve' && long && long !== '--help';
  const variable = isVariable ? ` Variable: \`${variableOf(long)}\`.` : '';
  const sentence = byDefault || variable ? `${description}.${byDefault}${variable}` : description;
  return listItem(`\`${flags}\`: ${sentence}`);
}

/** What the help says below the options: remarks, and examples. */
function remarksOf(command: Command): string {
  return belowOptions(command)
    .split(/^(?=Examples:$)/m)
    .filter((part) => part.trim() !== '')
    .map((part) => block(part.trim()))
    .join('\n\n');
}

function belowOptions(command: Command): string {
  let text = '';
  command.configureOutput({
    getOutHelpWidth: () => 80,
    getOutHasColors: () => false,
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text.slice(text.indexOf('\n', text.indexOf('\n  -h, --help') + 1)).replace(/^\n\nCommands:\n(.+\n)*/, '');
}

function block(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}

function paragraph(text: string): string {
  return wrap(text.replaceAll('\n', ' '), '', '', pageWidth);
}

function listItem(text: string): string {
  return wrap(text, '- ', '  ', pageWidth);
}
