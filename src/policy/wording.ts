import type { Container } from './pod.ts';

/** The items in quotation marks, with commas between them: `"a", "b"`. */
export function joinQuote(items: readonly string[]): string {
  return items.map((item) => `"${item}"`).join(', ');
}

/** The items in backticks, as the descriptions of controls mark code: `` `a`, `b` ``. */
export function joinCode(items: Iterable<string>): string {
  return Array.from(items, (item) => `\`${item}\``).join(', ');
}

export function pluralize(singular: string, plural: string, count: number): string {
  return count === 1 ? singular : plural;
}

/** `container "a"` or `containers "a", "b"`. */
export function nameContainers(containers: readonly Container[]): string {
  return `${pluralize('container', 'containers', containers.length)} ${joinQuote(containers.map(({ name }) => name))}`;
}

/** Who set something: `pod`, `container "a"`, or `pod and containers "a", "b"`. */
export function nameSetters(byPod: boolean, containers: readonly Container[]): string {
  return [...(byPod ? ['pod'] : []), ...(containers.length > 0 ? [nameContainers(containers)] : [])].join(' and ');
}

/** The different items in the order of their bytes. */
export function sortedSet(items: Iterable<string>): readonly string[] {
  return [...new Set(items)].sort(compareBytes);
}

/** Orders texts by their UTF-8 bytes, as Go does; JavaScript's own order differs beyond the basic plane. */
function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

const namedEscapes = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
]);

/** The text as Go's `%q` writes it: in quotation marks, with everything escaped that is not printable. */
export function goQuote(text: string): string {
  return `"${Array.from(text, escapeCharacter).join('')}"`;
}

function escapeCharacter(character: string): string {
  const named = namedEscapes.get(character);
  if (named !== undefined) return named;
  if (/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
