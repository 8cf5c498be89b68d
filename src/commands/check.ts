import { Command } from 'commander';
import { parseVersion } from '../admission/values.ts';
import { versionHint } from '../admission/versionHint.ts';
import { quoted } from '../admission/words.ts';
import { failing, failOns } from '../output/failOn.ts';
import { colourChoices } from '../output/paint.ts';
import { levels } from '../policy/level.ts';
import { newestMinor } from '../policy/version.ts';
import {
  addInputOptions,
  groundsHelp,
  parseInput,
  readWord,
  reportUsage,
  type WrittenInput,
  withFiles,
} from './input.ts';
import type { CheckOptions } from './runCheck.ts';
import { wordOption } from './words.ts';

/** What the result may look like. */
export const checkOutputs = ['table', 'text', 'json', 'sarif', 'junit', 'github', 'markdown'] as const;

export type CheckOutput = (typeof checkOutputs)[number];

const description = `Say what the Pod Security Standards object to in pods and pod templates: as they
are, and once the fields that their authors left out are filled in. The words
are those of Kubernetes' Pod Security admission. Nothing is changed.`;

const examples = `${groundsHelp}

Each template is judged by the level and version that its policy aims at, or by
--level and --profile-version. Without --level, nothing is asked of what is in a
namespace that is not opted in.

A template "passes" as it is, passes once "filled", or "fails"; then the table
says what is still objected to, and which fields were left, and why.

Exit status: 0 when nothing fails, 1 when something does, 2 when something could
not be read, or there was no manifest. What could be read is checked all the
same. What fails is decided by --fail-on, each of these going further than the
one before it:
  never       nothing does
  objections  something is still objected to
  left        a field is unset or weak, and is left so
  fills       a field is not set that pod-hardener would fill: for manifests
              that have to be complete by themselves

Examples:
  May these manifests be applied to a namespace that enforces restricted?
    $ pod-hardener check -f deployment.yaml

  The same without pod-hardener in the cluster:
    $ pod-hardener check -f deployment.yaml --level restricted --no-fill

  All manifests of a repository, in a pipeline, one line for each objection:
    $ pod-hardener check -R -f . -o text

  The same as a report for code scanning, and for GitLab and Jenkins:
    $ pod-hardener check -R -f . -o sarif > pod-hardener.sarif
    $ pod-hardener check -R -f . -o junit > pod-hardener.xml

  What a Helm chart renders, by the standards of Kubernetes 1.30:
    $ helm template chart | pod-hardener check -f - --profile-version v1.30

  The templates that fail, for a program:
    $ pod-hardener check -R -f . -o json |
        jq '.results[] | select(.after.allowed | not) | .file, .after.message'`;

interface Written extends WrittenInput {
  readonly level?: string;
  readonly profileVersion?: string;
  readonly fill: boolean;
  readonly failOn: string;
  readonly output: string;
  readonly color: string;
}

/** The command `check`: what the Pod Security Standards object to, before and after filling. */
export function checkCommand(): Command {
  const command = new Command('check')
    .summary('say what the Pod Security Standards object to')
    .description(description);
  return addInputOptions(command)
    .addOption(wordOption('--level <level>', `level to judge by: ${levels.join(', ')}`, levels))
    .option('--profile-version <version>', `version of the standards: latest, v1.0 to v1.${newestMinor}`)
    .option('--no-fill', 'judge the manifests only as they are')
    .addOption(
      wordOption('--fail-on <what>', `what ends with exit status 1: ${failOns.join(', ')}`, failOns).default(
        'objections',
      ),
    )
    .addOption(
      wordOption('-o, --output <format>', `what to print: ${checkOutputs.join(', ')}`, checkOutputs).default('table'),
    )
    .addOption(wordOption('--color <when>', `colours: ${colourChoices.join(', ')}`, colourChoices).default('auto'))
    .addHelpText('after', examples)
    .action((files: readonly string[], written: Written) => run(withFiles(files, written)));
}

async function run(written: Written): Promise<void> {
  const problems: string[] = [];
  const options = parseOptions(written, problems);
  if (problems.length > 0) return reportUsage('check', problems);
  const { check } = await import('./runCheck.ts');
  process.exitCode = await check(options);
}

function parseOptions(written: Written, problems: string[]): CheckOptions {
  const input = parseInput(written, problems);
  const level = written.level === undefined ? undefined : readWord('--level', written.level, levels, problems);
  const version = written.profileVersion === undefined ? undefined : readVersion(written.profileVersion, problems);
  const failOn = readWord('--fail-on', written.failOn, failOns, problems) ?? 'objections';
  if (!written.fill && failing[failOn].includes('warning')) {
    problems.push(`--fail-on ${failOn} asks what would be filled or left, which --no-fill does not look at`);
  }
  return {
    ...input,
    ...(level !== undefined && { level }),
    ...(version !== undefined && { version }),
    fill: written.fill,
    failOn,
    output: readWord('--output', written.output, checkOutputs, problems) ?? 'table',
    color: readWord('--color', written.color, colourChoices, problems) ?? 'auto',
  };
}

function readVersion(text: string, problems: string[]): string {
  const { value, problems: found } = parseVersion(text);
  if (found.length > 0) {
    const problem = `--profile-version ${quoted(text)} is neither latest nor like v1.${newestMinor}`;
    problems.push(problem + versionHint(text));
  }
  return value;
}
