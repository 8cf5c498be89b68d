import { type Control, leave } from '../control.ts';
import { effective } from '../pod.ts';

/**
 * Capabilities: a container drops all of root's privileges and adds back only what it names.
 *
 * Fields:  spec.{c,initC,ephemeralC}ontainers[*].securityContext.capabilities.drop
 * Allowed: a list that includes ALL, spelt exactly so
 * Spec:    https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export const capabilities: Control = {
  id: 'capabilities',
  rules: [
    {
      scope: 'container',
      field: ['capabilities', 'drop'],
      os: 'linux',
      inherits: false,
      isSet: (value) => Array.isArray(value) && value.includes('ALL'),
      isWeaker: () => false,
      fill({ pod, container }) {
        const { securityContext } = container;
        if (securityContext?.capabilities?.add?.includes('ALL')) return leave('set-by-author');
        if (securityContext?.privileged) return leave('privileged');
        // It would lose what its author made it root for.
        if (effective(pod, container, 'runAsUser') === 0) return leave('runs-as-root');
        return ['ALL'];
      },
    },
  ],
};
