import type { NamespaceRecord } from '../admission/namespacePolicy.ts';
import { type ObservedPod, ownerIn, type Workload } from '../readiness/observed.ts';
import type { Gathered } from './gathered.ts';
import { createGathering } from './gathering.ts';
import type { InputOptions } from './input.ts';
import { namespacesIn } from './plan.ts';
import type { PlannedTemplate } from './planTemplates.ts';
import { readInput } from './readInput.ts';
import type { Terminal } from './terminal.ts';

/**
 * The pods and pod templates in manifests. Pods that were read from a cluster are looked at as they run there; a
 * template whose pods or whose owner are among them is not looked at once more.
 */
export async function manifestSurvey(options: InputOptions, terminal: Terminal, now: number): Promise<Gathered> {
  // What is filled is decided later, under each namespace's own policy.
  const quiet = { ...options, profile: 'privileged', templatesOnly: true, fillsNothing: true };
  const { files, records, problems } = await readInput(quiet, terminal);
  const templates = files.flatMap(({ outcomes }) => outcomes).filter(({ pod }) => pod !== undefined);
  const owners = new Map(templates.map((one) => [keyOf(one.namespace, workloadOf(one)), ownerOfObject(one)]));
  const ownerOf = (namespace: string, workload: Workload) => owners.get(keyOf(namespace, workload));
  const { survey, look, evidence } = createGathering(now);
  const running = templates
    .filter(isPod)
    .map(({ object, namespace }): ObservedPod => ({ ...look(object.value), namespace }));
  for (const pod of running) survey.add(pod);
  const seen = new Set(running.flatMap((pod) => chainOf(pod, ownerOf).map((one) => keyOf(pod.namespace, one))));
  for (const template of templates.filter((one) => !isPod(one))) {
    const workload = workloadOf(template);
    const owner = ownerOf(template.namespace, workload);
    const isRepeated =
      seen.has(keyOf(template.namespace, workload)) || (owner && owners.has(keyOf(template.namespace, owner)));
    if (!isRepeated) survey.add(observedTemplate(template, workload));
  }
  const surveyed = survey.namespaces();
  const described = [...records, ...files.flatMap(({ source }) => namespacesIn(source))];
  return {
    ...{
      surveyed,
      ownerOf,
      evidence,
      problems: problems.map(({ message }) => message),
      notes: [],
      hasOpenReports: false,
      minor: undefined,
    },
    thing: templates.some((one) => isPod(one) && one.object.value.status !== undefined) ? 'pod' : 'template',
    namespaces: withUndescribed(described, surveyed.keys()),
    source: files.map(({ source }) => source.name).join(', '),
  };
}

function isPod({ kind, template }: PlannedTemplate): boolean {
  return kind === 'Pod' && template === '';
}

function workloadOf({ object, kind, name }: PlannedTemplate): Workload {
  const { apiVersion } = object.value;
  return { apiVersion: typeof apiVersion === 'string' ? apiVersion : 'v1', kind, name };
}

function ownerOfObject({ object }: PlannedTemplate): Workload | undefined {
  const { metadata } = object.value;
  return typeof metadata === 'object' && metadata !== null ? ownerIn(metadata as Record<string, unknown>) : undefined;
}

function observedTemplate({ namespace, name, template, pod }: PlannedTemplate, owner: Workload): ObservedPod {
  if (!pod) throw new Error('a template without a pod is not looked at');
  const example = template === '' ? name : `${name} ${template}`;
  return { namespace, name: example, pod, owner, isFinished: false, isLeaving: false, users: [], breaks: [] };
}

function chainOf({ namespace, owner }: ObservedPod, ownerOf: Gathered['ownerOf']): readonly Workload[] {
  const chain: Workload[] = [];
  for (let one = owner; one && chain.length < 10; one = ownerOf(namespace, one)) chain.push(one);
  return chain;
}

/** The group of an API is the same in all its versions. */
function keyOf(namespace: string, { apiVersion, kind, name }: Workload): string {
  return [namespace, apiVersion.split('/').slice(0, -1).join(), kind, name].join('\n');
}

/** The namespaces that are described, the last description of each, and those that pods are in all the same. */
function withUndescribed(described: readonly NamespaceRecord[], used: Iterable<string>): readonly NamespaceRecord[] {
  const records = new Map(described.map((record) => [record.name, record]));
  for (const name of used) if (!records.has(name)) records.set(name, { name, labels: {}, annotations: {} });
  return [...records.values()];
}
