import type { Breakage } from '../policy/about.ts';
import type { Control } from '../policy/control.ts';
import { capabilities } from '../policy/controls/capabilities.ts';
import { readOnlyRootFilesystem } from '../policy/controls/readOnlyRootFilesystem.ts';
import { runAsNonRoot } from '../policy/controls/runAsNonRoot.ts';
import { runAsUser } from '../policy/controls/runAsUser.ts';
import type { Container } from '../policy/pod.ts';
import type { ObservedContainer } from './observedPod.ts';

/** The controls whose effect on a running pod shows in its status. */
export const breakFields = ['runAsNonRoot', 'runAsUser', 'capabilities', 'readOnlyRootFilesystem'] as const;

export type BreakField = (typeof breakFields)[number];

const controls: Readonly<Record<BreakField, Control>> = {
  runAsNonRoot,
  runAsUser,
  capabilities,
  readOnlyRootFilesystem,
};

/** Whether the field stands there with a value that we fill. */
export function holds(field: BreakField, { securityContext: context }: Container): boolean {
  switch (field) {
    case 'runAsNonRoot':
      return context?.runAsNonRoot === true;
    case 'runAsUser':
      return typeof context?.runAsUser === 'number' && context.runAsUser > 0;
    case 'capabilities':
      return context?.capabilities?.drop?.includes('ALL') === true;
    case 'readOnlyRootFilesystem':
      return context?.readOnlyRootFilesystem === true;
  }
}

/** Whether the field changes anything for the container at all: only root has capabilities to lose. */
export function mayMatter(field: BreakField, { uid }: ObservedContainer): boolean {
  return field !== 'capabilities' || uid === 0;
}

/** What the control says that may break by it. */
export function breakagesOf(field: BreakField): readonly Breakage[] {
  return controls[field].about.mayBreak ?? [];
}
