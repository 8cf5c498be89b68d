import { isScalar, type YAMLSeq } from 'yaml';
import { compareKeys, type Layout } from './layout.ts';
import { readPlain } from './scalars.ts';

/** A key of a mapping and its value. */
export type Entry = readonly [string, unknown];

/** The lines of a key and its value in block style, the key at a column. */
export function blockLines(key: string, value: unknown, column: number, layout: Layout): string[] {
  const indent = ' '.repeat(column);
  if (Array.isArray(value)) {
    return [
      `${indent}${scalarText(key)}:`,
      ...value.flatMap((one) => itemLines(one, column + layout.listStep, layout)),
    ];
  }
  if (!isObject(value)) return [`${indent}${scalarText(key)}: ${scalarText(value)}`];
  return [
    `${indent}${scalarText(key)}:`,
    ...entriesOf(value, layout).flatMap(([name, one]) => blockLines(name, one, column + layout.step, layout)),
  ];
}

/** The lines of an item of a list in block style, its dash at a column. */
export function itemLines(value: unknown, column: number, layout: Layout): string[] {
  const indent = ' '.repeat(column);
  if (!isObject(value)) return [`${indent}- ${scalarText(value)}`];
  const lines = entriesOf(value, layout).flatMap(([name, one]) => blockLines(name, one, column + 2, layout));
  return lines.map((line, index) => (index === 0 ? `${indent}- ${line.trimStart()}` : line));
}

/** A value in flow style, on one line. */
export function flowText(value: unknown, layout: Layout): string {
  const joined = (parts: readonly string[]) => parts.join(`,${layout.space}`);
  if (Array.isArray(value)) return `[${joined(value.map((one) => flowText(one, layout)))}]`;
  if (!isObject(value)) return flowScalar(value, layout);
  return `{${joined(entriesOf(value, layout).map((entry) => flowEntry(entry, layout)))}}`;
}

/** A key and its value in flow style, on one line. */
export function flowEntry([key, value]: Entry, layout: Layout): string {
  return `${flowScalar(key, layout)}:${layout.space}${flowText(value, layout)}`;
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function flowScalar(value: unknown, { format }: Layout): string {
  return format === 'json' ? JSON.stringify(value) : scalarText(value);
}

/** The members of an object, in the order in which this author would write them. */
export function entriesOf(value: object, { sorted }: Layout): Entry[] {
  const entries = Object.entries(value);
  return sorted ? entries.sort(([a], [b]) => compareKeys(a, b)) : entries;
}

/** A scalar as YAML: plain where it is read back as itself, else in double quotes. */
export function scalarText(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  return isPlain(value) ? value : JSON.stringify(value);
}

/** A scalar as an item of a list, in quotes like the list's last item. */
export function itemText({ items }: YAMLSeq, value: unknown): string {
  const last = items.at(-1);
  const quotes = isScalar(last) && typeof value === 'string' ? last.type : undefined;
  if (quotes === 'QUOTE_DOUBLE') return JSON.stringify(value);
  return quotes === 'QUOTE_SINGLE' && isPlain(String(value)) ? `'${value}'` : scalarText(value);
}

/** Whether a text without quotes is read as itself. */
function isPlain(text: string): boolean {
  return /^[\w/][\w./-]*$/.test(text) && readPlain(text) === text;
}
