import type { FillValue, GivenValues } from './control.ts';
import { entryOf } from './entry.ts';
import type { Evidence } from './evidence.ts';
import { fromImage } from './fromImage.ts';
import type { ActiveControl } from './harden.ts';
import { type Ask, askAt, isFor, isLeave, isSet, type Place, placesOf, type Rule, valueAt } from './place.ts';
import type { Pod } from './pod.ts';
import { allTargets } from './targets.ts';
import { isWindows } from './windows.ts';

/**
 * Those of the claimed entries that the pod bears out: the field stands there with the very value that would be
 * filled. Whoever wrote the claim, it is believed no further than that.
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
  const held: string[] = [];
  for (const place of allTargets(pod).flatMap((target) => placesOf(pod, target))) {
    const entry = (control: string) =>
      entryOf({ control, ...(place.container && { container: place.container.name }) });
    const alsoFills = (control: string) => claims.has(entry(control));
    const unset = { pod, windows, values, alsoFills };
    const { image } = place.container ?? {};
    // An image says which user was filled. It may be known by now for what would have been left: that was filled all the same.
    const askUser = askAt(place, unset, image ? fromImage(evidence?.(image), values) : undefined);
    const ask = askAt(place, unset);
    for (const { control, mode } of active) {
      if (mode !== 'fill' || !claims.has(entry(control.id))) continue;
      const asked = control.beside === undefined ? ask : askUser;
      if (control.rules?.some((rule) => bearsOut(place, rule, asked))) held.push(entry(control.id));
    }
  }
  return held;
}

function bearsOut(place: Place, rule: Rule, ask: Ask): boolean {
  const own = valueAt(place.context, rule.field);
  if (!isFor(place, rule) || !isSet(rule, own)) return false;
  const value = ask.fill(rule);
  return value !== undefined && !isLeave(value) && includes(own, value);
}

function includes(own: unknown, value: FillValue): boolean {
  if (Array.isArray(own) && Array.isArray(value)) return value.every((item) => own.includes(item));
  return JSON.stringify(own) === JSON.stringify(value);
}
