import { type Difference, differencesBetween } from './differences.ts';
import type { Paint, Style } from './paint.ts';

/** How many lines that are the same stand above and below the ones that differ. */
const context = 3;

/** The difference between two texts of a file as a unified diff, painted; empty when there is none. */
export function unifiedDiff(file: string, before: string, after: string, paint: Paint): string {
  if (before === after) return '';
  const texts = { before: linesOf(before), after: linesOf(after) };
  const name = headerName(file);
  const hunks = hunksOf(differencesBetween(texts.before, texts.after)).flatMap((hunk) => hunkLines(hunk, texts));
  return [`--- ${name}`, `+++ ${name}`, ...hunks].map((line, index) => `${paintLine(line, index, paint)}\n`).join('');
}

interface Texts {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** The lines with their ends, which the last one may lack. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Differences that are so close that they share their context. */
type Hunk = readonly [Difference, ...Difference[]];

function hunksOf(differences: readonly Difference[]): readonly Hunk[] {
  const hunks: [Difference, ...Difference[]][] = [];
  for (const one of differences) {
    const hunk = hunks.at(-1);
    if (hunk && one.start - (hunk.at(-1)?.end ?? 0) <= 2 * context) hunk.push(one);
    else hunks.push([one]);
  }
  return hunks;
}

function hunkLines(hunk: Hunk, { before, after }: Texts): readonly string[] {
  const [first] = hunk;
  const last = hunk.at(-1) ?? first;
  const start = Math.max(0, first.start - context);
  const end = Math.min(before.length, last.end + context);
  const lines: string[] = [];
  const add = (sign: string, text: readonly string[]) => {
    for (const line of text) lines.push(...signed(sign, line));
  };
  let done = start;
  for (const one of hunk) {
    add(' ', before.slice(done, one.start));
    add('-', before.slice(one.start, one.end));
    add('+', after.slice(one.from, one.to));
    done = one.end;
  }
  add(' ', before.slice(done, end));
  const from = first.from - (first.start - start);
  const to = last.to + (end - last.end);
  return [`@@ -${rangeOf(start, end)} +${rangeOf(from, to)} @@`, ...lines];
}

/** The first line and the number of lines; for none, the line before them. */
function rangeOf(start: number, end: number): string {
  return `${end > start ? start + 1 : start},${end - start}`;
}

function signed(sign: string, line: string): readonly string[] {
  if (line.endsWith('\n')) return [sign + line.slice(0, -1)];
  return [sign + line, '\\ No newline at end of file'];
}

/** The name as `patch` and `git apply` read it: odd ones in quotes, and a tab behind one with a space in it. */
function headerName(file: string): string {
  if (/["\\\p{Cc}]/u.test(file)) return `"${Array.from(file, escapeCharacter).join('')}"`;
  return file.includes(' ') ? `${file}\t` : file;
}

function escapeCharacter(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  if (!/\p{Cc}/u.test(character)) return character;
  return Array.from(Buffer.from(character), (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

function paintLine(line: string, index: number, paint: Paint): string {
  const style = index < 2 ? 'bold' : styles[line[0] ?? ''];
  return style ? paint(style, line) : line;
}

const styles: Readonly<Record<string, Style>> = { '+': 'green', '-': 'red', '@': 'cyan', '\\': 'dim' };
