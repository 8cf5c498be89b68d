/** The minutes that are asked for, ten unless told otherwise, or the sentence that says why there are none. */
export function minutesIn(args: readonly string[]): number | { readonly problem: string } {
  if (args.length > 1) return { problem: `${args.length} arguments are too many: only the number of minutes is taken` };
  const [written = '10'] = args;
  const minutes = /^\d+(\.\d+)?$/.test(written) ? Number(written) : 0;
  if (minutes > 0 && minutes <= longest) return minutes;
  return { problem: `${JSON.stringify(written)} is not a number of minutes, such as 10 or 0.5` };
}

/** A week; beyond that the samples of each second would fill the memory. */
const longest = 7 * 24 * 60;
