import type { Judged, Objection } from '../check.ts';
import { type Control, leave } from '../control.ts';
import { effective, hasUserNamespace } from '../pod.ts';
import { runsAsAdministrator } from '../windows.ts';
import { nameContainers, nameSetters } from '../wording.ts';

/**
 * Running as non-root: the kubelet starts no container of which the user is, or may be, root.
 *
 * Fields:  spec.securityContext.runAsNonRoot, spec.{c,initC,ephemeralC}ontainers[*].securityContext.runAsNonRoot
 * Allowed: true
 * Spec:    https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export const runAsNonRoot: Control = {
  id: 'runAsNonRoot',
  rules: [
    {
      scope: 'container',
      field: ['runAsNonRoot'],
      os: 'any',
      inherits: true,
      isWeaker: (value) => value === false,
      fill({ pod, container, windows }) {
        if (container.securityContext?.privileged) return leave('privileged');
        const isRoot = effective(pod, container, 'runAsUser') === 0;
        return isRoot || (windows && runsAsAdministrator(pod, container)) ? leave('runs-as-root') : true;
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
