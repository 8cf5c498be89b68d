/** How a value is written as YAML in block style. */
export interface Style {
  readonly step: number;
  /** How much further in than its key a list stands. */
  readonly listStep: number;
  readonly key: (key: string) => string;
  readonly scalar: (value: string) => string;
  /** Whether what is at a path is written in flow style. */
  readonly isFlow: (path: readonly string[]) => boolean;
  /** What stands between a colon and a value on its line. */
  readonly space: string;
  /** Lines above a key, not yet indented. */
  readonly above: (path: readonly string[]) => readonly string[];
  /** What stands at the end of the line of a key. */
  readonly behind: (path: readonly string[]) => string;
  /** Whether the dash of a mapping in a list has a line of its own. */
  readonly loneDash: boolean;
  readonly explicit: boolean;
}

export const plain: Style = {
  step: 2,
  listStep: 0,
  key: (key) => key,
  scalar: quoteWhereNeeded,
  isFlow: () => false,
  space: ' ',
  above: () => [],
  behind: () => '',
  loneDash: false,
  explicit: false,
};

/** The lines of a document. */
export function emit(value: object, style: Style): string[] {
  return mapping(value, style, [], 0);
}

function mapping(value: object, style: Style, path: readonly string[], column: number): string[] {
  const indent = ' '.repeat(column);
  return Object.entries(value).flatMap(([key, member]) => {
    const at = [...path, key];
    const above = style.above(at).map((line) => (line === '' ? '' : indent + line));
    const head = style.explicit ? `${indent}? ${style.key(key)}\n${indent}:` : `${indent}${style.key(key)}:`;
    return [...above, ...memberLines(head, member, style, at, column)];
  });
}

function memberLines(head: string, value: unknown, style: Style, path: readonly string[], column: number): string[] {
  const behind = style.behind(path);
  const isEmpty = isObject(value) && Object.keys(value).length === 0;
  if (!isObject(value) || isEmpty || style.isFlow(path)) {
    const text = flow(value, style);
    return [`${head}${text === '' ? '' : style.space + text}${behind}`];
  }
  if (!Array.isArray(value)) return [head + behind, ...mapping(value, style, path, column + style.step)];
  return [head + behind, ...list(value, style, path, column + style.listStep)];
}

function list(items: readonly unknown[], style: Style, path: readonly string[], column: number): string[] {
  const indent = ' '.repeat(column);
  return items.flatMap((item, index) => {
    const at = [...path, String(index)];
    if (!isObject(item) || style.isFlow(at)) return [`${indent}-${style.space}${flow(item, style)}`];
    const lines = mapping(item, style, at, column + 2);
    if (style.loneDash) return [`${indent}-`, ...lines];
    const first = lines.findIndex((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
    const dashed = `${indent}- ${(lines[first] ?? '').slice(column + 2)}`;
    // What is said above an item's first key is said of the item.
    const above = lines.slice(0, first).map((line) => line.replace(/^ {2}/, ''));
    return [...above, dashed, ...lines.slice(first + 1)];
  });
}

/** A value on one line. */
export function flow(value: unknown, style: Style): string {
  if (Array.isArray(value)) return `[${value.map((item) => flow(item, style)).join(', ')}]`;
  if (isObject(value)) {
    const members = Object.entries(value).map(([key, member]) => `${style.key(key)}: ${flow(member, style) || 'null'}`);
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
  }
  return typeof value === 'string' ? style.scalar(value) : value === null ? '' : String(value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

const safe = /^[a-zA-Z][\w./-]*(:[\w.-]+)*$/;
const words = /^(y|n|yes|no|on|off|true|false|null)$/i;

function quoteWhereNeeded(text: string): string {
  return safe.test(text) && !words.test(text) ? text : JSON.stringify(text);
}
