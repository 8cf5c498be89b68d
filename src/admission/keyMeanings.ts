import { filledAnnotation, keyPrefix, type NamespaceKey, namespaceKeys, overridesAnnotation } from './keys.ts';

/** What people are told of a key, in plain English; what is code stands in backticks. */
export interface KeyMeaning {
  /** What may be written. */
  readonly values: string;
  /** What counts where nothing is written. */
  readonly byDefault: string;
  readonly meaning: string;
}

const id = 'an integer from 1 to 2147483647';
const none = 'none: the field is not filled';

/** The keys that an administrator may write on a namespace, without their prefix. */
const onNamespace: Readonly<Record<NamespaceKey, KeyMeaning>> = {
  profile: {
    values: 'the name of a profile',
    byDefault: 'the namespace is not opted in',
    meaning:
      'Opts the namespace in, and says which controls are filled. It is the one key that is a label; ' +
      'where the pods of every namespace are sent to the webhook, it may be an annotation.',
  },
  'profile-version': {
    values: '`latest`, or one like `v1.36`',
    byDefault: '`latest`, the version of the API server',
    meaning: 'The version of the Pod Security Standards that is aimed at and checked.',
  },
  mode: {
    values: '`audit`, `warn` or `fill`',
    byDefault: '`fill`',
    meaning:
      'What is done about a field that nobody set: `audit` only records it, `warn` also tells the client, `fill` ' +
      'changes the pod.',
  },
  controls: {
    values: 'a comma list of `+name`, `-name` and `name=mode`',
    byDefault: 'the controls of the profile',
    meaning: 'Adds controls to the profile, takes some out of it, or gives them a mode of their own.',
  },
  'run-as-user': { values: id, byDefault: none, meaning: 'The user of the containers that nobody gave one.' },
  'run-as-group': { values: id, byDefault: none, meaning: 'The group of the containers that nobody gave one.' },
  'fs-group': { values: id, byDefault: none, meaning: 'The group of the volumes of pods that nobody gave one.' },
  'supplemental-groups': {
    values: `a comma list, each ${id}`,
    byDefault: none,
    meaning: 'Further groups of the pods that nobody gave any.',
  },
  'seccomp-profile': {
    values: '`RuntimeDefault`, or `Localhost/` and a path below the profiles of the kubelet',
    byDefault: '`RuntimeDefault`',
    meaning: 'What the control `seccompProfile` fills.',
  },
  'root-images': {
    values: `\`leave\`, \`fill\`, or ${id}`,
    byDefault: '`leave`',
    meaning:
      'What becomes of a container whose image is known to run as root, or as a user given by name: it is left, filled ' +
      'all the same, or given this `runAsUser` as well.',
  },
  'writable-paths': {
    values: 'a comma list of absolute paths; empty for none',
    byDefault: '`/tmp`',
    meaning: 'What stays writable, by an `emptyDir`, where `readOnlyRootFilesystem` is filled.',
  },
  'pod-overrides': {
    values: '`forbidden` or `allowed`',
    byDefault: '`forbidden`',
    meaning: `Whether a pod may ask for less by its own annotation \`${overridesAnnotation}\`.`,
  },
  'shadow-profile': {
    values: 'the name of a profile, or a profile and a version, like `restricted@v1.36`',
    byDefault: 'none',
    meaning:
      'What to try beside the profile in force: how its decision on each pod differs is counted and logged, and has ' +
      'no other effect.',
  },
};

/** A key and where it is written. */
export interface Key extends KeyMeaning {
  readonly name: string;
  readonly on: 'namespace' | 'pod';
  readonly as: 'label' | 'annotation';
}

/** All labels and annotations that are read or written, those of namespaces first. */
export const keys: readonly Key[] = Object.freeze([
  ...namespaceKeys.map((key): Key => {
    return {
      name: keyPrefix + key,
      on: 'namespace',
      as: key === 'profile' ? 'label' : 'annotation',
      ...onNamespace[key],
    };
  }),
  {
    name: overridesAnnotation,
    on: 'pod',
    as: 'annotation',
    values: 'a comma list of `-name`, `name=audit` and `name=warn`',
    byDefault: 'all is filled that the namespace asks for',
    meaning:
      `Takes controls out for this pod, where the namespace has \`${keyPrefix}pod-overrides: allowed\`. It ` +
      'can never ask for more.',
  },
  {
    name: filledAnnotation,
    on: 'pod',
    as: 'annotation',
    values: 'a comma list of `control` and `container/control`',
    byDefault: 'nothing was filled, or it is not to be said there',
    meaning: 'What was filled. Only pod-hardener writes it, and nothing is ever decided from it.',
  },
]);
