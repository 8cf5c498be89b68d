import { shadowDifferences } from '../admission/shadow.ts';
import type { Control, Scope } from '../policy/control.ts';
import { controls } from '../policy/controls/index.ts';
import { type Level, levels } from '../policy/level.ts';
import type { Metrics } from './metrics.ts';

type Series = Pick<Metrics, 'filled' | 'wouldFill' | 'decisions' | 'shadowDecisions' | 'optedIn'>;

/** Makes every series of a profile exist, from 0 where it does not yet. */
export function startProfile(metrics: Series, profile: string): void {
  for (const labels of fillLabels(profile)) {
    metrics.filled.inc(labels, 0);
    metrics.wouldFill.inc(labels, 0);
  }
  for (const labels of decisionLabels(profile)) metrics.decisions.inc(labels, 0);
  metrics.optedIn.inc({ profile }, 0);
}

/** Makes exactly the series of these profiles exist, however often they change. */
export function createProfileSeries(metrics: Series): (profiles: readonly { readonly name: string }[]) => void {
  let known: readonly string[] = [];
  return (profiles) => {
    const names = profiles.map(({ name }) => name);
    for (const name of names) startProfile(metrics, name);
    for (const name of known) if (!names.includes(name)) endProfile(metrics, name, [...names, ...known]);
    known = names;
  };
}

function endProfile(metrics: Series, profile: string, others: readonly string[]): void {
  for (const labels of fillLabels(profile)) {
    metrics.filled.remove(labels);
    metrics.wouldFill.remove(labels);
  }
  for (const labels of decisionLabels(profile)) metrics.decisions.remove(labels);
  for (const labels of others.flatMap((other) => [...shadowLabels(profile, other), ...shadowLabels(other, profile)])) {
    metrics.shadowDecisions.remove(labels);
  }
  metrics.optedIn.remove({ profile });
}

function fillLabels(profile: string) {
  return controls.flatMap((control) => scopesOf(control).map((scope) => ({ field: control.id, scope, profile })));
}

function decisionLabels(profile: string): readonly Record<'profile' | 'level_before' | 'level_after', string>[] {
  const pairs = levels.flatMap((before) => levels.map((after): readonly [Level, Level] => [before, after]));
  return pairs.map(([level_before, level_after]) => ({ profile, level_before, level_after }));
}

function shadowLabels(profile: string, shadow_profile: string) {
  return shadowDifferences.map((difference) => ({ profile, shadow_profile, difference }));
}

/** The places in which a control can be filled. */
function scopesOf({ rules = [] }: Control): readonly Scope[] {
  return rules.flatMap((rule): readonly Scope[] => {
    if (rule.scope === 'pod') return ['pod'];
    return rule.only ? [rule.only] : ['container', 'init_container', 'ephemeral_container'];
  });
}
