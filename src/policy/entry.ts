/** A field as lists name it: `seccompProfile` on the pod, `ray-head/capabilities` on a container. */
export function entryOf({ control, container }: { readonly control: string; readonly container?: string }): string {
  return container === undefined ? control : `${container}/${control}`;
}

/** The entries without repetition, in the order of their code units. */
export function sortedEntries(entries: Iterable<string>): readonly string[] {
  return [...entries].sort().filter((entry, index, sorted) => entry !== sorted[index - 1]);
}

/**
 * The entries as one comma list of at most `limit` bytes; `…+N` stands for the N that found no room, and for as many
 * `unnamed` ones that were left out before.
 */
export function toList(entries: readonly string[], limit: number, unnamed = 0): string {
  const whole = [...entries, ...(unnamed > 0 ? [`…+${unnamed}`] : [])].join(',');
  // No character takes more than three bytes for each of its UTF-16 units.
  if (whole.length * 3 <= limit || Buffer.byteLength(whole) <= limit) return whole;
  let list = '';
  let size = 0;
  let shortened = '';
  for (const [index, entry] of entries.entries()) {
    const next = index === 0 ? entry : `,${entry}`;
    const rest = `${index === 0 ? '' : ','}…+${entries.length - index + unnamed}`;
    if (size + Buffer.byteLength(rest) <= limit) shortened = list + rest;
    size += Buffer.byteLength(next);
    if (size > limit) return shortened;
    list += next;
  }
  return shortened;
}
