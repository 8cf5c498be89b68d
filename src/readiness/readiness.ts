import type { Exemption } from '../admission/exemptions.ts';
import type { Mode } from '../policy/control.ts';
import type { Judgement } from '../policy/evaluate.ts';
import type { Change, Left } from '../policy/harden.ts';
import type { Level } from '../policy/level.ts';
import type { Workload } from './observed.ts';
import type { Remaining } from './remaining.ts';
import type { LeftOut, Shape } from './survey.ts';
import type { UserFinding } from './userFindings.ts';

/**
 * How a workload stands to the level that its namespace may be made to enforce: its pods pass as they are, pass once
 * filled, are kept from it by the user of an image, or stay short of it for another reason.
 */
export const standings = ['short', 'image', 'filled', 'passes'] as const;

export type Standing = (typeof standings)[number];

/** What is looked at: pods that there are, or templates of pods to come. */
export type Thing = 'pod' | 'template';

/** Whether the level may be enforced in a namespace today. */
export const verdicts = ['blocked', 'ready with fills', 'ready'] as const;

export type Verdict = (typeof verdicts)[number];

/** What would become of the pods of one shape. */
export interface ShapeReadiness {
  readonly shape: Shape;
  readonly standing: Standing;
  readonly before: Judgement;
  readonly after: Judgement;
  readonly filled: readonly Change[];
  readonly left: readonly Left[];
  /** What would still stand between the pods and the level. */
  readonly remaining: readonly Remaining[];
  /** The containers whose user is left to an image that is not known to be fit. */
  readonly users: readonly UserFinding[];
  /** What administrators have exempted in them. */
  readonly exemptions: readonly Exemption[];
}

/** An exemption, and the workloads that it means. */
export interface ExemptionUse {
  readonly exemption: Exemption;
  /** Whether it does not apply any more. */
  readonly isExpired: boolean;
  readonly workloads: readonly Workload[];
}

export interface WorkloadReadiness {
  readonly workload: Workload;
  readonly pods: number;
  /** The worst of its shapes'. */
  readonly standing: Standing;
  readonly shapes: readonly ShapeReadiness[];
}

/** Whether a level may be enforced in a namespace, and all that follows from asking. */
export interface NamespaceReadiness {
  readonly name: string;
  readonly profile: string;
  readonly level: Level;
  /** The version of the standards: `latest` or `v1.NN`. */
  readonly version: string;
  readonly verdict: Verdict;
  /** The mode that the namespace names itself; absent where it is not opted in. */
  readonly mode?: Mode;
  /** What is counted: pods, or templates of pods in manifests. */
  readonly thing: Thing;
  /** The worst first. */
  readonly workloads: readonly WorkloadReadiness[];
  readonly pods: number;
  /** How many of the pods have ended; whatever made them may make more. */
  readonly finished: number;
  readonly leftOut: LeftOut;
  readonly filledBefore: number;
  readonly debugged: number;
  /** What is wrong with the namespace's policy, a sentence each. */
  readonly problems: readonly string[];
  readonly exemptions: readonly ExemptionUse[];
  /** Whether it is one of those in which the webhook is never called. */
  readonly isSystem: boolean;
  /** What to type next: commands, and comments that begin with `#`. */
  readonly steps: readonly string[];
}

/** The level that is asked for, and the version where that is not the latest: `restricted v1.30`. */
export function standardOf({ level, version }: Pick<NamespaceReadiness, 'level' | 'version'>): string {
  return version === 'latest' ? level : `${level} ${version}`;
}

/** The workloads that keep a namespace from enforcing the level. */
export function blockersIn({ workloads }: NamespaceReadiness): readonly WorkloadReadiness[] {
  return workloads.filter(({ standing }) => standing === 'short' || standing === 'image');
}

/** `ready`, `ready with fills`, or `blocked by 2`. */
export function verdictText(namespace: NamespaceReadiness): string {
  return namespace.verdict === 'blocked' ? `blocked by ${blockersIn(namespace).length}` : namespace.verdict;
}

/** Whether something does not work in pods of the workload that were filled. */
export function isBroken({ shapes }: WorkloadReadiness): boolean {
  return shapes.some(({ shape }) => shape.breaks.length > 0);
}
