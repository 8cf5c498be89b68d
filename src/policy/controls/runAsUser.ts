import type { Judged, Objection } from '../check.ts';
import { type Control, leave } from '../control.ts';
import { effective, hasUserNamespace } from '../pod.ts';
import { nameSetters } from '../wording.ts';

/** The user. */
export const runAsUser: Control = {
  id: 'runAsUser',
  about: {
    title: 'The user that a container runs as',
    meaning:
      'The container runs as this user, whatever its image says. What belongs to root, in the image or on the ' +
      'node, is then out of its reach.',
    fields: ['spec.securityContext.runAsUser', 'spec.containers[*].securityContext.runAsUser'],
    allowed: 'any but `0`; with `hostUsers: false` any, since v1.35',
    spec: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted',
    fills:
      'Also beside `runAsNonRoot`, for an image of which it is known that it could not start with that alone: the ' +
      'number of the user that it names, or the one that `pod-hardener.io/root-images` gives.',
    mayBreak: [
      {
        what: 'A program that reads or writes files of its image that belong to another user.',
        seenIn: 'log',
        messages: ['Permission denied'],
        remedy: 'Give the number of the user that the image is made for.',
      },
      {
        what: 'A program that looks up the name or the home of its user, which the image does not know.',
        seenIn: 'log',
        messages: ['whoami: cannot find name for user ID 1000'],
      },
    ],
  },
  given: 'runAsUser',
  beside: 'runAsNonRoot',
  leaves: ['set-by-author', 'privileged', 'runs-as-root'],
  rules: [
    {
      scope: 'container',
      field: ['runAsUser'],
      os: 'linux',
      inherits: true,
      isWeaker: (value) => value === 0,
      fill({ pod, container, values, fromImage }) {
        if (container.securityContext?.privileged) return leave('privileged');
        // Its author says that it may be root: another user could keep it from working.
        if (effective(pod, container, 'runAsNonRoot') === false) return leave('runs-as-root');
        return values.runAsUser ?? fromImage?.uid;
      },
    },
  ],
  checks: [
    {
      id: 'runAsUser',
      level: 'restricted',
      revisions: [
        { since: 23, check: mustNotBeRoot },
        // In a user namespace, root is nobody outside of it.
        { since: 35, check: (judged) => (hasUserNamespace(judged.pod) ? undefined : mustNotBeRoot(judged)) },
      ],
    },
  ],
};

function mustNotBeRoot({ pod, containers }: Judged): Objection | undefined {
  const bad = containers.filter(({ securityContext }) => securityContext?.runAsUser === 0);
  const setters = nameSetters(pod.spec.securityContext?.runAsUser === 0, bad);
  return setters === '' ? undefined : { reason: 'runAsUser=0', detail: `${setters} must not set runAsUser=0` };
}
