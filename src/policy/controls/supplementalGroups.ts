import type { Control } from '../control.ts';

/**
 * The groups that a pod's processes belong to besides their primary one.
 *
 * Fields:  spec.securityContext.supplementalGroups
 * Allowed: anything: the Pod Security Standards do not look at it
 */
export const supplementalGroups: Control = {
  id: 'supplementalGroups',
  given: 'supplementalGroups',
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
