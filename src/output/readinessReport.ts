import type { FillValue, Mode } from '../policy/control.ts';
import { type Judgement, messageOf } from '../policy/evaluate.ts';
import type { Level } from '../policy/level.ts';
import { toDotted } from '../policy/path.ts';
import { changingPods, namespaceLine } from '../readiness/namespaceLine.ts';
import {
  blockersIn,
  type ExemptionUse,
  type NamespaceReadiness,
  type ShapeReadiness,
  type Standing,
  type Verdict,
  type WorkloadReadiness,
} from '../readiness/readiness.ts';
import type { Party } from '../readiness/remaining.ts';
import type { ShapeBreak } from '../readiness/survey.ts';
import type { UserFinding } from '../readiness/userFindings.ts';
import { workloadName } from '../readiness/workloadName.ts';
import type { ResultVerdict } from './checkReport.ts';
import type { ReadinessResults, SkippedNamespace } from './readinessResults.ts';

/** What `report -o json` prints. Other programs read it: members may be added, but none renamed or taken away. */
export interface ReadinessReport {
  readonly apiVersion: 'pod-hardener.io/v1alpha1';
  readonly kind: 'ReadinessReport';
  readonly source: string;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly kubernetes?: string;
  readonly namespaces: readonly ReportedNamespace[];
  readonly skipped: readonly SkippedNamespace[];
  readonly problems: readonly string[];
}

export interface ReportedNamespace {
  readonly name: string;
  readonly profile: string;
  readonly level: Level;
  readonly version: string;
  readonly mode?: Mode;
  readonly verdict: Verdict;
  readonly line: string;
  readonly pods: number;
  readonly changing: number;
  readonly blockers: number;
  readonly finished: number;
  readonly filledBefore: number;
  readonly debugged: number;
  readonly leftOut: { readonly finished: number; readonly leaving: number };
  readonly problems: readonly string[];
  readonly exemptions: readonly ReportedExemption[];
  readonly steps: readonly string[];
  readonly workloads: readonly ReportedWorkload[];
}

/** An exemption that means workloads of the namespace, which are named as kubectl takes them. */
export interface ReportedExemption {
  readonly name: string;
  readonly controls: readonly string[];
  readonly owner: string;
  readonly reason: string;
  /** As it is written; absent for one without an end. */
  readonly expires?: string;
  readonly expired: boolean;
  readonly workloads: readonly string[];
}

export interface ReportedWorkload {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid?: string;
  readonly pods: number;
  readonly standing: Standing;
  readonly shapes: readonly ReportedShape[];
}

/** Pods of one workload that are alike. */
export interface ReportedShape {
  /** The name of one of them. */
  readonly example: string;
  readonly pods: number;
  readonly standing: Standing;
  readonly before: ResultVerdict;
  readonly after: ResultVerdict;
  readonly changes: readonly { readonly control: string; readonly path: string; readonly value: FillValue }[];
  readonly left: readonly { readonly control: string; readonly path: string; readonly reason: string }[];
  readonly remaining: readonly ReportedRemaining[];
  readonly users: readonly UserFinding[];
  readonly breaks: readonly ShapeBreak[];
}

export interface ReportedRemaining {
  readonly control: string;
  readonly message: string;
  readonly by: Party;
  readonly reasons: readonly string[];
}

/** The report on a cluster or on manifests. */
export function readinessReport({
  namespaces,
  skipped,
  source,
  kubernetes,
  problems,
  madeAt,
}: ReadinessResults): ReadinessReport {
  return {
    apiVersion: 'pod-hardener.io/v1alpha1',
    kind: 'ReadinessReport',
    source,
    madeAt: new Date(madeAt).toISOString(),
    ...(kubernetes !== undefined && { kubernetes }),
    namespaces: namespaces.map(reportedNamespace),
    skipped,
    problems,
  };
}

function reportedNamespace(namespace: NamespaceReadiness): ReportedNamespace {
  const { name, profile, level, version, verdict, pods, finished, filledBefore, debugged, leftOut } = namespace;
  return {
    name,
    profile,
    level,
    version,
    ...(namespace.mode && { mode: namespace.mode }),
    verdict,
    line: namespaceLine(namespace),
    pods,
    changing: changingPods(namespace),
    blockers: blockersIn(namespace).length,
    finished,
    filledBefore,
    debugged,
    leftOut,
    problems: namespace.problems,
    exemptions: namespace.exemptions.map(reportedExemption),
    steps: namespace.steps,
    workloads: namespace.workloads.map((workload) => reportedWorkload(workload, level)),
  };
}

function reportedExemption({ exemption, isExpired, workloads }: ExemptionUse): ReportedExemption {
  const { name, controls, owner, reason, expires } = exemption;
  return {
    ...{ name, controls, owner, reason },
    ...(expires && { expires: expires.written }),
    expired: isExpired,
    workloads: workloads.map(workloadName),
  };
}

function reportedWorkload({ workload, pods, standing, shapes }: WorkloadReadiness, level: Level): ReportedWorkload {
  const { apiVersion, kind, name, uid } = workload;
  return {
    apiVersion,
    kind,
    name,
    ...(uid !== undefined && { uid }),
    pods,
    standing,
    shapes: shapes.map((shape) => reportedShape(shape, level)),
  };
}

function reportedShape(readiness: ShapeReadiness, level: Level): ReportedShape {
  const { shape, standing, before, after, filled, left, remaining, users } = readiness;
  return {
    example: shape.example,
    pods: shape.pods,
    standing,
    before: verdictOn(before, level),
    after: verdictOn(after, level),
    changes: filled.map(({ control, path, value }) => ({ control, path: toDotted(path), value })),
    left: left.map(({ control, path, reason }) => ({ control, path: toDotted(path), reason })),
    remaining: remaining.map((one) => ({
      control: one.control,
      message: messageOf([one]),
      by: one.by,
      reasons: one.left,
    })),
    users,
    breaks: shape.breaks,
  };
}

function verdictOn({ level, violations }: Judgement, asked: Level): ResultVerdict {
  return { level, allowed: violations[asked].length === 0, message: messageOf(violations[asked]) };
}
