import { type Break, breaksIn } from './breaks.ts';
import { type Observation, observe } from './observe.ts';
import { type Controller, decodeObservedPod } from './observedPod.ts';

/** All that is kept of a pod. */
export interface Sighting {
  readonly observations: readonly Observation[];
  /** Absent for nearly all pods. */
  readonly broken?: BrokenPod;
}

/** A pod in which something does not work. */
export interface BrokenPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly controller: Controller | undefined;
  readonly breaks: readonly Break[];
}

const nothing: Sighting = Object.freeze({ observations: Object.freeze([]) });

/** Returns what there is to see in a pod that the API server sent; nothing in anything that is none. Never throws. */
export function sightingOf(value: unknown): Sighting {
  const observed = decodeObservedPod(value);
  if (observed === undefined) return nothing;
  const observations = observe(observed);
  const breaks = breaksIn(observed);
  if (breaks.length === 0) return observations.length === 0 ? nothing : { observations };
  const { namespace, name, uid, controller } = observed;
  return { observations, broken: { namespace, name, uid, controller, breaks } };
}
