import type { Judged, Objection } from '../check.ts';
import type { Control } from '../control.ts';
import type { Volume } from '../pod.ts';
import { joinCode, joinQuote, pluralize, sortedSet } from '../wording.ts';

const allowedTypes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/** Volume types. */
export const volumes: Control = {
  id: 'volumes',
  about: {
    title: 'A pod mounts only what was made for it',
    meaning:
      'Volumes of the allowed types hold what was made for the pod. Others reach folders of its node, or ' +
      'storage that only an administrator should be able to name.',
    fields: ['spec.volumes[*]'],
    allowed: `the types ${joinCode(allowedTypes)}`,
    spec: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted',
  },
  checks: [
    {
      id: 'restrictedVolumes',
      level: 'restricted',
      replaces: 'hostPathVolumes',
      revisions: [{ since: 0, check: mustBeMadeForIt }],
    },
  ],
};

/** In the order in which upstream looks for them, though the API server accepts one only. */
const restrictedTypes = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
];

function mustBeMadeForIt({ pod }: Judged): Objection | undefined {
  const bad = (pod.spec.volumes ?? []).filter((volume) => !isAllowed(volume));
  if (bad.length === 0) return undefined;
  const types = sortedSet(bad.map((volume) => restrictedTypes.find((type) => volume[type] != null) ?? 'unknown'));
  const who = `${pluralize('volume', 'volumes', bad.length)} ${joinQuote(bad.map(({ name }) => name))}`;
  const what = pluralize('restricted volume type', 'restricted volume types', types.length);
  const detail = `${who} ${pluralize('uses', 'use', bad.length)} ${what} ${joinQuote(types)}`;
  return { reason: 'restricted volume types', detail };
}

/** A volume without any source is made an emptyDir by the API server. */
function isAllowed(volume: Volume): boolean {
  return allowedTypes.some((type) => volume[type] != null) || Object.keys(volume).every(isUnset);

  function isUnset(key: string): boolean {
    return key === 'name' || volume[key] == null;
  }
}
