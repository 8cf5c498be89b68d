import { type Control, leave } from '../control.ts';
import { allContainers, type Container, type Pod, type SeccompProfile } from '../pod.ts';

/**
 * Seccomp: a process may use only the system calls of a profile.
 *
 * Fields:  spec.securityContext.seccompProfile, spec.{c,initC,ephemeralC}ontainers[*].securityContext.seccompProfile
 * Allowed: type RuntimeDefault or Localhost
 * Spec:    https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export const seccompProfile: Control = {
  id: 'seccompProfile',
  rules: [
    {
      scope: 'pod',
      field: ['seccompProfile'],
      os: 'linux',
      isWeaker: isUnconfined,
      fill({ pod, values }) {
        const containers = allContainers(pod);
        if (containers.every(hasOwn)) return undefined;
        const profile = values.seccompProfile ?? runtimeDefault;
        return annotationsDiffer(pod, profile, containers) ? leave('set-by-author') : profile;
      },
    },
    {
      scope: 'container',
      // A running pod's own field cannot change any more.
      only: 'ephemeral_container',
      field: ['seccompProfile'],
      os: 'linux',
      inherits: true,
      isWeaker: isUnconfined,
      fill({ pod, container, values }) {
        const profile = values.seccompProfile ?? runtimeDefault;
        return annotationsDiffer(pod, profile, [container]) ? leave('set-by-author') : profile;
      },
    },
  ],
};

const runtimeDefault: SeccompProfile = Object.freeze({ type: 'RuntimeDefault' });

function isUnconfined(value: unknown): boolean {
  return (value as SeccompProfile).type === 'Unconfined';
}

function hasOwn(container: Container): boolean {
  return container.securityContext?.seccompProfile != null;
}

const podAnnotation = 'seccomp.security.alpha.kubernetes.io/pod';
const containerAnnotation = 'container.seccomp.security.alpha.kubernetes.io/';

/**
 * Whether an annotation of the time before the field says something else than the profile for these containers.
 * The API server refuses a field that differs from the annotation for the same place.
 */
function annotationsDiffer({ metadata }: Pod, profile: SeccompProfile, containers: readonly Container[]): boolean {
  const annotations = metadata?.annotations;
  if (!annotations) return false;
  const differs = (value: string | undefined) => value !== undefined && !says(value, profile);
  if (differs(annotations[podAnnotation])) return true;
  return containers.some(
    (container) => !hasOwn(container) && differs(annotations[containerAnnotation + container.name]),
  );
}

function says(annotation: string, profile: SeccompProfile): boolean {
  if (profile.type === 'Localhost') return annotation === `localhost/${profile.localhostProfile}`;
  return annotation === 'runtime/default' || annotation === 'docker/default';
}
