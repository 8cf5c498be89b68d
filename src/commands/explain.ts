import { Command } from 'commander';
import { colourChoices } from '../output/paint.ts';
import { controls } from '../policy/controls/index.ts';
import { profiles } from '../policy/profiles.ts';
import { readWord, reportUsage } from './input.ts';
import type { ExplainOptions } from './runExplain.ts';
import { wordArgument, wordOption } from './words.ts';

/** What the result may look like. */
export const explainOutputs = ['text', 'markdown', 'json'] as const;

export type ExplainOutput = (typeof explainOutputs)[number];

const description = `Explain a control or a profile: what it means and which attack it stops, what is
filled and when it is left, what may stop working, how to notice it, and the way
out. Without a name, list all of them.`;

const examples = `
Exit status: 0, or 2 when there is no control or profile of that name.

Without a name, -o markdown and -o json print everything on all of them.

Examples:
  See which controls and profiles there are:
    $ pod-hardener explain

  A container does not start: "container has runAsNonRoot and image will run as
  root". Which field is that, and what can be done?
    $ pod-hardener explain runAsNonRoot

  See what a profile fills:
    $ pod-hardener explain restricted

  The reasons with which a field can be left, for a program:
    $ pod-hardener explain capabilities -o json | jq '.controls[].leaves'`;

const names = [...new Set([...controls.map(({ id }) => id), ...profiles.map(({ name }) => name)])];

interface Written {
  readonly output: string;
  readonly color: string;
}

/** The command `explain`: a control or a profile in words. */
export function explainCommand(): Command {
  return new Command('explain')
    .summary('explain a control or a profile')
    .description(description)
    .addArgument(wordArgument('[control|profile]', 'what to explain, such as runAsNonRoot or restricted', names))
    .addOption(
      wordOption('-o, --output <format>', `what to print: ${explainOutputs.join(', ')}`, explainOutputs).default(
        'text',
      ),
    )
    .addOption(wordOption('--color <when>', `colours: ${colourChoices.join(', ')}`, colourChoices).default('auto'))
    .addHelpText('after', examples)
    .action((name: string | undefined, written: Written) => run(name, written));
}

async function run(name: string | undefined, written: Written): Promise<void> {
  const problems: string[] = [];
  const options: ExplainOptions = {
    ...(name !== undefined && { name }),
    output: readWord('--output', written.output, explainOutputs, problems) ?? 'text',
    color: readWord('--color', written.color, colourChoices, problems) ?? 'auto',
  };
  if (problems.length > 0) return reportUsage('explain', problems);
  const { explain } = await import('./runExplain.ts');
  process.exitCode = explain(options);
}
