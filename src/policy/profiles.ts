import type { Mode } from './control.ts';
import type { Level } from './level.ts';

/** A named list of controls, and the level of the Pod Security Standards that a pod reaches with them. */
export interface Profile {
  readonly name: string;
  /** What it is for, in a sentence. */
  readonly about: string;
  readonly level: Level;
  readonly controls: readonly string[];
  /** Controls that do not take part even where their value is given. */
  readonly without?: readonly string[];
  /** What is done about some of them where the namespace does not ask for less. */
  readonly modes?: ReadonlyMap<string, Mode>;
}

const restrictedControls = ['seccompProfile', 'runAsNonRoot', 'allowPrivilegeEscalation', 'capabilities'];

/** The profile that makes a pod pass the standards' strictest level. */
export const restricted: Profile = {
  name: 'restricted',
  about: 'Fills what most pods lack to pass the strictest level.',
  level: 'restricted',
  controls: restrictedControls,
};

/** The built-in profiles, from the one that fills nothing to the one that fills most. */
export const profiles: readonly Profile[] = Object.freeze([
  {
    name: 'privileged',
    about: 'Fills nothing: for pods that stay as they are and are counted.',
    level: 'privileged',
    controls: [],
  },
  {
    name: 'baseline',
    about: 'Fills only what hardly any program notices.',
    level: 'baseline',
    controls: ['seccompProfile'],
  },
  restricted,
  {
    name: 'hardened',
    about: 'Fills what restricted does, and readOnlyRootFilesystem.',
    level: 'restricted',
    controls: [...restrictedControls, 'readOnlyRootFilesystem'],
  },
]);
