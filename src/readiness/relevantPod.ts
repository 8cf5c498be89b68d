import { filledFields, withoutFilled } from '../admission/filledFields.ts';
import { containerLists, type Pod } from '../policy/pod.ts';

type Json = Readonly<Record<string, unknown>>;

/** What differs between the pods of one workload, or takes much room, and decides nothing about their security. */
const ofSpec = [
  'nodeName',
  'hostname',
  'subdomain',
  'setHostnameAsFQDN',
  'hostAliases',
  'tolerations',
  'topologySpreadConstraints',
  'priority',
  'priorityClassName',
  'preemptionPolicy',
  'schedulerName',
  'schedulingGates',
  'dnsConfig',
  'dnsPolicy',
  'serviceAccount',
  'serviceAccountName',
  'enableServiceLinks',
  'restartPolicy',
  'terminationGracePeriodSeconds',
  'activeDeadlineSeconds',
  'imagePullSecrets',
  'readinessGates',
  'resourceClaims',
  'resources',
  'overhead',
];

const ofContainer = [
  'env',
  'envFrom',
  'resources',
  'resizePolicy',
  'workingDir',
  'imagePullPolicy',
  'terminationMessagePath',
  'terminationMessagePolicy',
  'stdin',
  'stdinOnce',
  'tty',
];

/**
 * The pod with only what can decide about its security: the same for all replicas of a workload, and small. Containers
 * that were added to the running pod are left out, since whatever makes the pod anew does not add them; and so is what
 * was filled in it, as far as its annotation tells.
 */
export function relevantPod(filled: Pod): Pod {
  const pod = withoutFilled(filled, filledFields(filled)?.fields ?? []);
  const { annotations } = pod.metadata ?? {};
  const { ephemeralContainers: _, ...spec } = pod.spec;
  const kept: Record<string, unknown> = without(spec as unknown as Json, ofSpec);
  for (const list of containerLists) {
    if (Array.isArray(kept[list])) kept[list] = kept[list].map(relevantContainer);
  }
  if (pod.spec.volumes) kept.volumes = pod.spec.volumes.map(relevantVolume);
  return { metadata: { annotations: relevantAnnotations(annotations ?? {}) }, spec: kept } as unknown as Pod;
}

/** A text that two pods share exactly when they are the same, in whatever order their members stand. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    isObject(member) ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))) : member,
  );
}

function relevantContainer(container: Json): Json {
  const { volumeMounts, ...rest } = without(container, ofContainer);
  const mounts = Array.isArray(volumeMounts) ? volumeMounts.map(({ mountPath }) => ({ mountPath })) : undefined;
  return { ...rest, ...(mounts && { volumeMounts: mounts }) };
}

/** The type of a volume decides, and its name is told; the name of a token's volume ends at random. */
function relevantVolume(volume: Json): Json {
  const types = Object.keys(volume).filter((key) => key !== 'name' && volume[key] != null);
  const name = String(volume.name).replace(/^(kube-api-access-)[a-z0-9]{5}$/, '$1');
  return { name, ...Object.fromEntries(types.map((type) => [type, {}])) };
}

/** Those of Kubernetes itself and ours: others are written by networks and operators, different ones on each pod. */
function relevantAnnotations(annotations: Readonly<Record<string, string>>): Json {
  const isRelevant = (key: string) =>
    /(^|\.)(kubernetes\.io|pod-hardener\.io)\//.test(key) && !key.startsWith('kubectl.kubernetes.io/');
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => isRelevant(key)));
}

function without(object: Json, keys: readonly string[]): Record<string, unknown> {
  const kept: Record<string, unknown> = { ...object };
  for (const key of keys) delete kept[key];
  return kept;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
