import { Command } from 'commander';
import { addInputOptions, parseInput, policyHelp, reportUsage, type WrittenInput, withFiles } from './input.ts';

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

  Do what the webhook would do in a namespace:
    $ kubectl get namespace team-a -o yaml > namespace.yaml
    $ pod-hardener harden -f job.yaml -n team-a --namespaces namespace.yaml`;

interface Written extends WrittenInput {
  readonly inPlace?: boolean;
}

/** The command `harden`: the manifests with the fields filled in. */
export function hardenCommand(): Command {
  const command = new Command('harden')
    .summary('print manifests with the missing fields filled in')
    .description(description);
  return addInputOptions(command)
    .option('-i, --in-place', 'write the files themselves, those that change')
    .addHelpText('after', examples)
    .action((files: readonly string[], written: Written) => run(withFiles(files, written)));
}

async function run(written: Written): Promise<void> {
  const problems: string[] = [];
  const input = parseInput(written, problems);
  const inPlace = written.inPlace === true;
  if (inPlace && input.targets.includes('-')) problems.push('standard input has no place to be written to with -i');
  if (problems.length > 0) return reportUsage('harden', problems);
  const { harden } = await import('./runHarden.ts');
  process.exitCode = await harden({ ...input, inPlace });
}
