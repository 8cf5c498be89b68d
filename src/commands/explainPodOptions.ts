import type { Command } from 'commander';
import { isNamespaceName } from '../admission/namespaceName.ts';
import { quoted } from '../admission/words.ts';
import { profiles } from '../policy/profiles.ts';
import { parseInput, type WrittenInput } from './input.ts';
import { isObjectName, parseObjectName } from './objectName.ts';
import type { ExplainPodOptions } from './runExplainPod.ts';
import { wordOption } from './words.ts';

/** The options as they were written. */
export interface WrittenPodOptions extends WrittenInput {
  readonly kubeconfig?: string;
  readonly context?: string;
}

const profileNames = profiles.map(({ name }) => name);

/** Adds the options that say which pod to explain. */
export function addExplainPodOptions(command: Command): Command {
  return command
    .option('-n, --namespace <name>', 'namespace of the pod, or of the objects that name none')
    .option('-f, --filename <file...>', 'file or folder with manifests; - is standard input')
    .option('-R, --recursive', 'look into the folders below a folder, too')
    .addOption(wordOption('-p, --profile <name>', 'with -f: fill what this profile asks for', profileNames))
    .option('--namespaces <file>', 'with -f: Namespace manifests to take the policy from')
    .option('--config <file>', 'profiles, defaults and exemptions, as serve reads them')
    .option('--kubeconfig <file>', 'kubeconfig of the cluster to ask')
    .option('--context <name>', 'context of the kubeconfig');
}

/** What of a cluster or of manifests is to be explained, if any is; a sentence is added to the problems for each bad option. */
export function podOptions(
  written: string | undefined,
  options: WrittenPodOptions,
  problems: string[],
): Pick<ExplainPodOptions, 'input' | 'namespace' | 'config' | 'kubeconfig' | 'context'> | undefined {
  if (options.filename) return manifestOptions(options, problems);
  const given = Object.keys(flags).filter((key) => options[key as keyof typeof flags] !== undefined);
  const asked = written === undefined || !isObjectName(written) ? undefined : parseObjectName(written);
  if (!asked) {
    if (given.length > 0) problems.push(`${listOf(given)}: only for pod/NAME, or with -f`);
    return undefined;
  }
  if (asked.kind !== 'pod') {
    problems.push(
      `only pods are read from a cluster: name the manifest of ${quoted(written ?? '', 60)} with -f, or a pod`,
    );
  } else if (asked.name === undefined) {
    problems.push('name the pod, such as pod/web, or its manifest with -f');
  }
  const ofManifests = given.filter((key) => ['profile', 'namespaces', 'recursive'].includes(key));
  if (ofManifests.length > 0) problems.push(`${listOf(ofManifests)}: only with -f`);
  return clusterOptions(options, problems);
}

const flags = {
  namespace: '--namespace',
  recursive: '--recursive',
  profile: '--profile',
  namespaces: '--namespaces',
  config: '--config',
  kubeconfig: '--kubeconfig',
  context: '--context',
} as const;

function listOf(keys: readonly string[]): string {
  return keys.map((key) => flags[key as keyof typeof flags]).join(', ');
}

function manifestOptions(options: WrittenPodOptions, problems: string[]) {
  const idle = (['kubeconfig', 'context'] as const).filter((key) => options[key] !== undefined);
  if (idle.length > 0) problems.push(`${listOf(idle)}: not with -f, which asks no cluster`);
  return { input: parseInput(options, problems) };
}

function clusterOptions({ namespace, config, kubeconfig, context }: WrittenPodOptions, problems: string[]) {
  if (namespace !== undefined && !isNamespaceName(namespace)) {
    problems.push(`--namespace ${quoted(namespace)} is no name of a namespace`);
  }
  return {
    ...(namespace !== undefined && { namespace }),
    ...(config !== undefined && { config }),
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(context !== undefined && { context }),
  };
}
