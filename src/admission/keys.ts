/** The prefix of every label and annotation that this program reads or writes. */
export const keyPrefix = 'pod-hardener.io/';

/** What opts a namespace in, as a label or an annotation. */
export const profileKey = `${keyPrefix}profile`;

/** What an administrator may write on a namespace, without the prefix. */
export const namespaceKeys = [
  'profile',
  'profile-version',
  'mode',
  'controls',
  'run-as-user',
  'run-as-group',
  'fs-group',
  'supplemental-groups',
  'seccomp-profile',
  'root-images',
  'writable-paths',
  'pod-overrides',
  'shadow-profile',
] as const;

export type NamespaceKey = (typeof namespaceKeys)[number];

/** The annotation on a pod that lists what was filled in it. */
export const filledAnnotation = `${keyPrefix}filled`;

/** The annotation on a pod by which its author asks for less, where the namespace allows it. */
export const overridesAnnotation = `${keyPrefix}controls`;
