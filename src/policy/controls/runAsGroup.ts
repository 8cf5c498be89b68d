import { type Control, leave } from '../control.ts';
import { effective } from '../pod.ts';

/**
 * The primary group id that a container runs as.
 *
 * Fields:  spec.securityContext.runAsGroup, spec.{c,initC,ephemeralC}ontainers[*].securityContext.runAsGroup
 * Allowed: anything: the Pod Security Standards do not look at it
 */
export const runAsGroup: Control = {
  id: 'runAsGroup',
  given: 'runAsGroup',
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
