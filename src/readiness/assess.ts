import type { Configuration } from '../admission/configuration.ts';
import { decide } from '../admission/decide.ts';
import { type Exemptions, meantIn, noExemptions } from '../admission/exemptions.ts';
import { type NamespaceRecord, type Policy, policyOf } from '../admission/namespacePolicy.ts';
import { judge } from '../policy/evaluate.ts';
import type { Evidence } from '../policy/evidence.ts';
import { minorOf } from '../policy/version.ts';
import { type Asked, askedPolicy, systemNamespaces } from './askedPolicy.ts';
import { evidenceFor } from './imageUsers.ts';
import { nextSteps } from './nextSteps.ts';
import type { Workload } from './observed.ts';
import {
  type ExemptionUse,
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
  /** What an administrator decides for the whole cluster, and its exemptions as they stand now. */
  readonly configuration?: Configuration | undefined;
  readonly exemptions?: Exemptions | undefined;
  /** What owns that which made a pod; undefined at the top. */
  readonly ownerOf: (namespace: string, workload: Workload) => Workload | undefined;
}

/** Whether the level that is asked for may be enforced in the namespace today, and what keeps it from that. */
export function assessNamespace(
  namespace: NamespaceRecord,
  survey: NamespaceSurvey,
  grounds: Grounds,
): NamespaceReadiness {
  const { asked, configuration } = grounds;
  const policy = askedPolicy(namespace, asked, configuration);
  const { leftOut, filledBefore, debugged } = survey;
  const shapes = survey.shapes.map((shape) => assessShape(shape, namespace.name, policy, grounds));
  const workloads = byWorkload(shapes, (owner) => topOf(namespace.name, owner, grounds));
  const { name } = namespace;
  const own = policyOf(namespace, configuration);
  const assessed = {
    name,
    profile: policy.profile,
    level: policy.level,
    version: policy.version,
    verdict: verdictOf(workloads),
    ...(own && { mode: own.mode }),
    thing: grounds.thing,
    workloads,
    pods: sum(survey.shapes.map(({ pods }) => pods)),
    finished: sum(survey.shapes.map(({ finished }) => finished)),
    leftOut,
    filledBefore,
    debugged,
    problems: [...new Set([...(own?.problems ?? []), ...policy.problems].map(({ message }) => message))],
    exemptions: exemptionsIn(workloads, grounds),
    isSystem: systemNamespaces.includes(name),
    steps: [],
  };
  return { ...assessed, steps: nextSteps(assessed, namespace, configuration) };
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
  const { exemptions = noExemptions } = grounds;
  const decision = decide(request, policy, { provenance: false, minor: grounds.minor, evidence, exemptions });
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
  const meant = meantIn(namespace, pod, [...exemptions.active, ...exemptions.expired]).filter((one) =>
    policy.controls.some(({ control, beside }) => !beside && one.controls.includes(control.id)),
  );
  return { shape, standing: standing(), before, after, filled, left, remaining, users, exemptions: meant };
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

/** The exemptions that mean a workload, in the order in which they are written. */
function exemptionsIn(
  workloads: readonly WorkloadReadiness[],
  { exemptions = noExemptions }: Grounds,
): readonly ExemptionUse[] {
  return [...exemptions.active, ...exemptions.expired].flatMap((exemption) => {
    const meant = workloads.filter(({ shapes }) => shapes.some((shape) => shape.exemptions.includes(exemption)));
    const isExpired = exemptions.expired.includes(exemption);
    return meant.length === 0 ? [] : [{ exemption, isExpired, workloads: meant.map(({ workload }) => workload) }];
  });
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
