import type { Control } from '../control.ts';

/** Where groups come from. */
export const supplementalGroupsPolicy: Control = {
  id: 'supplementalGroupsPolicy',
  about: {
    title: 'Groups come from the pod only, not from its image',
    meaning:
      "By default a process also has the groups that the image's /etc/group gives its user, which nobody sees " +
      'in the pod. With `Strict` it has those that the pod names and no others, so an image cannot help itself ' +
      'to the files of a group.',
    fields: ['spec.securityContext.supplementalGroupsPolicy'],
    spec: 'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#supplementalgroupspolicy',
    mayBreak: [
      {
        what: 'Every pod on a node whose container runtime is too old.',
        seenIn: 'events',
        messages: [
          'SupplementalGroupsPolicyNotSupported: SupplementalGroupsPolicy=Strict is not supported in this node',
        ],
        remedy: 'Ask for it only where every node supports it: containerd 2.0 or CRI-O 1.31.',
      },
      {
        what: 'A program that needs a group of its image.',
        seenIn: 'log',
        messages: ['Permission denied'],
        remedy: 'Its author names the group in `supplementalGroups`.',
      },
    ],
  },
  since: 33,
  leaves: ['set-by-author'],
  rules: [
    {
      scope: 'pod',
      field: ['supplementalGroupsPolicy'],
      os: 'linux',
      isWeaker: (value) => value === 'Merge',
      fill: () => 'Strict',
    },
  ],
};
