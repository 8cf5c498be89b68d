import type { Control } from '../control.ts';

/** Supplemental groups. */
export const supplementalGroups: Control = {
  id: 'supplementalGroups',
  about: {
    title: "Further groups that a pod's processes belong to",
    meaning:
      'Processes reach files of these groups, on shared storage for example, and have no reason to be root for ' +
      'that. Choose groups that own nothing else.',
    fields: ['spec.securityContext.supplementalGroups'],
    spec: 'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#set-the-security-context-for-a-pod',
  },
  given: 'supplementalGroups',
  leaves: ['set-by-author'],
  rules: [
    {
      scope: 'pod',
      field: ['supplementalGroups'],
      os: 'linux',
      isWeaker: (value) => Array.isArray(value) && value.includes(0),
      fill: ({ values }) => values.supplementalGroups,
    },
  ],
};
