import { Command } from 'commander';
import { colourChoices } from '../output/paint.ts';
import { readWord, reportUsage } from './input.ts';
import type { ExplainOptions } from './runExplain.ts';
import { topics } from './topics.ts';
import { wordArgument, wordOption } from './words.ts';

/** What the result may look like. */
export const explainOutputs = ['text', 'markdown', 'json'] as const;

export type ExplainOutput = (typeof explainOutputs)[number];

const description = `Explain a control: what it means and which attack it stops, what is filled and
when it is left, what may stop working, how to notice it, and the way out. Or
explain a profile, a reason, a key of a namespace or pod, or the control that a
field belongs to. Without a name, list all of them.`;

const examples = `
Fields are written as anywhere else: from the root of a pod or template, or from
further in, dotted or as a JSON Pointer, with the indexes of lists or without.

Exit status: 0, or 2 when there is nothing of that name.

Without a name, -o markdown and -o json print everything on all of them.

Examples:
  See what there is to explain:
    $ pod-hardener explain

  A container does not start: "container has runAsNonRoot and image will run as
  root". Which field is that, and what can be done?
    $ pod-hardener explain runAsNonRoot

  See what a profile fills:
    $ pod-hardener explain restricted

  A field was left with the reason set-by-author:
    $ pod-hardener explain set-by-author

  What a field of a patch is about, and what may be written on a namespace:
    $ pod-hardener explain /spec/containers/0/securityContext/capabilities/drop
    $ pod-hardener explain pod-hardener.io/run-as-user

  The reasons with which a field can be left, for a program:
    $ pod-hardener explain capabilities -o json | jq '.controls[].leaves'`;

interface Written {
  readonly output: string;
  readonly color: string;
}

/** The command `explain`: a control, and whatever else has a name, in words. */
export function explainCommand(): Command {
  return new Command('explain')
    .summary('explain a control, a profile, a reason, a key or a field')
    .description(description)
    .addArgument(wordArgument('[name]', 'what to explain, such as runAsNonRoot or restricted', topics))
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
