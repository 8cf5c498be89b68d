import { policyOf } from '../admission/namespacePolicy.ts';
import { quoted, suggestion } from '../admission/words.ts';
import { type ColourChoice, createPaint, usesColour } from '../output/paint.ts';
import { podExplainedMarkdown } from '../output/podExplainedMarkdown.ts';
import { podExplainedText } from '../output/podExplainedText.ts';
import { type ExplainedPod, type PodExplanation, podExplanation } from '../output/podExplanation.ts';
import { decodePod, PodError } from '../policy/decodePod.ts';
import { breaksOf } from './breaksOf.ts';
import type { ChosenConfiguration } from './chosenConfiguration.ts';
import type { ExplainOutput } from './explain.ts';
import type { InputOptions } from './input.ts';
import { isMeant, type ObjectName, parseObjectName } from './objectName.ts';
import { processTerminal, type Terminal, widthOf } from './terminal.ts';

export interface ExplainPodOptions {
  /** `pod/NAME`, or, of manifests, any `KIND` or `KIND/NAME`; all of them without one. */
  readonly name?: string;
  /** The manifests to read; without them, a cluster is asked. */
  readonly input?: InputOptions;
  readonly namespace?: string;
  /** The configuration file by which the cluster's webhook decides; that of manifests is among their options. */
  readonly config?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly output: ExplainOutput;
  readonly color: ColourChoice;
}

/** Explains what was filled in a pod, or will be, and why; the exit status: 0, or 2 when there is none to explain. */
export async function explainPod(options: ExplainPodOptions, terminal: Terminal = processTerminal()): Promise<number> {
  const { input } = options;
  const { pods, complete } = input
    ? await podsIn(input, options.name, terminal)
    : await podInCluster(options, terminal);
  if (pods.length > 0)
    terminal.out(
      printed(
        pods.map((pod) => podExplanation(pod, breaksOf)),
        options,
        terminal,
      ),
    );
  return complete ? 0 : 2;
}

interface Found {
  readonly pods: readonly ExplainedPod[];
  readonly complete: boolean;
}

const nothing: Found = { pods: [], complete: false };

async function podInCluster(options: ExplainPodOptions, { say }: Terminal): Promise<Found> {
  const { name } = parseObjectName(options.name ?? '');
  const { LivePodError, readLivePod } = await import('./livePod.ts');
  const chosen = await configurationFor(options, say);
  if (!chosen) return nothing;
  const { configuration, exemptions } = chosen;
  try {
    const { object, namespace, record, minor } = await readLivePod({ ...options, name: name ?? '' });
    const policy = record && policyOf(record, configuration);
    const pod = {
      kind: 'Pod',
      name: name ?? '',
      namespace,
      template: '',
      object,
      isStored: true,
      policy,
      record,
      minor,
      exemptions,
    };
    return {
      pods: [{ ...pod, pod: decodePod(object), grounds: groundsOf(namespace, record, policy) }],
      complete: true,
    };
  } catch (error) {
    if (!(error instanceof LivePodError || error instanceof PodError)) throw error;
    say(`error: ${error.message}`);
    return nothing;
  }
}

/** What can parse a file is loaded where there is one. */
async function configurationFor(
  { config }: ExplainPodOptions,
  say: Terminal['say'],
): Promise<ChosenConfiguration | undefined> {
  if (config === undefined) return {};
  const { configurationOrSaid } = await import('./chosenConfiguration.ts');
  return configurationOrSaid({ config }, Date.now(), say);
}

function groundsOf(namespace: string, record: ExplainedPod['record'], policy: ExplainedPod['policy']): string {
  if (!record) return `you may not read the namespace ${namespace}, so its policy is not known`;
  return policy ? `as the namespace ${namespace} says` : `the namespace ${namespace} is not opted in`;
}

async function podsIn(input: InputOptions, written: string | undefined, terminal: Terminal): Promise<Found> {
  const { readInput } = await import('./readInput.ts');
  const options = { ...input, templatesOnly: true, isExplained: true };
  const { files, exemptions, complete } = await readInput(options, terminal);
  const templates = files.flatMap(({ outcomes }) => outcomes);
  const asked = written === undefined ? undefined : parseObjectName(written);
  const chosen = asked ? templates.filter((one) => isMeant(asked, one)) : templates;
  const problem = problemWith(chosen, templates, asked, written ?? '');
  if (problem !== undefined) {
    if (complete || templates.length > 0) terminal.say(`error: ${problem}`);
    return nothing;
  }
  const pods = chosen.flatMap(({ pod, object, policy, record, kind, name, namespace, template }) => {
    if (!pod) return [];
    const isStored = template === '' && isFromCluster(object.value);
    const grounds = manifestGrounds(input, namespace, policy !== undefined, record !== undefined);
    return [
      { kind, name, namespace, template, pod, object: object.value, isStored, policy, record, grounds, exemptions },
    ];
  });
  return { pods, complete };
}

type Template = { readonly kind: string; readonly name: string; readonly object: object };

function problemWith(
  chosen: readonly Template[],
  all: readonly Template[],
  asked: ObjectName | undefined,
  written: string,
): string | undefined {
  if (all.length === 0) return 'there is no pod or pod template in the input';
  const names = [...new Set(all.map(nameOf))];
  if (chosen.length === 0) {
    const hint = suggestion(written, names) || `; there ${names.length === 1 ? 'is' : 'are'} ${listOf(names)}`;
    return `there is no ${quoted(written, 253)} in the input${hint}`;
  }
  const objects = [...new Map(chosen.map((one) => [one.object, nameOf(one)])).values()];
  if (!asked || asked.name !== undefined || objects.length === 1) return undefined;
  return `there are ${objects.length} of the kind ${quoted(written, 40)} in the input: name one of ${listOf(objects)}`;
}

function nameOf({ kind, name }: Template): string {
  return `${kind.toLowerCase()}/${name}`;
}

const mostNames = 8;

function listOf(names: readonly string[]): string {
  const rest = names.length - mostNames;
  return [...names.slice(0, mostNames).map((name) => quoted(name, 253)), ...(rest > 0 ? [`${rest} more`] : [])].join(
    ', ',
  );
}

/** Whether the object was printed by an API server, and is no manifest that somebody has written. */
function isFromCluster({ metadata }: Readonly<Record<string, unknown>>): boolean {
  return typeof metadata === 'object' && metadata !== null && 'uid' in metadata;
}

function manifestGrounds(
  { profile }: InputOptions,
  namespace: string,
  isOptedIn: boolean,
  isDescribed: boolean,
): string {
  if (profile !== undefined) return 'as --profile says';
  if (!isDescribed) return 'since nothing is known of its namespace';
  return isOptedIn ? `as the namespace ${namespace} says` : `the namespace ${namespace} is not opted in`;
}

function printed(pods: readonly PodExplanation[], { output, color }: ExplainPodOptions, terminal: Terminal): string {
  if (output === 'json') {
    const report = { apiVersion: 'pod-hardener.io/v1alpha1', kind: 'PodExplanation', results: pods };
    return `${JSON.stringify(report, null, 2)}\n`;
  }
  if (output === 'markdown') return podExplainedMarkdown(pods);
  return podExplainedText(pods, createPaint(usesColour(color, terminal)), widthOf(terminal));
}
