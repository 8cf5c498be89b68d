import { Command } from 'commander';

const description = `Harden the resources of a ResourceList: a KRM function for kustomize and kpt. It
reads standard input and writes standard output; comments, annotations and every
other byte stay as they are, and the results say what was filled or left.`;

const examples = `
Which fields are filled is decided, in this order, by
  1. functionConfig: a ConfigMap's data, or the spec of a PodHardenerConfig.
     "profile" names a profile. Beside it there may be what a namespace can be
     annotated with, such as "controls" or "run-as-user";
  2. the Namespace among the items that an item is in: its label and annotations
     are read as the webhook reads them, and what is in a Namespace without
     pod-hardener.io/profile is left as it is;
  3. the profile restricted.
There is no configuration file: only the built-in profiles are known, and no
exemptions.

Exit status: 0 when all was done, 2 when something could not be read. Then one
of the results says what.

Examples:
  With kpt, in all files of a package:
    $ kpt fn eval . --exec "pod-hardener fn" -- profile=restricted

  With kustomize, once the kustomization names this file under "transformers":
    $ cat harden.yaml
    apiVersion: pod-hardener.io/v1alpha1
    kind: PodHardenerConfig
    metadata:
      name: harden
      annotations:
        config.kubernetes.io/function: |
          exec:
            path: pod-hardener
            args: [fn]
    spec:
      profile: restricted
    $ kustomize build --enable-alpha-plugins --enable-exec .`;

/** The command `fn`: a KRM function. */
export function fnCommand(): Command {
  return new Command('fn')
    .summary('be a KRM function for kustomize and kpt')
    .description(description)
    .addHelpText('after', examples)
    .action(run);
}

async function run(): Promise<void> {
  const { fn } = await import('./runFn.ts');
  process.exitCode = await fn();
}
