import { CST, Lexer } from 'yaml';

/** How deep the nodes of a manifest may be nested: some times what any has, and half of what the parser can take. */
export const maxDepth = 400;

/** Whether a text is nested deeper than the parser can take, which overflows its stack and may end the process. */
export function isTooDeep(text: string): boolean {
  return isSuspicious(text) && isNestedDeeply(text);
}

/** Told by brackets and indentation, be they in strings or not, since there hardly ever are so many. */
function isSuspicious(text: string): boolean {
  if (deepIndentation.test(text)) return true;
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(depth - 1, 0);
    if (depth > maxDepth) return true;
  }
  return false;
}

const maxColumn = 4 * maxDepth;
const deepIndentation = new RegExp(`^[ ?-]{${maxColumn}}`, 'm');
const openings = new Set<string | null>(['flow-map-start', 'flow-seq-start']);
const closings = new Set<string | null>(['flow-map-end', 'flow-seq-end']);
const indentations = new Set<string | null>(['space', 'seq-item-ind', 'explicit-key-ind']);

/** The same of the text's tokens, of which no string is more than one. */
function isNestedDeeply(text: string): boolean {
  let depth = 0;
  let column: number | undefined = 0;
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    if (openings.has(type)) depth++;
    else if (closings.has(type)) depth = Math.max(depth - 1, 0);
    if (token.endsWith('\n')) column = 0;
    else if (!indentations.has(type)) column = type === 'doc-mode' ? column : undefined;
    else if (column !== undefined) column += token.length;
    if (depth > maxDepth || (column ?? 0) >= maxColumn) return true;
  }
  return false;
}
