import { Command } from 'commander';
import { quoted } from '../admission/words.ts';
import { completionScripts, shells } from './completionScripts.ts';
import { reportUsage } from './input.ts';
import { wordArgument } from './words.ts';

const description = `Print a script with which a shell completes commands, options and their values,
controls and profiles. It asks this program each time, so it never grows old.`;

const examples = `
kubectl completes "kubectl pod-hardener" without a script: it asks the command
kubectl_complete-pod_hardener, which is installed beside kubectl-pod_hardener.

Examples:
  In bash, now and in every later shell:
    $ source <(pod-hardener completion bash)
    $ echo 'source <(pod-hardener completion bash)' >> ~/.bashrc

  In zsh, in a folder of its fpath:
    $ pod-hardener completion zsh > ~/.zfunc/_pod-hardener

  In fish:
    $ pod-hardener completion fish \\
        > ~/.config/fish/completions/pod-hardener.fish`;

/** The command `completion`: the script for a shell. */
export function completionCommand(): Command {
  return new Command('completion')
    .summary('print a script with which a shell completes words')
    .description(description)
    .addArgument(wordArgument('<shell>', shells.join(', '), shells))
    .addHelpText('after', examples)
    .action(run);
}

function run(written: string): void {
  const shell = shells.find((candidate) => candidate === written);
  if (shell !== undefined) return void process.stdout.write(completionScripts[shell]);
  // Names of shells are so short that a misspelling of one cannot be told from another shell.
  reportUsage('completion', [`there is no script for ${quoted(written)}; there are ${shells.join(', ')}`]);
}
