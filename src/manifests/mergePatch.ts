import { type Assignment, applyChanges } from '../policy/apply.ts';
import { isMapping, type Json, type ManifestObject } from './objects.ts';

/** The kinds whose lists kustomize merges member by member, since it knows their schema. */
const knownKinds = new Map([
  ['Pod', 'v1'],
  ['PodTemplate', 'v1'],
  ['ReplicationController', 'v1'],
  ['ReplicaSet', 'apps/v1'],
  ['Deployment', 'apps/v1'],
  ['StatefulSet', 'apps/v1'],
  ['DaemonSet', 'apps/v1'],
  ['Job', 'batch/v1'],
  ['CronJob', 'batch/v1'],
]);

/** By which key the members of such a list are told apart. */
const mergeKeys = new Map([
  ['initContainers', 'name'],
  ['containers', 'name'],
  ['ephemeralContainers', 'name'],
  ['volumes', 'name'],
  ['volumeMounts', 'mountPath'],
]);

/**
 * The strategic merge patch that makes kustomize assign the values in the object. Of a kind whose schema it does not
 * know it replaces lists, so the patch has those whole.
 */
export function mergePatchOf(
  { value, name, namespace, kind }: ManifestObject,
  assignments: readonly Assignment[],
): Json {
  const { apiVersion } = value;
  const keys = knownKinds.get(kind) === apiVersion ? mergeKeys : new Map<string, string>();
  const { metadata, ...rest } = differenceOf(value, applyChanges(value, assignments), keys);
  const target = { name, ...(namespace !== undefined && { namespace }), ...(isMapping(metadata) && metadata) };
  return { apiVersion, kind, metadata: target, ...rest };
}

/** The members that are not the very same in both. */
function differenceOf(before: Json, after: Json, keys: ReadonlyMap<string, string>): Json {
  const changed = Object.keys(after).filter((key) => after[key] !== before[key]);
  return Object.fromEntries(changed.map((key) => [key, changeOf(before[key], after[key], keys.get(key), keys)]));
}

function changeOf(
  before: unknown,
  after: unknown,
  mergeKey: string | undefined,
  keys: ReadonlyMap<string, string>,
): unknown {
  if (isMapping(before) && isMapping(after)) return differenceOf(before, after, keys);
  if (mergeKey === undefined || !Array.isArray(before) || !Array.isArray(after)) return after;
  // Members that do not change are named all the same: without them kustomize would put what is new before them.
  return after.map((item: Json, index) => {
    const old: unknown = before[index];
    if (!isMapping(old)) return item;
    return { [mergeKey]: item[mergeKey], ...differenceOf(old, item, keys) };
  });
}
