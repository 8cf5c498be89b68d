import type { Control } from '../control.ts';

/**
 * The group that owns a pod's volumes.
 *
 * Fields:  spec.securityContext.fsGroup
 * Allowed: anything: the Pod Security Standards do not look at it
 */
export const fsGroup: Control = {
  id: 'fsGroup',
  given: 'fsGroup',
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
