import type { Control } from '../control.ts';

/** The group of volumes. */
export const fsGroup: Control = {
  id: 'fsGroup',
  about: {
    title: "The group that owns the files of a pod's volumes",
    meaning:
      "The kubelet gives the files of the pod's volumes to this group, and the group to each of its processes. " +
      'A container that is not root can then write to its volumes, and has no reason to be root.',
    fields: ['spec.securityContext.fsGroup'],
    spec: 'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#set-the-security-context-for-a-pod',
    fills: 'With `fsGroupChangePolicy`, unless the author set that.',
    mayBreak: [
      {
        what: 'A pod with a large volume, whose files are given to the group one by one: it starts late.',
        seenIn: 'events',
        messages: [
          'VolumePermissionChangeInProgress: Setting volume ownership for NAME is taking longer than expected, ' +
            'consider using OnRootMismatch',
        ],
        remedy: 'Wait once: `fsGroupChangePolicy: OnRootMismatch` spares the next starts.',
      },
      {
        what: 'Programs that want a file to be readable by nobody else, such as a private key from a Secret.',
        seenIn: 'log',
        messages: ['WARNING: UNPROTECTED PRIVATE KEY FILE!'],
      },
    ],
  },
  given: 'fsGroup',
  leaves: ['set-by-author'],
  rules: [
    {
      scope: 'pod',
      field: ['fsGroup'],
      os: 'linux',
      isWeaker: (value) => value === 0,
      fill: ({ values }) => values.fsGroup,
    },
  ],
};
