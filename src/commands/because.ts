/** A problem as the end of a sentence; nothing where there is none. */
export function because(problem: string | undefined): string {
  return problem === undefined ? '' : `: ${problem}`;
}
