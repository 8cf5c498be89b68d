import { decide } from '../admission/decide.ts';
import type { NamespaceRecord, Policy } from '../admission/namespacePolicy.ts';
import { judge } from '../policy/evaluate.ts';
import type { Evidence } from '../policy/evidence.ts';
import { minorOf } from '../policy/version.ts';
import { type Asked, askedPolicy, ownMode, systemNamespaces } from './askedPolicy.ts';
import { evidenceFor } from './imageUsers.ts';
import { nextSteps } from './nextSteps.ts';
import type { Workload } from './observed.ts';
import {
  type NamespaceReadiness,
  type ShapeReadiness,
  type Standing,
  standings,
  type Thing,
  type Verdict,
  type WorkloadReadiness,
} from './readiness.ts';
import { remainingOf } from './remaining.ts';
import type { NamespaceSurvey, Shape } from './survey.ts';
import { isInTheWay, userFindings } from './userFindings.ts';

/** What is known beside the pods. */
export interface Grounds {
  readonly thing: Thing;
  readonly asked: Asked;
  /** The cluster's minor of Kubernetes 1, where there is a cluster. */
  readonly minor?: number | undefined;
  /** What is known of the users that images run as. */
  readonly evidence: Evidence;
  /** What owns that which made a pod; undefined at the top. */
  readonly ownerOf: (namespace: string, workload: Workload) => Workload | undefined;
}

/** Whether the level that is asked for may be enforced in the namespace today, and what keeps it from that. */
export function assessNamespace(
  namespace: NamespaceRecord,
  survey: NamespaceSurvey,
  grounds: Grounds,
): NamespaceReadiness {
  const policy = askedPolicy(namespace, grounds.asked);
  const { leftOut, filledBefore, debugged } = survey;
  const shapes = survey.shapes.map((shape) => assessShape(shape, namespace.name, policy, grounds));
  const workloads = byWorkload(shapes, (owner) => topOf(namespace.name, owner, grounds));
  const { name } = namespace;
  const mode = ownMode(namespace);
  const assessed = {
    name,
    profile: policy.profile,
    level: policy.level,
    version: policy.version,
    verdict: verdictOf(workloads),
    ...(mode && { mode }),
    thing: grounds.thing,
    workloads,
    pods: sum(survey.shapes.map(({ pods }) => pods)),
    finished: sum(survey.shapes.map(({ finished }) => finished)),
    leftOut,
    filledBefore,
    debugged,
    problems: policy.problems.map(({ message }) => message),
    isSystem: systemNamespaces.includes(name),
    steps: [],
  };
  return { ...assessed, steps: nextSteps(assessed, namespace) };
}

/** What would become of the pods of a shape, by the very code that the webhook decides with. */
function assessShape(shape: Shape, namespace: string, policy: Policy, grounds: Grounds): ShapeReadiness {
  const { pod } = shape;
  const evidence = evidenceFor(shape, grounds.evidence);
  const request = {
    uid: '',
    operation: 'create',
    resource: 'pods',
    namespace,
    dryRun: true,
    subject: { pod },
  } as const;
  const decision = decide(request, policy, { provenance: false, minor: grounds.minor });
  const minor = minorOf(policy.version, grounds.minor);
  const before = judge(pod, minor);
  const after = decision.intended ? judge(decision.intended, minor) : before;
  const { filled, wouldFill, left } = decision;
  const remaining = remainingOf(after.violations[policy.level], left, wouldFill, policy);
  const users = userFindings(shape, filled, left, evidence);
  const standing = (): Standing => {
    if (remaining.some(({ by }) => by !== 'image')) return 'short';
    if (remaining.length > 0 || users.some(isInTheWay)) return 'image';
    return before.violations[policy.level].length > 0 ? 'filled' : 'passes';
  };
  return { shape, standing: standing(), before, after, filled, left, remaining, users };
}

/** Chains of owners are short; one that is longer goes round in a circle. */
const longestChain = 10;

function topOf(namespace: string, owner: Workload, { ownerOf }: Grounds): Workload {
  let top = owner;
  for (let steps = 0; steps < longestChain; steps++) {
    const next = ownerOf(namespace, top);
    if (!next) return top;
    top = next;
  }
  return top;
}

function byWorkload(
  shapes: readonly ShapeReadiness[],
  top: (owner: Workload) => Workload,
): readonly WorkloadReadiness[] {
  const groups = new Map<string, { workload: Workload; shapes: ShapeReadiness[] }>();
  for (const shape of shapes) {
    const workload = top(shape.shape.owner);
    const key = `${workload.apiVersion}\n${workload.kind}\n${workload.name}`;
    const group = groups.get(key) ?? { workload, shapes: [] };
    groups.set(key, group);
    group.shapes.push(shape);
  }
  const workloads = Array.from(groups.values(), (group) => ({
    workload: group.workload,
    pods: sum(group.shapes.map(({ shape }) => shape.pods)),
    standing: worstOf(group.shapes),
    shapes: group.shapes.toSorted((a, b) => rank(a) - rank(b)),
  }));
  return workloads.sort((a, b) => rank(a) - rank(b) || compare(a.workload, b.workload));
}

function worstOf(shapes: readonly ShapeReadiness[]): Standing {
  return standings.find((standing) => shapes.some((shape) => shape.standing === standing)) ?? 'passes';
}

function rank({ standing }: { readonly standing: Standing }): number {
  return standings.indexOf(standing);
}

function compare(a: Workload, b: Workload): number {
  const [one, other] = [`${a.kind}/${a.name}`, `${b.kind}/${b.name}`];
  return one < other ? -1 : one > other ? 1 : 0;
}

function verdictOf(workloads: readonly WorkloadReadiness[]): Verdict {
  const has = (...some: readonly Standing[]) => workloads.some(({ standing }) => some.includes(standing));
  if (has('short', 'image')) return 'blocked';
  return has('filled') ? 'ready with fills' : 'ready';
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
