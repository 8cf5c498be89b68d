import type { Level } from './level.ts';
import type { Container, Pod } from './pod.ts';

/** What a check objects to, in the words of Kubernetes' own Pod Security admission. */
export interface Objection {
  readonly reason: string;
  readonly detail: string;
}

/** An objection, and the control that knows about the field. */
export interface Violation extends Objection {
  readonly control: string;
}

/** A pod with all its containers in one list, in the order in which Pod Security admission visits them. */
export interface Judged {
  readonly pod: Pod;
  readonly containers: readonly Container[];
}

/** Undefined when the pod is allowed. */
export type CheckPod = (judged: Judged) => Objection | undefined;

/** One check of the Pod Security Standards, in all its revisions. */
export interface Check {
  /** Upstream's name for it. Violations are reported in the order of these names, the baseline ones first. */
  readonly id: string;
  readonly level: Exclude<Level, 'privileged'>;
  /** The check that this one makes superfluous at its own level, by upstream's name. */
  readonly replaces?: string;
  /** From the oldest on; each is in force from its Kubernetes minor until the next. */
  readonly revisions: readonly { readonly since: number; readonly check: CheckPod }[];
}
