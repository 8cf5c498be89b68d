import { withoutMark } from './mark.ts';

/** One value of JSON in a text, and where its part of the text begins and ends. */
export interface JsonPart {
  readonly start: number;
  readonly end: number;
  readonly value: unknown;
}

/**
 * The values of a text that is JSON, one or several behind one another, whose parts put together are the text; undefined
 * for any other text.
 */
export function jsonParts(source: string): readonly JsonPart[] | undefined {
  if (!/^\s*[{[]/.test(withoutMark(source))) return undefined;
  const single = parseJson(source);
  if (single !== undefined) return [{ start: 0, end: source.length, value: single }];
  const ends = endsOfValues(source);
  if (ends.length < 2) return undefined;
  const parts = ends.map((end, index) => {
    const start = index === 0 ? 0 : (ends[index - 1] ?? 0);
    return { start, end, value: parseJson(source.slice(start, end)) };
  });
  return parts.every(({ value }) => value !== undefined) ? parts : undefined;
}

/** Where each value of a stream ends, together with the rest of its line; the last one with the text. */
function endsOfValues(source: string): readonly number[] {
  const ends: number[] = [];
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]]/g;
  let depth = 0;
  for (let match = token.exec(source); match; match = token.exec(source)) {
    const [text] = match;
    if (text === '{' || text === '[') depth++;
    else if (text === '}' || text === ']') depth--;
    if (depth === 0 && !text.startsWith('"')) ends.push(restOfLine(source, token.lastIndex));
  }
  return [...ends.slice(0, -1), source.length];
}

function restOfLine(source: string, offset: number): number {
  const rest = /[ \t]*(?:\r?\n)?/y;
  rest.lastIndex = offset;
  rest.test(source);
  return rest.lastIndex;
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(withoutMark(source));
  } catch {
    return undefined;
  }
}
