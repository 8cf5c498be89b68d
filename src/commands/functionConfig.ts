import { keyPrefix } from '../admission/keys.ts';
import type { Policy } from '../admission/namespacePolicy.ts';
import { strictPolicy } from '../admission/strictPolicy.ts';
import { isMapping, type Json } from '../manifests/objects.ts';
import type { Path } from '../policy/path.ts';

/** What the `functionConfig` of a ResourceList asks for. */
export interface FunctionConfig {
  /** The policy for all namespaces; absent when the Namespaces among the items decide. */
  readonly policy?: Policy;
  readonly problems: readonly ConfigProblem[];
}

/** A sentence, and the part of the ResourceList that it is about. */
export interface ConfigProblem {
  readonly path: Path;
  readonly problem: string;
}

/** The kind of ours that has the settings in its `spec`. */
export const ownConfig = { apiVersion: `${keyPrefix}v1alpha1`, kind: 'PodHardenerConfig' } as const;

/** Reads the policy from a ConfigMap's `data` or a PodHardenerConfig's `spec`. None is given when there are no settings. */
export function readFunctionConfig(config: unknown): FunctionConfig {
  const path = ['functionConfig'];
  if (config == null) return { problems: [] };
  const member = isMapping(config) ? memberOf(config) : undefined;
  if (!isMapping(config) || member === undefined) {
    const problem = `functionConfig is neither a ConfigMap nor a ${ownConfig.kind} of ${ownConfig.apiVersion}`;
    return { problems: [{ path, problem }] };
  }
  const written = config[member];
  if (written == null) return { problems: [] };
  return isMapping(written)
    ? readSettings(written, [...path, member])
    : { problems: [{ path: [...path, member], problem: `functionConfig.${member} is no mapping` }] };
}

function memberOf({ apiVersion, kind }: Json): 'data' | 'spec' | undefined {
  if (apiVersion === 'v1' && kind === 'ConfigMap') return 'data';
  return apiVersion === ownConfig.apiVersion && kind === ownConfig.kind ? 'spec' : undefined;
}

function readSettings(written: Json, path: Path): FunctionConfig {
  const settings: [string, string][] = [];
  const problems: ConfigProblem[] = [];
  for (const [key, value] of Object.entries(written)) {
    const text = textOf(value);
    if (text === undefined)
      problems.push({ path: [...path, key], problem: `${key} is no text, number or list of them` });
    else settings.push([key, text]);
  }
  if (problems.length > 0) return { problems };
  if (settings.length === 0) return { problems: [] };
  const { policy, problems: sentences } = strictPolicy(Object.fromEntries(settings));
  const found = sentences.map((problem) => ({ path: pathOf(problem, written, path), problem }));
  if (Object.hasOwn(written, 'profile')) return { policy, problems: found };
  // A profile that is misspelt is among what was found.
  return { problems: [{ path, problem: 'there are settings without a profile, which they belong to' }, ...found] };
}

/** A setting as it is written on a namespace, where lists have commas between their members. */
function textOf(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const texts = value.map(scalarOf);
    return texts.includes(undefined) ? undefined : texts.join(',');
  }
  return scalarOf(value);
}

function scalarOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** Sentences on a setting begin with its key. */
function pathOf(sentence: string, written: Json, path: Path): Path {
  const key = sentence.slice(0, sentence.indexOf(':'));
  return Object.hasOwn(written, key) ? [...path, key] : path;
}
