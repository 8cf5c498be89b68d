import { Command } from 'commander';
import {
  addInputOptions,
  parseInput,
  policyHelp,
  readWord,
  reportUsage,
  type WrittenInput,
  withFiles,
} from './input.ts';
import type { HardenOptions } from './runHarden.ts';
import { wordOption } from './words.ts';

/** What may be printed other than the manifests in their authors' own words. */
export const hardenOutputs = ['yaml', 'json', 'jsonpatch', 'kustomize'] as const;

export type HardenOutput = (typeof hardenOutputs)[number];

const description = `Print manifests with the security settings filled in that authors left out.
Comments, order, quoting and every other byte stay as they are.`;

const examples = `${policyHelp}

Examples:
  Print a manifest with its security settings filled in:
    $ pod-hardener harden -f deployment.yaml

  Apply a manifest hardened:
    $ pod-hardener harden -f raycluster.yaml | kubectl apply -f -

  Harden all manifests of a repository where they are, and look at the changes:
    $ pod-hardener harden -R -f . -i && git diff

  Patches for what others maintain, to be named in a kustomization.yaml:
    $ pod-hardener harden -k base -o kustomize > hardened.yaml

  A JSON Patch for an object in a cluster:
    $ pod-hardener harden -f web.yaml -o jsonpatch | jq -c .patch > web.json
    $ kubectl patch deployment web --type=json --patch-file web.json

  Do what the webhook would do in a namespace:
    $ kubectl get namespace team-a -o yaml > namespace.yaml
    $ pod-hardener harden -f job.yaml -n team-a --namespaces namespace.yaml`;

interface Written extends WrittenInput {
  readonly inPlace?: boolean;
  readonly output?: string;
}

/** The command `harden`: the manifests with the fields filled in. */
export function hardenCommand(): Command {
  const command = new Command('harden')
    .summary('print manifests with the missing fields filled in')
    .description(description);
  return addInputOptions(command)
    .option('-i, --in-place', 'write the files themselves, those that change')
    .addOption(wordOption('-o, --output <format>', `print something else: ${hardenOutputs.join(', ')}`, hardenOutputs))
    .addHelpText('after', examples)
    .action((files: readonly string[], written: Written) => run(withFiles(files, written)));
}

async function run(written: Written): Promise<void> {
  const problems: string[] = [];
  const options = parseOptions(written, problems);
  if (problems.length > 0) return reportUsage('harden', problems);
  const { harden } = await import('./runHarden.ts');
  process.exitCode = await harden(options);
}

function parseOptions(written: Written, problems: string[]): HardenOptions {
  const input = parseInput(written, problems);
  const output =
    written.output === undefined ? undefined : readWord('--output', written.output, hardenOutputs, problems);
  const inPlace = written.inPlace === true;
  if (inPlace && input.targets.includes('-')) problems.push('standard input has no place to be written to with -i');
  if (inPlace && input.kustomizations) {
    problems.push('what -k builds has no place to be written to with -i; print patches for it with -o kustomize');
  }
  if (inPlace && output !== undefined) problems.push('a file that is written with -i stays what it is: leave out -o');
  return { ...input, inPlace, ...(output !== undefined && { output }) };
}
