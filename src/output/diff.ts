import { formatPatch, structuredPatch } from 'diff';
import type { Paint, Style } from './paint.ts';

const headers = { includeIndex: false, includeUnderline: false, includeFileHeaders: true };

/** The difference between two texts of a file as a unified diff, painted; empty when there is none. */
export function unifiedDiff(file: string, before: string, after: string, paint: Paint): string {
  if (before === after) return '';
  const patch = structuredPatch(file, file, before, after, undefined, undefined, { context: 3 });
  return formatPatch(patch, headers)
    .split('\n')
    .map((line, index) => paintLine(line, index, paint))
    .join('\n');
}

function paintLine(line: string, index: number, paint: Paint): string {
  const style = index < 2 ? 'bold' : styles[line[0] ?? ''];
  return style ? paint(style, line) : line;
}

const styles: Readonly<Record<string, Style>> = { '+': 'green', '-': 'red', '@': 'cyan', '\\': 'dim' };
