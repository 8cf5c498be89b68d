import { Command } from 'commander';
import { isNamespaceName } from '../admission/namespaceName.ts';
import { quoted } from '../admission/words.ts';
import { colourChoices } from '../output/paint.ts';
import { profiles } from '../policy/profiles.ts';
import { newestMinor } from '../policy/version.ts';
import { parseInput, readWord, reportUsage, type WrittenInput } from './input.ts';
import { readDiff, readVersion } from './policySides.ts';
import type { ReportOptions } from './runReport.ts';
import { wordOption } from './words.ts';

/** What the result may look like. */
export const reportOutputs = ['table', 'json', 'yaml', 'markdown', 'html', 'policyreport'] as const;

export type ReportOutput = (typeof reportOutputs)[number];

/** What a comparison of two policies may look like. */
const diffOutputs: readonly ReportOutput[] = ['table', 'json', 'yaml'];

/** What ends with exit status 1: each of them, from the first on, what the ones before it do and something more. */
export const reportFailOns = ['never', 'blocked', 'fills'] as const;

export type ReportFailOn = (typeof reportFailOns)[number];

const profileNames = profiles.map(({ name }) => name);

const description = `Say of every namespace whether restricted, or another level, may be enforced
there today: how many of its pods would change, which would stay short and
because of whom, and which run as root now and would not start. It changes
nothing.`;

const examples = `
It looks at the pods of a cluster, with kubectl's kubeconfig, or with -f at
manifests. What would be filled is decided by the code of the webhook, under
  1. --profile;
  2. the profile that the namespace names;
  3. the profile restricted;
and whatever else the namespace, and the file --config, say of its policy, as if
its mode were fill. With --diff, a configuration file stands for what is in
force with it: the profiles and modes that the namespaces name.

A namespace is
  ready             all its pods pass as they are
  ready with fills  those that do not pass once the webhook has filled them
  blocked by N      N workloads do not: "short", because of what their authors
                    or the policy set, or "image", because of an image's user
Below it stand the commands that make it enforce the level, or warn for now.

Pods that are alike and come from one workload are judged once. Ended pods are
judged where something may make more of them. Debug containers, pods that are
being deleted, and the namespaces of the cluster itself are not looked at.

It needs to list pods and namespaces, or with -n to read those. To name the
workload that a pod comes from it reads the metadata of its owners.

Exit status: 0 when no namespace is blocked, 1 when one is, 2 when something
could not be read. --fail-on decides: never; blocked; fills, also where pods
have to be filled.

Examples:
  May restricted be enforced today?
    $ pod-hardener report

  In one namespace, with the workloads that are not in the way:
    $ pod-hardener report -n team-a --all

  A page to read and to forward:
    $ pod-hardener report -o html > report.html

  For whatever shows policy reports:
    $ pod-hardener report -o policyreport | kubectl apply -f -

  Before an upgrade: what would be judged or filled otherwise?
    $ pod-hardener report --diff restricted@v1.34..restricted@v1.36

  Before another configuration file: whom would it change?
    $ pod-hardener report --diff old.yaml..new.yaml

  Without a cluster: manifests, or what somebody else has read from one:
    $ pod-hardener report -R -f manifests
    $ kubectl get ns,pods,rs,jobs -A -o json | pod-hardener report -f -`;

/** The options as they were written. */
export interface WrittenReport extends Omit<WrittenInput, 'namespace'> {
  readonly namespace?: readonly string[];
  readonly allNamespaces?: boolean;
  readonly profileVersion?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly diff?: string;
  readonly failOn: string;
  readonly output: string;
  readonly all?: boolean;
  readonly color: string;
}

/** The command `report`: whether a level may be enforced in each namespace today. */
export function reportCommand(): Command {
  return new Command('report')
    .summary('say whether restricted may be enforced today')
    .description(description)
    .argument('[file...]', 'the same as -f FILE')
    .option('-n, --namespace <name>', 'look at this namespace only; may be repeated', repeated)
    .option('-A, --all-namespaces', 'look at all namespaces, which is the default')
    .addOption(wordOption('-p, --profile <name>', 'fill what this profile asks for, in any namespace', profileNames))
    .option('--profile-version <version>', `version of the standards: latest, v1.0 to v1.${newestMinor}`)
    .option('--config <file>', 'profiles, defaults and exemptions, as serve reads them')
    .option('--diff <a..b>', 'list only what differs: PROFILE[@VERSION], or a configuration file, each')
    .option('--kubeconfig <file>', "kubeconfig; else the pod's own service account, else kubectl's")
    .option('--context <name>', 'context of the kubeconfig')
    .option('-f, --filename <file...>', 'file or folder with manifests instead of a cluster; - is standard input')
    .option('-k, --kustomize <folder...>', 'folder with a kustomization; needs kubectl or kustomize')
    .option('-R, --recursive', 'look into the folders below a folder, too')
    .option('--namespaces <file>', 'Namespace manifests to take the policy from')
    .addOption(
      wordOption(
        '--fail-on <what>',
        `what ends with exit status 1: ${reportFailOns.join(', ')}`,
        reportFailOns,
      ).default('blocked'),
    )
    .addOption(
      wordOption('-o, --output <format>', `what to print: ${reportOutputs.join(', ')}`, reportOutputs).default('table'),
    )
    .option('--all', 'in the table, also list what is not in the way')
    .addOption(wordOption('--color <when>', `colours: ${colourChoices.join(', ')}`, colourChoices).default('auto'))
    .addHelpText('after', examples)
    .action((files: readonly string[], written: WrittenReport) =>
      run(files.length === 0 ? written : { ...written, filename: [...(written.filename ?? []), ...files] }),
    );
}

function repeated(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

async function run(written: WrittenReport): Promise<void> {
  const problems: string[] = [];
  const options = parseReport(written, problems);
  if (problems.length > 0) return reportUsage('report', problems);
  const { report } = await import('./runReport.ts');
  process.exitCode = await report(options);
}

/** The options, with a sentence added to the problems for each one that is wrong. */
export function parseReport(written: WrittenReport, problems: string[]): ReportOptions {
  const output = readWord('--output', written.output, reportOutputs, problems) ?? 'table';
  const { config } = written;
  const diff = written.diff === undefined ? undefined : readDiff(written.diff, problems, config !== undefined);
  if (diff && (written.profile !== undefined || written.profileVersion !== undefined)) {
    problems.push('--diff names both policies itself: leave out --profile and --profile-version');
  }
  if (diff && !diffOutputs.includes(output)) {
    problems.push(`--diff is printed as ${diffOutputs.join(', ')}, not as ${output}`);
  }
  return {
    source: parseSource(written, problems),
    asked: parseAsked(written, problems),
    ...(config !== undefined && { config }),
    ...(diff && { diff }),
    failOn: readWord('--fail-on', written.failOn, reportFailOns, problems) ?? 'blocked',
    output,
    all: written.all === true,
    color: readWord('--color', written.color, colourChoices, problems) ?? 'auto',
  };
}

function parseAsked({ profile, profileVersion, config }: WrittenReport, problems: string[]): ReportOptions['asked'] {
  // Which other profiles there are says the configuration file.
  const isBuiltIn = profile !== undefined && config === undefined;
  const name = isBuiltIn ? readWord('--profile', profile, profileNames, problems) : profile;
  const version = profileVersion === undefined ? undefined : readVersion('--profile-version', profileVersion, problems);
  return { ...(name !== undefined && { profile: name }), ...(version !== undefined && { version }) };
}

/** Manifests where some are named, else a cluster. */
function parseSource(written: WrittenReport, problems: string[]): ReportOptions['source'] {
  const { namespace: names = [], profile: _, config: __, allNamespaces, kubeconfig, context, ...input } = written;
  for (const name of names) {
    if (!isNamespaceName(name)) problems.push(`--namespace ${quoted(name)} is no name of a namespace`);
  }
  if (allNamespaces && names.length > 0) problems.push('-A looks at all namespaces, and -n at some: give one of them');
  if ((input.filename ?? input.kustomize) === undefined) {
    if (input.namespaces !== undefined) problems.push('--namespaces describes those of manifests: it needs -f or -k');
    return {
      namespaces: names,
      ...(kubeconfig !== undefined && { kubeconfig }),
      ...(context !== undefined && { context }),
    };
  }
  if (kubeconfig !== undefined || context !== undefined)
    problems.push('-f and -k look at manifests, and at no cluster');
  if (names.length > 1) problems.push('with -f and -k, --namespace is that of objects that name none: give one');
  const [namespace] = names;
  // What is wrong with the name has been said.
  return { ...parseInput(input, problems), ...(namespace !== undefined && { namespace }) };
}
