import type { Control } from '../control.ts';
import { allowPrivilegeEscalation } from './allowPrivilegeEscalation.ts';
import { appArmorProfile } from './appArmorProfile.ts';
import { capabilities } from './capabilities.ts';
import { fsGroup } from './fsGroup.ts';
import { fsGroupChangePolicy } from './fsGroupChangePolicy.ts';
import { hostNamespaces } from './hostNamespaces.ts';
import { hostPathVolumes } from './hostPathVolumes.ts';
import { hostPorts } from './hostPorts.ts';
import { hostProbesAndLifecycle } from './hostProbesAndLifecycle.ts';
import { hostUsers } from './hostUsers.ts';
import { privileged } from './privileged.ts';
import { procMount } from './procMount.ts';
import { readOnlyRootFilesystem } from './readOnlyRootFilesystem.ts';
import { runAsGroup } from './runAsGroup.ts';
import { runAsNonRoot } from './runAsNonRoot.ts';
import { runAsUser } from './runAsUser.ts';
import { seccompProfile } from './seccompProfile.ts';
import { seLinuxOptions } from './seLinuxOptions.ts';
import { supplementalGroups } from './supplementalGroups.ts';
import { supplementalGroupsPolicy } from './supplementalGroupsPolicy.ts';
import { sysctls } from './sysctls.ts';
import { volumes } from './volumes.ts';
import { windowsHostProcess } from './windowsHostProcess.ts';

/**
 * All controls, in the order in which they are filled and reported: what the Pod Security Standards ask for first,
 * then what an administrator may give or ask for, then what is only checked. A control that looks at another
 * (`alsoFills`) stands after it.
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
  readOnlyRootFilesystem,
  appArmorProfile,
  hostUsers,
  supplementalGroupsPolicy,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbesAndLifecycle,
  privileged,
  procMount,
  seLinuxOptions,
  sysctls,
  volumes,
  windowsHostProcess,
]);
