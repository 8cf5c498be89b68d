import type { Change } from '../policy/harden.ts';
import type { Level } from '../policy/level.ts';
import { minorOf } from '../policy/version.ts';
import { type DecideOptions, type Decision, decide } from './decide.ts';
import type { Policy } from './namespacePolicy.ts';
import type { AdmissionRequest } from './review.ts';

/** In what the shadow's decision differs: what is filled, the level that the pod reaches, or both. */
export const shadowDifferences = ['none', 'fills', 'level', 'both'] as const;

export type ShadowDifference = (typeof shadowDifferences)[number];

/** Whose decision fills a field that the other one does not, or fills otherwise. */
export const shadowSides = ['only_shadow', 'only_in_force'] as const;

export type ShadowSide = (typeof shadowSides)[number];

/** How the decision under the policy that a namespace tries differs from the one in force. */
export interface Shadow {
  readonly policy: Policy;
  readonly difference: ShadowDifference;
  /** A field that both fill, with different values, is on either side. */
  readonly changes: Readonly<Record<ShadowSide, readonly Change[]>>;
  /** The level that the pod reaches under the shadow. */
  readonly level: Level;
}

/** How the shadow's decision differs from the one on the same request; undefined where there is none to compare. */
export function shadowOf(
  request: AdmissionRequest,
  inForce: Decision,
  options: Omit<DecideOptions, 'provenance'>,
): Shadow | undefined {
  const policy = inForce.policy?.shadow;
  if (!policy) return undefined;
  const shadow = decide(request, policy, { ...options, minor: minorFor(policy, options.minor), provenance: false });
  // A mirror pod is not looked at.
  if (!inForce.levels || !shadow.levels) return undefined;
  const changes = { only_shadow: missingIn(inForce, shadow), only_in_force: missingIn(shadow, inForce) };
  const isFilledOtherwise = changes.only_shadow.length + changes.only_in_force.length > 0;
  const level = shadow.levels.after;
  return { policy, difference: differenceOf(isFilledOtherwise, level !== inForce.levels.after), changes, level };
}

function differenceOf(isFilledOtherwise: boolean, isJudgedOtherwise: boolean): ShadowDifference {
  if (isFilledOtherwise) return isJudgedOtherwise ? 'both' : 'fills';
  return isJudgedOtherwise ? 'level' : 'none';
}

/** A version that is newer than the cluster is one that it may be upgraded to, and is judged as if it had been. */
function minorFor({ version }: Policy, minor: number | undefined): number | undefined {
  return minor === undefined || version === 'latest' ? minor : Math.max(minor, minorOf(version));
}

/** The changes of a decision that the other one does not make, or only records. */
function missingIn(other: Decision, decision: Decision): readonly Change[] {
  const filled = new Set(other.filled.map(textOf));
  const known = new Set([...filled, ...other.wouldFill.map(textOf)]);
  return [
    ...decision.filled.filter((change) => !filled.has(textOf(change))),
    ...decision.wouldFill.filter((change) => !known.has(textOf(change))),
  ];
}

function textOf({ path, value, writable }: Change): string {
  return JSON.stringify([path, value, writable]);
}
