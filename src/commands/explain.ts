import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { quoted } from '../admission/words.ts';
import { colourChoices } from '../output/paint.ts';
import { explainedWords } from './explainedWords.ts';
import { addExplainPodOptions, podOptions, type WrittenPodOptions } from './explainPodOptions.ts';
import { readWord, reportUsage } from './input.ts';
import { isObjectName } from './objectName.ts';
import type { ExplainOptions } from './runExplain.ts';
import { topics } from './topics.ts';
import { wordArgument, wordOption } from './words.ts';

/** What the result may look like. */
export const explainOutputs = ['text', 'markdown', 'json'] as const;

export type ExplainOutput = (typeof explainOutputs)[number];

const description = `Explain a control: what it means and which attack it stops, what is filled and
when it is left, what may stop working, how to notice it, and the way out. Or
explain a profile, a reason, a key of a namespace or pod, or the control that a
field belongs to. Without a name, list all of them.

Or explain a pod: who set each field, what was filled and why not the rest, the
policy and the levels, and what may not work because of a filled field. The pod
is read from the cluster of the kubeconfig, or from manifests (-f), where pod
templates of any kind are explained: what will be filled, and why not the rest.`;

const examples = `
Fields are written as anywhere else: from the root of a pod or template, or from
further in, dotted or as a JSON Pointer, with the indexes of lists or without.

Exit status: 0, or 2 when there is nothing of that name, or it cannot be read.

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

  A pod does not start, or is not what you expected. What was filled?
    $ pod-hardener explain pod/web-5d9c7 -n team-a

  The same for a pod that somebody has sent you, and for a template:
    $ kubectl get pod web-5d9c7 -o yaml | pod-hardener explain pod -f -
    $ pod-hardener explain deployment/web -f deployment.yaml

  The reasons with which a field can be left, for a program:
    $ pod-hardener explain capabilities -o json | jq '.controls[].leaves'`;

interface Written extends WrittenPodOptions {
  readonly output: string;
  readonly color: string;
}

/** The command `explain`: a control, and whatever else has a name, in words. */
export function explainCommand(): Command {
  const command = new Command('explain')
    .summary('explain a control, profile, reason, key or field, or what was filled in a pod')
    .description(description)
    .addArgument(wordArgument('[name]', 'what to explain, such as runAsNonRoot, restricted or pod/web', topics));
  return addExplainPodOptions(command)
    .addOption(
      wordOption('-o, --output <format>', `what to print: ${explainOutputs.join(', ')}`, explainOutputs).default(
        'text',
      ),
    )
    .addOption(wordOption('--color <when>', `colours: ${colourChoices.join(', ')}`, colourChoices).default('auto'))
    .addHelpText('after', examples)
    .action((_name: string | undefined, written: Written, { args }: Command) => run(args, written));
}

async function run(args: readonly string[], written: Written): Promise<void> {
  const problems: string[] = [];
  const { words, files } = explainedWords(args, written.filename, existsSync);
  const [name] = words;
  if (words.length > 1) problems.push(tooMany(words));
  const pod = podOptions(name, { ...written, ...(files && { filename: files }) }, problems);
  const options: ExplainOptions = {
    ...(name !== undefined && { name }),
    output: readWord('--output', written.output, explainOutputs, problems) ?? 'text',
    color: readWord('--color', written.color, colourChoices, problems) ?? 'auto',
  };
  if (problems.length > 0) return reportUsage('explain', problems);
  if (pod) {
    const { explainPod } = await import('./runExplainPod.ts');
    process.exitCode = await explainPod({ ...options, ...pod });
    return;
  }
  const { explain } = await import('./runExplain.ts');
  process.exitCode = explain(options);
}

/** What to say where several words stand for what is to be explained, as in `deployment web`. */
function tooMany([first = '', second = '', ...others]: readonly string[]): string {
  const joined = `${first}/${second}`;
  const isMeant = others.length === 0 && isObjectName(joined) && !first.includes('/') && !second.includes('/');
  return `only one thing can be explained at a time${isMeant ? `; did you mean ${quoted(joined, 80)}?` : ''}`;
}
