import type { Position } from '../manifests/position.ts';

/** Something that could not be read, and where, as far as that is known. */
export interface Problem {
  readonly file?: string;
  readonly at?: Position;
  readonly text: string;
}

/** The problem that a sentence tells of, which may begin with file, document, line and column. */
export function problemOf(sentence: string): Problem {
  const [, file, line, column, text] =
    /^(.*?): (?:document \d+, )?line (\d+), column (\d+): (.*)$/s.exec(sentence) ?? [];
  if (file === undefined || text === undefined) return { text: sentence };
  return { file, text, at: { line: Number(line), column: Number(column) } };
}
