/** How deep the nodes of a manifest may be nested: some times what any has, and half of what the parser can take. */
export const maxDepth = 400;

/**
 * Whether a text is nested deeper than the parser can take, which overflows its stack and may end the process. That
 * is told by brackets and indentation alone, of which no text that is meant to be read has so many.
 */
export function isTooDeep(text: string): boolean {
  return bracketDepth(text) > maxDepth || deepIndentation.test(text);
}

const deepIndentation = new RegExp(`^[ ?-]{${4 * maxDepth}}`, 'm');

function bracketDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(depth - 1, 0);
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
