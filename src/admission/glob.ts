/** A pattern in which each `*` stands for any characters, or none: what stands before, between and behind them. */
export type Glob = readonly string[];

/** The pattern, ready to be held against texts. */
export function parseGlob(pattern: string): Glob {
  return pattern.split('*');
}

/** Whether the whole text fits the pattern. Takes linear time. */
export function fitsGlob(text: string, glob: Glob): boolean {
  const first = glob[0] ?? '';
  if (glob.length === 1) return text === first;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (let index = 1; index < glob.length - 1; index++) {
    const part = glob[index] ?? '';
    const at = text.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  const last = glob.at(-1) ?? '';
  return text.length - last.length >= from && text.endsWith(last);
}
