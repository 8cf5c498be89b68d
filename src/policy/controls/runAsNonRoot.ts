import type { Judged, Objection } from '../check.ts';
import { type Control, leave } from '../control.ts';
import { effective, hasUserNamespace } from '../pod.ts';
import { runsAsAdministrator } from '../windows.ts';
import { nameContainers, nameSetters } from '../wording.ts';

/** Running as non-root. */
export const runAsNonRoot: Control = {
  id: 'runAsNonRoot',
  about: {
    title: 'No container runs as root',
    meaning:
      'The kubelet starts no container whose user is root, or may be root. Whoever breaks out of a container, ' +
      'or writes to a volume that is not its own, is then not root there.',
    fields: ['spec.securityContext.runAsNonRoot', 'spec.containers[*].securityContext.runAsNonRoot'],
    allowed: '`true`, on the pod or on every container; with `hostUsers: false` anything, since v1.35',
    spec: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted',
    fills:
      'Never on the pod, where a sidecar that is injected later would inherit it. It is the only field that is ' +
      'filled on Windows, too.',
    mayBreak: [
      {
        what: 'A container whose image runs as root.',
        seenIn: 'status',
        messages: ['CreateContainerConfigError: container has runAsNonRoot and image will run as root'],
        remedy:
          'Name a user that the image can run as: `runAsUser` on the container, or on the namespace ' +
          '`pod-hardener.io/run-as-user` or, with the component `evidence`, `pod-hardener.io/root-images`.',
      },
      {
        what: 'A container whose image gives its user by name, which the kubelet cannot verify.',
        seenIn: 'status',
        messages: [
          'CreateContainerConfigError: container has runAsNonRoot and image has non-numeric user (NAME), cannot ' +
            'verify user is non-root',
        ],
        remedy:
          "Give that user's number: `pod-hardener.io/run-as-user` on the namespace, `runAsUser` on the container, or " +
          '`USER 1000` in the image.',
      },
    ],
  },
  leaves: ['set-by-author', 'privileged', 'runs-as-root', 'image-runs-as-root'],
  rules: [
    {
      scope: 'container',
      field: ['runAsNonRoot'],
      os: 'any',
      inherits: true,
      isWeaker: (value) => value === false,
      fill({ pod, container, windows, values, fromImage, alsoFills }) {
        if (container.securityContext?.privileged) return leave('privileged');
        const isRoot = effective(pod, container, 'runAsUser') === 0;
        if (isRoot || (windows && runsAsAdministrator(pod, container))) return leave('runs-as-root');
        const starts = !fromImage || alsoFills('runAsUser') || values.rootImages === 'fill';
        return starts ? true : leave('image-runs-as-root');
      },
    },
  ],
  checks: [
    {
      id: 'runAsNonRoot',
      level: 'restricted',
      revisions: [
        { since: 0, check: mustBeTrue },
        // In a user namespace, root is nobody outside of it.
        { since: 35, check: (judged) => (hasUserNamespace(judged.pod) ? undefined : mustBeTrue(judged)) },
      ],
    },
  ],
};

function mustBeTrue({ pod, containers }: Judged): Objection | undefined {
  const reason = 'runAsNonRoot != true';
  const podValue = pod.spec.securityContext?.runAsNonRoot;
  const explicit = containers.filter(({ securityContext }) => securityContext?.runAsNonRoot === false);
  const setters = nameSetters(podValue === false, explicit);
  if (setters !== '') return { reason, detail: `${setters} must not set securityContext.runAsNonRoot=false` };
  if (podValue === true) return undefined;
  const implicit = containers.filter(({ securityContext }) => securityContext?.runAsNonRoot == null);
  if (implicit.length === 0) return undefined;
  return { reason, detail: `pod or ${nameContainers(implicit)} must set securityContext.runAsNonRoot=true` };
}
