import type { Judged, Objection } from '../check.ts';
import { type Control, leave } from '../control.ts';
import { type AppArmorProfile, allContainers, type Container, type Pod } from '../pod.ts';
import { saysWindows } from '../windows.ts';
import { goQuote, joinQuote, nameSetters, pluralize, sortedSet } from '../wording.ts';

/** AppArmor. */
export const appArmorProfile: Control = {
  id: 'appArmorProfile',
  about: {
    title: 'Only what an AppArmor profile allows may be done',
    meaning:
      'An AppArmor profile says which files, capabilities and mounts a process may use. `RuntimeDefault`, that ' +
      'of the container runtime, keeps it from changing what belongs to the node, in /proc and /sys for ' +
      'example.',
    fields: [
      'spec.securityContext.appArmorProfile',
      'spec.containers[*].securityContext.appArmorProfile',
      'metadata.annotations["container.apparmor.security.beta.kubernetes.io/*"]',
    ],
    allowed:
      'none, or `type: RuntimeDefault` or `Localhost`; in an annotation nothing, `runtime/default` or `localhost/*`',
    spec: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline',
    fills: 'On the pod, when one of its containers has no profile.',
    mayBreak: [
      {
        what: 'Every pod on a node without AppArmor.',
        seenIn: 'status',
        messages: ['Cannot enforce AppArmor: AppArmor is not enabled on the host'],
        remedy: 'Ask for it only where every node has AppArmor.',
      },
      {
        what: 'A program that mounts file systems or writes to /proc and /sys.',
        seenIn: 'log',
        messages: ['Permission denied'],
        remedy: 'Its author sets a profile that allows it (`type: Localhost`).',
      },
    ],
  },
  since: 30,
  leaves: ['set-by-author', 'privileged'],
  rules: [
    {
      scope: 'pod',
      field: ['appArmorProfile'],
      os: 'linux',
      isWeaker: (value) => (value as AppArmorProfile).type === 'Unconfined',
      fill({ pod }) {
        const containers = allContainers(pod);
        if (containers.every(({ securityContext }) => securityContext?.appArmorProfile != null)) return undefined;
        if (containers.some((container) => annotationDiffers(pod, container))) return leave('set-by-author');
        // The runtime gives a privileged container no profile of its own accord.
        if (containers.some(({ securityContext }) => securityContext?.privileged)) return leave('privileged');
        return runtimeDefault;
      },
    },
  ],
  checks: [{ id: 'appArmorProfile', level: 'baseline', revisions: [{ since: 0, check: mustConfine }] }],
};

const runtimeDefault: AppArmorProfile = Object.freeze({ type: 'RuntimeDefault' });

const annotationPrefix = 'container.apparmor.security.beta.kubernetes.io/';

function annotationDiffers({ metadata }: Pod, { name, securityContext }: Container): boolean {
  const annotation = metadata?.annotations?.[annotationPrefix + name];
  return annotation !== undefined && annotation !== 'runtime/default' && securityContext?.appArmorProfile == null;
}

function mustConfine({ pod, containers }: Judged): Objection | undefined {
  const podProfile = pod.spec.securityContext?.appArmorProfile;
  const bad = containers.filter((container) => isForbidden(profileOf(pod, container)));
  const annotations = forbiddenAnnotations(pod);
  const setters = [
    nameSetters(isForbidden(podProfile), bad),
    annotations.length > 0 ? pluralize('annotation', 'annotations', annotations.length) : '',
  ].filter((setter) => setter !== '');
  if (setters.length === 0) return undefined;
  const profiles = [podProfile, ...bad.map((container) => profileOf(pod, container))].filter(isForbidden);
  const values = [...sortedSet(profiles.map((profile) => profile?.type ?? '')), ...annotations];
  return {
    reason: pluralize('forbidden AppArmor profile', 'forbidden AppArmor profiles', values.length),
    detail: `${setters.join(' and ')} must not set AppArmor profile type to ${joinQuote(values)}`,
  };
}

function isForbidden(profile: AppArmorProfile | null | undefined): boolean {
  return profile != null && profile.type !== 'RuntimeDefault' && profile.type !== 'Localhost';
}

/**
 * The container's own profile, else the one that its annotation asks for: the API server makes a field of it before
 * Pod Security admission looks, unless the pod's field says the same already.
 */
function profileOf(pod: Pod, { name, securityContext }: Container): AppArmorProfile | null | undefined {
  const own = securityContext?.appArmorProfile;
  if (own != null || saysWindows(pod)) return own;
  const isUnconfined = pod.metadata?.annotations?.[annotationPrefix + name] === 'unconfined';
  return isUnconfined && pod.spec.securityContext?.appArmorProfile?.type !== 'Unconfined' ? unconfined : undefined;
}

const unconfined: AppArmorProfile = Object.freeze({ type: 'Unconfined' });

function forbiddenAnnotations({ metadata }: Pod): readonly string[] {
  const annotations = metadata?.annotations ?? {};
  return sortedSet(
    Object.keys(annotations)
      .filter((key) => key.startsWith(annotationPrefix) && !isAllowedAnnotation(annotations[key] ?? ''))
      .map((key) => `${key}=${goQuote(annotations[key] ?? '')}`),
  );
}

function isAllowedAnnotation(value: string): boolean {
  return value === '' || value === 'runtime/default' || value.startsWith('localhost/');
}
