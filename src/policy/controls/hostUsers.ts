import { type Control, leave } from '../control.ts';
import { allContainers } from '../pod.ts';

/**
 * User namespaces: root in the pod is somebody else, without rights, on its node.
 * It is filled only where it is asked for by name: storage and nodes must support it.
 *
 * Fields:  spec.hostUsers
 * Allowed: anything; false relaxes what the Pod Security Standards ask of other fields
 * Spec:    https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/
 */
export const hostUsers: Control = {
  id: 'hostUsers',
  since: 33,
  rules: [
    {
      scope: 'pod',
      of: 'spec',
      field: ['hostUsers'],
      os: 'linux',
      isWeaker: (value) => value === true,
      fill({ pod }) {
        const containers = allContainers(pod);
        if (containers.some(({ securityContext }) => securityContext?.privileged)) return leave('privileged');
        const { hostNetwork, hostPID, hostIPC } = pod.spec;
        // The API server refuses each of them in a user namespace.
        if (hostNetwork || hostPID || hostIPC) return leave('host-namespaces');
        if (containers.some(({ volumeDevices }) => volumeDevices?.length)) return leave('volume-devices');
        return false;
      },
    },
  ],
};
