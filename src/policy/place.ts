import type { ContainerRule, FillValue, Leave, PodRule, Scope, Target, Unset } from './control.ts';
import type { FromImage } from './fromImage.ts';
import type { Path } from './path.ts';
import type { Container, Pod } from './pod.ts';

export type Rule = PodRule | ContainerRule;

/** What holds the fields of rules: a securityContext, present or not, or a pod's spec; and where it stands. */
export interface Place {
  readonly scope: Scope;
  readonly of?: 'spec';
  readonly path: Path;
  readonly context: unknown;
  readonly container?: Container;
}

export const podPath: Path = ['spec', 'securityContext'];

/** What the target's fields belong to: a container's securityContext, or the pod's and then its spec. */
export function placesOf(pod: Pod, { scope, container: target }: Target): readonly Place[] {
  if (!target) {
    return [
      { scope, path: podPath, context: pod.spec.securityContext },
      { scope, of: 'spec', path: ['spec'], context: pod.spec },
    ];
  }
  const { list, index, container } = target;
  const path = ['spec', list, index, 'securityContext'];
  return [{ scope, path, context: container.securityContext, container }];
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

/** Whether the rule is about the fields of such a place. */
export function isFor(place: Place, rule: Rule): boolean {
  if (rule.scope === 'container') return place.container !== undefined;
  return place.container === undefined && place.of === rule.of;
}

/** Asks rules of a place's kind. */
export interface Ask {
  /** A value to fill, a reason to leave it, or undefined when nothing is missed. */
  readonly fill: (rule: Rule) => FillValue | Leave | undefined;
  /** The paths of the container that the rule keeps writable. */
  readonly keepsWritable: (rule: Rule) => readonly string[];
}

/** Asks rules about one place, with what all of them are told, and those of a container with what its image means. */
export function askAt({ scope, container }: Place, unset: Unset, fromImage?: FromImage): Ask {
  const { pod, windows, values, alsoFills } = unset;
  // Named one by one: a spread would cost more than the rules that are asked.
  const inContainer = container && { pod, windows, values, alsoFills, scope, container, fromImage };
  return {
    fill: (rule) => (rule.scope === 'pod' ? rule.fill(unset) : inContainer && rule.fill(inContainer)),
    keepsWritable: (rule) =>
      rule.scope === 'container' && inContainer ? (rule.keepsWritable?.(inContainer) ?? []) : [],
  };
}

export function isLeave(answer: FillValue | Leave): answer is Leave {
  return typeof answer === 'object' && 'reason' in answer;
}
