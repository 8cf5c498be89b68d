import { keys } from '../admission/keyMeanings.ts';
import { reasons } from '../policy/control.ts';
import { controls } from '../policy/controls/index.ts';
import { profiles } from '../policy/profiles.ts';

/** The names of all that can be explained, each once. */
export const topics: readonly string[] = Object.freeze([
  ...new Set([...controls.map(({ id }) => id), ...[...profiles, ...keys].map(({ name }) => name), ...reasons]),
]);
