import type { Judged, Objection } from '../check.ts';
import { type Control, leave } from '../control.ts';
import { allContainers, type Container, type Pod, type SeccompProfile } from '../pod.ts';
import { saysWindows } from '../windows.ts';
import { goQuote, joinQuote, nameContainers, nameSetters, pluralize, sortedSet } from '../wording.ts';

/** Seccomp. */
export const seccompProfile: Control = {
  id: 'seccompProfile',
  about: {
    title: 'Only the system calls of a profile may be made',
    meaning:
      'A seccomp profile says which system calls the processes of a container may make. `RuntimeDefault`, that ' +
      'of the container runtime, leaves out those that programs hardly ever need and that attacks on the kernel ' +
      'start with.',
    fields: ['spec.securityContext.seccompProfile', 'spec.containers[*].securityContext.seccompProfile'],
    allowed: '`type: RuntimeDefault` or `Localhost`; at the level baseline also none',
    spec: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted',
    fills:
      'Or what `pod-hardener.io/seccomp-profile` on the namespace says. It is filled on the pod when one of its ' +
      'containers has no profile, and on an ephemeral container that is added later.',
    mayBreak: [
      {
        what: 'A program that makes other system calls, such as one that starts containers or loads eBPF programs.',
        seenIn: 'log',
        messages: ['Operation not permitted'],
        remedy: 'Its author sets a profile that allows them (`type: Localhost`).',
      },
      {
        what: 'With a `Localhost` profile on the namespace: any pod on a node that lacks the file.',
        seenIn: 'events',
        messages: ['cannot load seccomp profile "PATH"'],
        remedy: "Put the file into the kubelet's folder `seccomp` on every node.",
      },
    ],
  },
  leaves: ['set-by-author'],
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
  checks: [
    {
      id: 'seccompProfile_baseline',
      level: 'baseline',
      revisions: [
        { since: 0, check: annotationsMustConfine },
        { since: 19, check: fieldsMustConfine },
      ],
    },
    {
      id: 'seccompProfile_restricted',
      level: 'restricted',
      replaces: 'seccompProfile_baseline',
      revisions: [
        { since: 19, check: fieldsMustBeSet },
        // A Windows pod cannot set the field, and has not been asked to since 1.25.
        { since: 25, check: (judged) => (saysWindows(judged.pod) ? undefined : fieldsMustBeSet(judged)) },
      ],
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

function annotationsMustConfine({ pod, containers }: Judged): Objection | undefined {
  const annotations = pod.metadata?.annotations ?? {};
  const keys = [podAnnotation, ...containers.map(({ name }) => containerAnnotation + name)];
  const forbidden = keys.flatMap((key) => {
    const value = annotations[key];
    return value === undefined || confines(value) ? [] : [`${key}=${goQuote(value)}`];
  });
  const different = sortedSet(forbidden);
  if (different.length === 0) return undefined;
  const noun = pluralize('annotation', 'annotations', different.length);
  return { reason: 'seccompProfile', detail: `forbidden ${noun} ${different.join(', ')}` };
}

function confines(annotation: string): boolean {
  return annotation === 'runtime/default' || annotation === 'docker/default' || annotation.startsWith('localhost/');
}

function fieldsMustConfine({ pod, containers }: Judged): Objection | undefined {
  const podProfile = pod.spec.securityContext?.seccompProfile;
  const bad = containers.filter(({ securityContext }) => isForbidden(securityContext?.seccompProfile));
  const setters = nameSetters(isForbidden(podProfile), bad);
  if (setters === '') return undefined;
  const profiles = [podProfile, ...bad.map(({ securityContext }) => securityContext?.seccompProfile)];
  const types = profiles.filter(isForbidden).map((profile) => profile?.type ?? '');
  const detail = `${setters} must not set securityContext.seccompProfile.type to ${joinQuote(sortedSet(types))}`;
  return { reason: 'seccompProfile', detail };
}

function fieldsMustBeSet(judged: Judged): Objection | undefined {
  const forbidden = fieldsMustConfine(judged);
  if (forbidden || judged.pod.spec.securityContext?.seccompProfile) return forbidden;
  const missing = judged.containers.filter((container) => !hasOwn(container));
  if (missing.length === 0) return undefined;
  const allowed = '"RuntimeDefault" or "Localhost"';
  const detail = `pod or ${nameContainers(missing)} must set securityContext.seccompProfile.type to ${allowed}`;
  return { reason: 'seccompProfile', detail };
}

function isForbidden(profile: SeccompProfile | null | undefined): boolean {
  return profile != null && profile.type !== 'RuntimeDefault' && profile.type !== 'Localhost';
}
