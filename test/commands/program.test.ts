import { expect } from 'chai';
import type { Command } from 'commander';
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
      'completion',
    ]);
  });
});
