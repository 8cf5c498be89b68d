import { Command } from 'commander';
import { quoted } from '../admission/words.ts';
import { type ColourChoice, colourChoices } from '../output/paint.ts';
import { addInputOptions, parseInput, policyHelp, reportUsage, type WrittenInput, withFiles } from './input.ts';
import { wordOption } from './words.ts';

const description = `Show what the webhook would fill in, as a unified diff, and for every pod and
pod template what was left and why.`;

const examples = `${policyHelp}

Examples:
  See what the webhook would fill in:
    $ pod-hardener preview -f raycluster.yaml

  All manifests of a repository, page by page:
    $ pod-hardener preview -R -f . --color=always | less -R

  What a Helm chart renders, in a namespace whose manifest is at hand:
    $ helm template chart | pod-hardener preview -f - -n team-a \\
        --namespaces namespace.yaml`;

interface Written extends WrittenInput {
  readonly color: string;
}

/** The command `preview`: what the webhook would fill, as a diff. */
export function previewCommand(): Command {
  const command = new Command('preview').summary('show what would be filled in, as a diff').description(description);
  return addInputOptions(command)
    .addOption(wordOption('--color <when>', `colours: ${colourChoices.join(', ')}`, colourChoices).default('auto'))
    .addHelpText('after', examples)
    .action((files: readonly string[], written: Written) => run(withFiles(files, written)));
}

async function run(written: Written): Promise<void> {
  const problems: string[] = [];
  const input = parseInput(written, problems);
  const color = readColour(written.color, problems);
  if (problems.length > 0) return reportUsage('preview', problems);
  const { preview } = await import('./runPreview.ts');
  process.exitCode = await preview({ ...input, color });
}

function readColour(text: string, problems: string[]): ColourChoice {
  const choice = colourChoices.find((candidate) => candidate === text);
  if (choice === undefined) problems.push(`--color ${quoted(text)} is none of ${colourChoices.join(', ')}`);
  return choice ?? 'auto';
}
