import { Command } from 'commander';
import { colourChoices } from '../output/paint.ts';
import {
  addInputOptions,
  parseInput,
  policyHelp,
  readWord,
  reportUsage,
  type WrittenInput,
  withFiles,
} from './input.ts';
import { wordOption } from './words.ts';

/** What the result may look like. */
export const previewOutputs = ['text', 'diff', 'json'] as const;

export type PreviewOutput = (typeof previewOutputs)[number];

const description = `Show what the webhook would fill in, as a unified diff, and for every pod and
pod template what each field means, what was left and why.`;

const examples = `${policyHelp}

Examples:
  See what the webhook would fill in:
    $ pod-hardener preview -f raycluster.yaml

  All manifests of a repository, page by page:
    $ pod-hardener preview -R -f . --color=always | less -R

  The diff alone, for patch or git apply:
    $ pod-hardener preview -f deployment.yaml -o diff | patch -p0

  What a Helm chart renders, in a namespace whose manifest is at hand:
    $ helm template chart | pod-hardener preview -f - -n team-a \\
        --namespaces namespace.yaml`;

interface Written extends WrittenInput {
  readonly output: string;
  readonly color: string;
}

/** The command `preview`: what the webhook would fill, as a diff. */
export function previewCommand(): Command {
  const command = new Command('preview').summary('show what would be filled in, as a diff').description(description);
  return addInputOptions(command)
    .addOption(
      wordOption('-o, --output <format>', `what to print: ${previewOutputs.join(', ')}`, previewOutputs).default(
        'text',
      ),
    )
    .addOption(wordOption('--color <when>', `colours: ${colourChoices.join(', ')}`, colourChoices).default('auto'))
    .addHelpText('after', examples)
    .action((files: readonly string[], written: Written) => run(withFiles(files, written)));
}

async function run(written: Written): Promise<void> {
  const problems: string[] = [];
  const input = parseInput(written, problems);
  const output = readWord('--output', written.output, previewOutputs, problems) ?? 'text';
  const color = readWord('--color', written.color, colourChoices, problems) ?? 'auto';
  if (problems.length > 0) return reportUsage('preview', problems);
  const { preview } = await import('./runPreview.ts');
  process.exitCode = await preview({ ...input, output, color });
}
