import type { Policy } from '../admission/namespacePolicy.ts';
import type { Violation } from '../policy/check.ts';
import type { Reason } from '../policy/control.ts';
import type { Change, Left } from '../policy/harden.ts';

/** Who can do something about what remains: whoever wrote the pod, made its image, or runs the namespace or cluster. */
export type Party = 'author' | 'image' | 'administrator' | 'cluster';

/** Something that stands between a pod and its level even once everything is filled. */
export interface Remaining extends Violation {
  readonly by: Party;
  /** Why the field was left, by what that party did; more than one where containers differ. Empty for what is never filled. */
  readonly left: readonly Reason[];
}

const parties: Readonly<Record<Reason, Party>> = {
  exempt: 'administrator',
  'pod-override': 'author',
  'unsupported-version': 'cluster',
  windows: 'author',
  'set-by-author': 'author',
  privileged: 'author',
  'adds-sys-admin': 'author',
  'runs-as-root': 'author',
  'image-runs-as-root': 'image',
  'no-run-as-user': 'administrator',
  'host-namespaces': 'author',
  'volume-devices': 'author',
  'ephemeral-container': 'author',
};

/** The violations, each with who set what it is about, as far as the fields that were left tell. */
export function remainingOf(
  violations: readonly Violation[],
  left: readonly Left[],
  wouldFill: readonly Change[],
  policy: Policy,
): readonly Remaining[] {
  return violations.map((violation) => {
    const { control } = violation;
    const reasons = left.filter((one) => one.control === control).map(({ reason }) => reason);
    // An author who did anything to the field has to be asked, whatever else is in the way.
    const reason = reasons.find((one) => parties[one] === 'author') ?? reasons[0];
    if (reason !== undefined) {
      const by = parties[reason];
      return { ...violation, by, left: [...new Set(reasons)].filter((one) => parties[one] === by) };
    }
    const isTakenOut =
      policy.profileControls.includes(control) && !policy.controls.some((one) => one.control.id === control);
    const isNotDone = wouldFill.some((one) => one.control === control);
    return { ...violation, by: isTakenOut || isNotDone ? 'administrator' : 'author', left: [] };
  });
}
