import type { Level } from './level.ts';

/** A named list of controls, and the level of the Pod Security Standards that a pod reaches with them. */
export interface Profile {
  readonly name: string;
  readonly level: Level;
  readonly controls: readonly string[];
}

const restrictedControls = ['seccompProfile', 'runAsNonRoot', 'allowPrivilegeEscalation', 'capabilities'];

/** The profile that makes a pod pass the standards' strictest level. */
export const restricted: Profile = { name: 'restricted', level: 'restricted', controls: restrictedControls };

/** The built-in profiles, from the one that fills nothing to the one that fills most. */
export const profiles: readonly Profile[] = Object.freeze([
  { name: 'privileged', level: 'privileged', controls: [] },
  { name: 'baseline', level: 'baseline', controls: ['seccompProfile'] },
  restricted,
  { name: 'hardened', level: 'restricted', controls: [...restrictedControls, 'readOnlyRootFilesystem'] },
]);
