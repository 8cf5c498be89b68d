import { type Control, leave } from '../control.ts';
import { effective } from '../pod.ts';

/** The primary group. */
export const runAsGroup: Control = {
  id: 'runAsGroup',
  about: {
    title: 'The primary group that a container runs as',
    meaning:
      "Without it, a container whose image does not know its user runs with the group 0, which is root's. With " +
      'it, files of that group are out of its reach.',
    fields: ['spec.securityContext.runAsGroup', 'spec.containers[*].securityContext.runAsGroup'],
    spec: 'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#set-the-security-context-for-a-pod',
    mayBreak: [
      {
        what: 'An image that is made for any user by giving its files to the group 0.',
        seenIn: 'log',
        messages: ['Permission denied'],
      },
    ],
  },
  given: 'runAsGroup',
  leaves: ['set-by-author', 'privileged', 'runs-as-root', 'no-run-as-user'],
  rules: [
    {
      scope: 'container',
      field: ['runAsGroup'],
      os: 'linux',
      inherits: true,
      isWeaker: (value) => value === 0,
      fill({ pod, container, values, alsoFills }) {
        if (container.securityContext?.privileged) return leave('privileged');
        const user = effective(pod, container, 'runAsUser');
        if (user === 0 || effective(pod, container, 'runAsNonRoot') === false) return leave('runs-as-root');
        // Some runtimes refuse a group without a user, others run root with it.
        if (user === undefined && !alsoFills('runAsUser')) return leave('no-run-as-user');
        return values.runAsGroup;
      },
    },
  ],
};
