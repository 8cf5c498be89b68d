import type { Control } from '../control.ts';

/** When the group of volumes is set. */
export const fsGroupChangePolicy: Control = {
  id: 'fsGroupChangePolicy',
  about: {
    title: 'When the files of volumes are given to the fsGroup',
    meaning:
      'By default the kubelet looks at every file at every start. With `OnRootMismatch` it does so only when ' +
      "the volume's top folder has another group.",
    fields: ['spec.securityContext.fsGroupChangePolicy'],
    spec: 'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#configure-volume-permission-and-ownership-change-policy-for-pods',
    fills: 'Only beside an `fsGroup` that is filled too: it spares the pod the slow starts which that would cause.',
    mayBreak: [
      {
        what: 'A volume whose top folder has the right group and whose files do not: they stay so.',
        seenIn: 'log',
        messages: ['Permission denied'],
        remedy: 'Its author sets `fsGroupChangePolicy: Always`.',
      },
    ],
  },
  given: 'fsGroup',
  rules: [
    {
      scope: 'pod',
      field: ['fsGroupChangePolicy'],
      os: 'linux',
      isWeaker: () => false,
      fill: ({ alsoFills }) => (alsoFills('fsGroup') ? 'OnRootMismatch' : undefined),
    },
  ],
};
