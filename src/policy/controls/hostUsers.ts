import { type Control, leave } from '../control.ts';
import { allContainers } from '../pod.ts';

/** User namespaces. */
export const hostUsers: Control = {
  id: 'hostUsers',
  about: {
    title: 'Root in the pod is nobody on its node',
    meaning:
      'With `false` the pod has a user namespace: each of its users, root too, is somebody else on the node, ' +
      'without rights there. Whoever breaks out can do little. Since v1.35 the standards ask less of such a pod ' +
      'in `runAsNonRoot`, `runAsUser` and `procMount`.',
    fields: ['spec.hostUsers'],
    spec: 'https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/',
    mayBreak: [
      {
        what: 'Every pod on a node whose kernel or container runtime is too old.',
        seenIn: 'events',
        messages: ["can't set `spec.hostUsers: false`, runtime does not support user namespaces"],
        remedy: 'Ask for it only where every node supports it: Linux 6.3, containerd 2.0 or CRI-O 1.25.',
      },
      {
        what: 'A pod with a volume whose file system cannot map users, such as NFS.',
        seenIn: 'events',
        messages: [
          "failed to set MOUNT_ATTR_IDMAP on PATH: invalid argument (maybe the filesystem used doesn't support " +
            'idmap mounts on this kernel?)',
        ],
      },
    ],
  },
  since: 33,
  leaves: ['set-by-author', 'privileged', 'host-namespaces', 'volume-devices'],
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
