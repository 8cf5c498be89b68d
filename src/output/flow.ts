import { clip, oneLine } from '../policy/text.ts';

const longest = 200;

/** A value in YAML's flow style on one line: `{add: [CHOWN], drop: [ALL]}`. */
export function flow(value: unknown): string {
  return clip(oneLine(flowOf(value)), longest);
}

function flowOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(flowOf).join(', ')}]`;
  const members = Object.entries(value).filter(([, member]) => member != null);
  return `{${members.map(([key, member]) => `${key}: ${flowOf(member)}`).join(', ')}}`;
}
