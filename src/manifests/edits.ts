/** A part of a text and what comes in its place. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** How far the new text is indented: of two insertions at one place, what is further in belongs first. */
  readonly column: number;
}

/** An edit that only inserts. */
export function insertion(at: number, text: string, column = 0): TextEdit {
  return { start: at, end: at, text, column };
}

/** The part of a text from `start` to `end` with the edits made. */
export function applyEdits(source: string, edits: readonly TextEdit[], start: number, end: number): string {
  const ordered = edits.toSorted((a, b) => a.start - b.start || b.column - a.column);
  let result = '';
  let done = start;
  for (const edit of ordered) {
    result += source.slice(done, edit.start) + edit.text;
    done = edit.end;
  }
  return result + source.slice(done, end);
}
