import type { Control } from '../control.ts';

/**
 * When the kubelet changes the owner of a volume's files to the fsGroup: by default at every start, file by file.
 * It is set only beside an fsGroup that we fill ourselves, to spare the pod the slow start that we would cause.
 *
 * Fields:  spec.securityContext.fsGroupChangePolicy
 * Allowed: anything: the Pod Security Standards do not look at it
 */
export const fsGroupChangePolicy: Control = {
  id: 'fsGroupChangePolicy',
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
