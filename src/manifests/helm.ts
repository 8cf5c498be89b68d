import { CST, Lexer } from 'yaml';

/** What is to be done with a text that Helm has yet to fill in. */
export const helmAdvice =
  'this looks like a Helm template: render it first (helm template … | pod-hardener check -f -)';

/** Where the first `{{` stands that is part of no text, which is hardly YAML; undefined when there is none. */
export function helmBracesIn(source: string): number | undefined {
  if (!source.includes('{{')) return undefined;
  let offset = 0;
  let last: number | undefined;
  for (const token of new Lexer().lex(source)) {
    const type = CST.tokenType(token);
    if (signals.has(type)) continue;
    if (type === 'flow-map-start' && last === offset - 1) return last;
    last = type === 'flow-map-start' ? offset : undefined;
    offset += token.length;
  }
  return undefined;
}

/** What the lexer adds to a text. */
const signals = new Set<string | null>(['doc-mode', 'flow-error-end', 'scalar']);
