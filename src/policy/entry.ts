/** A field as lists name it: `seccompProfile` on the pod, `ray-head/capabilities` on a container. */
export function entryOf({ control, container }: { readonly control: string; readonly container?: string }): string {
  return container === undefined ? control : `${container}/${control}`;
}

/** The entries without repetition, in the order of their code units. */
export function sortedEntries(entries: Iterable<string>): readonly string[] {
  return [...new Set(entries)].sort();
}

/** The entries as one comma list of at most `limit` bytes; `…+N` stands for the N that found no room. */
export function toList(entries: readonly string[], limit: number): string {
  const whole = entries.join(',');
  if (Buffer.byteLength(whole) <= limit) return whole;
  for (let kept = entries.length - 1; kept > 0; kept--) {
    const list = `${entries.slice(0, kept).join(',')},…+${entries.length - kept}`;
    if (Buffer.byteLength(list) <= limit) return list;
  }
  return `…+${entries.length}`;
}
