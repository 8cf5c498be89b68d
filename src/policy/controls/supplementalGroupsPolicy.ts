import type { Control } from '../control.ts';

/**
 * Where a process's groups come from: with Strict, only from the pod, and not from the image's /etc/group.
 * It is filled only where it is asked for by name: a node that does not support it refuses the pod.
 *
 * Fields:  spec.securityContext.supplementalGroupsPolicy
 * Allowed: anything: the Pod Security Standards do not look at it
 * Spec:    https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#supplementalgroupspolicy
 */
export const supplementalGroupsPolicy: Control = {
  id: 'supplementalGroupsPolicy',
  since: 33,
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
