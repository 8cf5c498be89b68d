import type { Change } from '../policy/harden.ts';
import type { Path } from '../policy/path.ts';

/**
 * Lines that say what to add to a manifest in order to have the changes: YAML in its short form, for the pod and for each
 * container, none longer than the limit unless a single value is. What belongs into a list or needs volumes is left out.
 */
export function additionsFor(changes: readonly Change[], limit: number): readonly string[] {
  const simple = changes.filter(({ path, writable }) => typeof path.at(-1) === 'string' && writable === undefined);
  const places = [...new Set(simple.map(({ container }) => container))];
  return places.flatMap((place) => {
    const lead = place === undefined ? "add to the pod's spec: " : 'add ';
    const members = simple.filter(({ container }) => container === place).map(memberOf);
    const inContext = members.filter(([parent]) => parent === 'securityContext').map(([, text]) => text);
    const beside = members.filter(([parent]) => parent === undefined).map(([, text]) => lead + text);
    return [...packed(inContext, `${lead}securityContext: {`, '}', limit), ...beside];
  });
}

/** Whether a change belongs into the securityContext, and what is written there. */
function memberOf({ path, value, container }: Change): readonly [string | undefined, string] {
  const below = path.slice(container === undefined ? 1 : 3);
  return below[0] === 'securityContext' ? [below[0], member(below.slice(1), value)] : [undefined, member(below, value)];
}

function member([key, ...rest]: Path, value: unknown): string {
  return `${key}: ${rest.length === 0 ? toFlow(value) : `{${member(rest, value)}}`}`;
}

/** A value as YAML writes it on one line. */
function toFlow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toFlow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, one]) => `${key}: ${toFlow(one)}`)
      .join(', ')}}`;
  }
  return typeof value === 'string' && /^[A-Z][A-Za-z]*$/.test(value) ? value : JSON.stringify(value);
}

/** The items between both ends, on as few lines as they fit on. */
function packed(items: readonly string[], start: string, end: string, limit: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const item of items) {
    const longer = line === '' ? item : `${line}, ${item}`;
    if (line !== '' && start.length + longer.length + end.length > limit) {
      lines.push(start + line + end);
      line = item;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, start + line + end];
}
