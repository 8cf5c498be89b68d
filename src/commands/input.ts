import type { Command } from 'commander';
import { isNamespaceName } from '../admission/namespaceName.ts';
import { findWord, quoted } from '../admission/words.ts';
import { profiles } from '../policy/profiles.ts';
import { calledAs } from './calledAs.ts';
import { processTerminal } from './terminal.ts';
import { unknownWord } from './unknownWord.ts';
import { wordOption } from './words.ts';

const profileNames = profiles.map(({ name }) => name);

/** What the commands that read manifests are told, understood and complete. */
export interface InputOptions {
  /** Files, folders, or `-` for standard input. */
  readonly targets: readonly string[];
  readonly recursive: boolean;
  /** Folders that kustomize makes manifests of. */
  readonly kustomizations?: readonly string[];
  readonly profile?: string;
  /** The namespace of what names none itself. */
  readonly namespace?: string;
  /** A file of Namespace manifests. */
  readonly namespaces?: string;
  /** The configuration file. */
  readonly config?: string;
  /** Whether the manifests are only looked at: their texts are not needed with the fields filled in. */
  readonly templatesOnly?: boolean;
  /** Whether it does not matter what is filled. */
  readonly fillsNothing?: boolean;
  /** Whether what there is to say of policies, and of what pods ask for themselves, is said of each pod elsewhere. */
  readonly isExplained?: boolean;
}

/** The options as they were written. */
export interface WrittenInput {
  readonly filename?: readonly string[];
  readonly recursive?: boolean;
  readonly kustomize?: readonly string[];
  readonly profile?: string;
  readonly namespace?: string;
  readonly namespaces?: string;
  readonly config?: string;
}

/** Where the policy comes from and what is read, for the help of these commands. */
export const groundsHelp = `
Which fields are filled is decided, in this order, by
  1. --profile: ${profileNames.join(', ')};
  2. the Namespace manifest, in the input or in --namespaces, of the namespace
     that an object is in: its label and annotations are read as the webhook
     reads them, and what is in a namespace without pod-hardener.io/profile is
     left as it is;
  3. the profile restricted.

It reads YAML as kubectl does, and JSON: pods, workloads, lists,
AdmissionReviews and any other kind that holds pod templates, such as a
RayCluster.`;

/** The same for the commands that have nothing to find fault with. */
export const policyHelp = `${groundsHelp} Everything else passes through.

Exit status: 0 when all was done, 2 when something could not be read or written.
What could is done all the same.`;

/** Adds the options that say what to read and by which policy. */
export function addInputOptions(command: Command): Command {
  return command
    .argument('[file...]', 'the same as -f FILE')
    .option('-f, --filename <file...>', 'file or folder with manifests; - is standard input')
    .option('-k, --kustomize <folder...>', 'folder with a kustomization; needs kubectl or kustomize')
    .option('-R, --recursive', 'look into the folders below a folder, too')
    .addOption(wordOption('-p, --profile <name>', 'fill what this profile asks for, in any namespace', profileNames))
    .option('-n, --namespace <name>', 'namespace of the objects that name none')
    .option('--namespaces <file>', 'Namespace manifests to take the policy from')
    .option('--config <file>', 'profiles, defaults and exemptions, as serve reads them');
}

/** The options with the files that were named without `-f`, as shells and other programs like to do. */
export function withFiles<T extends WrittenInput>(files: readonly string[], written: T): T {
  return files.length === 0 ? written : { ...written, filename: [...(written.filename ?? []), ...files] };
}

/** The options, with a sentence added to the problems for each one that is wrong. */
export function parseInput(written: WrittenInput, problems: string[]): InputOptions {
  const { filename = [], kustomize = [], recursive = false, profile, namespace, namespaces, config } = written;
  if (filename.length + kustomize.length === 0)
    problems.push('there is no input: name a file or folder with -f, or -f - for standard input');
  // Which other profiles there are says the configuration file.
  const isBuiltIn = profile !== undefined && config === undefined;
  const known = isBuiltIn ? readWord('--profile', profile, profileNames, problems) : profile;
  if (namespace !== undefined && !isNamespaceName(namespace)) {
    problems.push(`--namespace ${quoted(namespace)} is no name of a namespace`);
  }
  return {
    targets: filename,
    recursive,
    ...(kustomize.length > 0 && { kustomizations: kustomize }),
    ...(known !== undefined && { profile: known }),
    ...(namespace !== undefined && { namespace }),
    ...(namespaces !== undefined && { namespaces }),
    ...(config !== undefined && { config }),
  };
}

/** The allowed word that an option was given; undefined, with a sentence added to the problems, for any other. */
export function readWord<T extends string>(
  option: string,
  text: string,
  allowed: readonly T[],
  problems: string[],
): T | undefined {
  const word = findWord(text, allowed);
  if (word === undefined) problems.push(unknownWord(option, text, allowed));
  return word;
}

/** Says on stderr what is wrong with the options of a command; the exit status is 2 then. */
export function reportUsage(command: string, problems: readonly string[]): void {
  const { say } = processTerminal();
  const name = `${calledAs()} ${command}`;
  for (const problem of problems) say(`${name}: ${problem}`);
  say(`Run "${name} --help" for the options.`);
  process.exitCode = 2;
}
