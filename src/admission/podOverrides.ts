import { milder, type Reason } from '../policy/control.ts';
import type { ActiveControl } from '../policy/harden.ts';
import type { Pod } from '../policy/pod.ts';
import { parsePodChoices } from './controlChoices.ts';
import { overridesAnnotation } from './keys.ts';
import { maxText, type Policy } from './namespacePolicy.ts';

const maxNotes = 8;

/** The controls for one pod, and sentences about the part of its own annotation that is not followed. */
export interface PodControls {
  readonly active: readonly ActiveControl[];
  readonly notes: readonly string[];
}

/**
 * The policy's controls, less what the cluster's minor does not know and what the pod's own annotation asks to be
 * spared where the namespace allows it.
 */
export function controlsFor(pod: Pod, policy: Policy, minor?: number): PodControls {
  const known = policy.controls.map((one) => (isTooNew(one, minor) ? withhold(one, 'unsupported-version') : one));
  const text = pod.metadata?.annotations?.[overridesAnnotation];
  if (text === undefined) return { active: known, notes: [] };
  if (!policy.podOverrides) {
    return { active: known, notes: [`${overridesAnnotation} on a pod is not allowed in this namespace`] };
  }
  if (text.length > maxText) {
    return {
      active: known,
      notes: [`${overridesAnnotation} on the pod: longer than ${maxText} characters, and not read`],
    };
  }
  const { value, problems } = parsePodChoices(text);
  const active = known.map((one): ActiveControl => {
    if (value.removed.has(one.control.id)) return withhold(one, 'pod-override');
    const own = value.modes.get(one.control.id);
    return own === undefined ? one : { ...one, mode: milder(own, one.mode) };
  });
  return {
    active,
    notes: problems.slice(0, maxNotes).map((problem) => `${overridesAnnotation} on the pod: ${problem}`),
  };
}

function isTooNew({ control }: ActiveControl, minor: number | undefined): boolean {
  return control.since !== undefined && minor !== undefined && control.since > minor;
}

function withhold(one: ActiveControl, withheld: Reason): ActiveControl {
  return { ...one, withheld };
}
