import type { ContainerRule, FillValue, Leave, PodRule, Scope, Target, Unset } from './control.ts';
import type { Path } from './path.ts';
import type { Container, Pod } from './pod.ts';

export type Rule = PodRule | ContainerRule;

/** A securityContext, present or not, and where it stands. */
export interface Place {
  readonly scope: Scope;
  readonly path: Path;
  readonly context: unknown;
  readonly container?: Container;
}

export const podPath: Path = ['spec', 'securityContext'];

/** The securityContext that the target's fields belong to. */
export function placeOf(pod: Pod, { scope, container: target }: Target): Place {
  if (!target) return { scope, path: podPath, context: pod.spec.securityContext };
  const { list, index, container } = target;
  const path = ['spec', list, index, 'securityContext'];
  return { scope, path, context: container.securityContext, container };
}

/** What stands at a field below a securityContext; undefined where there is nothing. */
export function valueAt(context: unknown, field: readonly string[]): unknown {
  let value = context;
  for (const key of field) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** The pod's own value of the field, where the rule's containers inherit it. */
export function inheritedValue(pod: Pod, rule: Rule): unknown {
  return rule.scope === 'container' && rule.inherits ? valueAt(pod.spec.securityContext, rule.field) : undefined;
}

/** Whether the value counts as set for the rule. */
export function isSet(rule: Rule, value: unknown): boolean {
  return rule.isSet ? rule.isSet(value) : value != null;
}

/** What the rule says of the place: a value, a reason to leave it, or undefined when nothing is missed. */
export function answerOf(rule: Rule, { container }: Place, unset: Unset): FillValue | Leave | undefined {
  if (rule.scope === 'pod') return rule.fill(unset);
  return container && rule.fill({ ...unset, container });
}

export function isLeave(answer: FillValue | Leave): answer is Leave {
  return typeof answer === 'object' && 'reason' in answer;
}
