import { type Control, leave } from '../control.ts';
import type { Container } from '../pod.ts';

/** Read-only root filesystems. */
export const readOnlyRootFilesystem: Control = {
  id: 'readOnlyRootFilesystem',
  about: {
    title: 'A container cannot change the files of its image',
    meaning:
      'Its root filesystem is mounted read-only. Whoever takes a program over cannot exchange it, add tools or leave ' +
      'anything behind, but in volumes.',
    fields: ['spec.containers[*].securityContext.readOnlyRootFilesystem'],
    spec: 'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/',
    fills:
      'Each of the `writable-paths` of the namespace (`/tmp` unless it says otherwise) that is not under a mount of the ' +
      'container is given an `emptyDir` of at most 256 MiB. These volumes are listed in the annotation ' +
      '`cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes`, unless the pod has one.',
    mayBreak: [
      {
        what: 'Programs that write elsewhere, such as beside themselves or in `/var`.',
        seenIn: 'log',
        messages: ['Read-only file system'],
        remedy: 'Add the path to `writable-paths`, or mount a volume there.',
      },
      {
        what: 'Programs that need what their image has in `/tmp`: the volume hides it.',
        seenIn: 'log',
        messages: ['No such file or directory'],
        remedy: 'Leave the path out of `writable-paths`.',
      },
      {
        what: 'Containers that write more than 256 MiB to one of the paths are evicted.',
        seenIn: 'status',
        messages: ['Usage of EmptyDir volume "pod-hardener-1" exceeds the limit "256Mi".'],
        remedy: 'Its author mounts a volume there: nothing is added to a path that has one.',
      },
    ],
  },
  leaves: ['set-by-author', 'privileged', 'ephemeral-container'],
  rules: [
    {
      scope: 'container',
      field: ['readOnlyRootFilesystem'],
      os: 'linux',
      inherits: false,
      isWeaker: (value) => value === false,
      fill({ scope, container }) {
        if (container.securityContext?.privileged) return leave('privileged');
        // Who debugs a pod brings tools along and writes files; no volume can be added to a running pod.
        if (scope === 'ephemeral_container') return leave('ephemeral-container');
        return true;
      },
      keepsWritable({ container, values }) {
        const mounted = mountedPaths(container);
        return (values.writablePaths ?? ['/tmp']).filter((path) => !isUnderOneOf(namesOf(path), mounted));
      },
    },
  ],
};

/** Each path by the names on the way to it: `/a//b/` and `/a/b` are the same place. */
function mountedPaths({ volumeMounts, volumeDevices }: Container): readonly (readonly string[])[] {
  const paths = [
    ...(volumeMounts ?? []).map(({ mountPath }) => mountPath),
    ...(volumeDevices ?? []).map(({ devicePath }) => devicePath),
  ];
  return paths.flatMap((path) => (path == null ? [] : [namesOf(path)]));
}

function namesOf(path: string): readonly string[] {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names;
}

function isUnderOneOf(path: readonly string[], mounted: readonly (readonly string[])[]): boolean {
  return mounted.some((names) => names.every((name, index) => name === path[index]));
}
