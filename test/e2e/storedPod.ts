import type { V1Pod } from '@kubernetes/client-node';

/** The parts of a stored pod that follow from its manifest: without what the API server makes up for each pod anew. */
export function essence(pod: V1Pod): V1Pod {
  const { metadata, ...rest } = withStableTokenVolume(pod);
  const { uid, creationTimestamp, resourceVersion, namespace, managedFields, name, ...kept } = metadata ?? {};
  return { ...rest, metadata: { ...kept, ...(kept.generateName === undefined && name !== undefined && { name }) } };
}

/** The pod without the annotation in which pod-hardener notes what it filled. */
export function withoutNote(pod: V1Pod): V1Pod {
  const { annotations, ...metadata } = pod.metadata ?? {};
  const { 'pod-hardener.io/filled': _, ...others } = annotations ?? {};
  return { ...pod, metadata: { ...metadata, ...(Object.keys(others).length > 0 && { annotations: others }) } };
}

/** The volume of the service account's token carries a random suffix. */
function withStableTokenVolume(pod: V1Pod): V1Pod {
  return JSON.parse(JSON.stringify(pod).replaceAll(/"kube-api-access-[a-z0-9]{5}"/g, '"kube-api-access"')) as V1Pod;
}

/**
 * The paths at which `after` lacks or changes something that `before` holds. Additions are fine: new keys, and new
 * entries at the end of those lists that pod-hardener adds to.
 */
export function lostValues(before: unknown, after: unknown, path = ''): string[] {
  if (Array.isArray(before)) {
    if (!Array.isArray(after)) return [path];
    const mayGrow = /\.(capabilities\.drop|volumes|volumeMounts)$/.test(path);
    const grown = after.length !== before.length && !(mayGrow && after.length > before.length);
    return [...(grown ? [path] : []), ...before.flatMap((item, i) => lostValues(item, after[i], `${path}[${i}]`))];
  }
  if (typeof before === 'object' && before !== null) {
    if (typeof after !== 'object' || after === null || Array.isArray(after)) return [path];
    const entries = Object.entries(before);
    return entries.flatMap(([key, value]) => lostValues(value, Reflect.get(after, key), `${path}.${key}`));
  }
  return before === after ? [] : [path];
}
