import type { Control } from '../control.ts';
import { allowPrivilegeEscalation } from './allowPrivilegeEscalation.ts';
import { capabilities } from './capabilities.ts';
import { fsGroup } from './fsGroup.ts';
import { fsGroupChangePolicy } from './fsGroupChangePolicy.ts';
import { runAsGroup } from './runAsGroup.ts';
import { runAsNonRoot } from './runAsNonRoot.ts';
import { runAsUser } from './runAsUser.ts';
import { seccompProfile } from './seccompProfile.ts';
import { supplementalGroups } from './supplementalGroups.ts';

/**
 * All controls, in the order in which they are filled and reported: what the Pod Security Standards ask for first,
 * then what an administrator may give. A control that looks at another (`alsoFills`) stands after it.
 */
export const controls: readonly Control[] = Object.freeze([
  seccompProfile,
  runAsNonRoot,
  allowPrivilegeEscalation,
  capabilities,
  runAsUser,
  runAsGroup,
  fsGroup,
  fsGroupChangePolicy,
  supplementalGroups,
]);
