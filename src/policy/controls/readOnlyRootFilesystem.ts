import { type Control, leave } from '../control.ts';
import type { Container } from '../pod.ts';

/**
 * Read-only root filesystem: a process cannot change the files of its image. What programs commonly write to is kept
 * writable by volumes of their own.
 *
 * Fields:  spec.{c,initC}ontainers[*].securityContext.readOnlyRootFilesystem
 * Allowed: anything; the Pod Security Standards do not ask for it
 * Spec:    https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
 */
export const readOnlyRootFilesystem: Control = {
  id: 'readOnlyRootFilesystem',
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
