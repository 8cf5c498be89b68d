import type { FillValue, GivenValues } from './control.ts';
import { entryOf } from './entry.ts';
import type { Evidence } from './evidence.ts';
import { fromImage } from './fromImage.ts';
import type { ActiveControl } from './harden.ts';
import { type Ask, askAt, isFor, isLeave, isSet, type Place, placesOf, type Rule, valueAt } from './place.ts';
import type { Pod } from './pod.ts';
import { allTargets } from './targets.ts';
import { hasHostProcess, isWindows } from './windows.ts';

/**
 * Those of the claimed entries that the pod bears out: the field stands there with the very value that would be
 * filled, and in a place where it would be. Whoever wrote the claim, it is believed no further than that.
 */
export function heldEntries(
  pod: Pod,
  claimed: readonly string[],
  active: readonly ActiveControl[],
  values: GivenValues,
  evidence?: Evidence,
): readonly string[] {
  if (claimed.length === 0) return [];
  const claims = new Set(claimed);
  const windows = isWindows(pod);
  if (hasHostProcess(pod)) return [];
  const held = new Set<string>();
  for (const place of allTargets(pod).flatMap((target) => placesOf(pod, target))) {
    const entry = (control: string) =>
      entryOf({ control, ...(place.container && { container: place.container.name }) });
    // What is filled only beside another field is believed only where that one is.
    const alsoFills = (control: string) => held.has(entry(control));
    const unset = { pod, windows, values, alsoFills };
    const { image } = place.container ?? {};
    // An image says which user was filled. It may be known by now for what would have been left: that was filled all the same.
    const askUser = askAt(place, unset, image ? fromImage(evidence?.(image), values) : undefined);
    const ask = askAt(place, unset);
    for (const { control, mode, withheld } of active) {
      if (mode !== 'fill' || withheld || !claims.has(entry(control.id))) continue;
      const asked = control.beside === undefined ? ask : askUser;
      const rules = control.rules?.filter((rule) => isFilledIn(place, rule, windows));
      if (rules?.some((rule) => bearsOut(place, rule, asked))) held.add(entry(control.id));
    }
  }
  return [...held];
}

/** Whether the rule is one by which fields of such a place are filled. */
function isFilledIn(place: Place, rule: Rule, windows: boolean): boolean {
  if (windows && rule.os === 'linux') return false;
  if (rule.scope === 'container' && rule.only && rule.only !== place.scope) return false;
  return isFor(place, rule);
}

function bearsOut(place: Place, rule: Rule, ask: Ask): boolean {
  const own = valueAt(place.context, rule.field);
  if (!isSet(rule, own)) return false;
  const value = ask.fill(rule);
  return value !== undefined && !isLeave(value) && includes(own, value);
}

function includes(own: unknown, value: FillValue): boolean {
  if (Array.isArray(own) && Array.isArray(value)) return value.every((item) => own.includes(item));
  return JSON.stringify(own) === JSON.stringify(value);
}
