import { wrap } from './wrap.ts';

/** What is left for a description beside its term must be at least so wide. */
const narrowest = 24;

/**
 * A text of paragraphs, lists and rows of a term and its description, in lines of so many columns at most: what was
 * broken is joined and broken anew. From a line on that begins with `$ ` a paragraph is code, and stays.
 */
export function fold(text: string, width: number): string {
  return text
    .split(/\n(?=\n)/)
    .map((paragraph) => foldParagraph(paragraph, width))
    .join('\n');
}

interface Item {
  readonly indent: string;
  /** What stands before the text: a number, or the term that is described; often nothing. */
  readonly term: string;
  /** The column at which the text begins. */
  readonly column: number;
  readonly text: string;
}

function foldParagraph(paragraph: string, width: number): string {
  const lines = paragraph.split('\n');
  const firstOfCode = lines.findIndex((line) => /^ *\$ /.test(line));
  const prose = firstOfCode === -1 ? lines : lines.slice(0, firstOfCode);
  const items: Item[] = [];
  for (const line of prose) {
    const last = items.at(-1);
    const isMore = last !== undefined && last.text !== '' && line.search(/\S/) === last.column;
    if (isMore) items[items.length - 1] = { ...last, text: `${last.text} ${line.trim()}` };
    else items.push(itemOf(line));
  }
  return [...items.map((item) => foldItem(item, width)), ...lines.slice(prose.length)].join('\n');
}

function itemOf(line: string): Item {
  const [, indent = '', term = '', text = ''] = /^( *)(\d+\. |\S.*? {2,}|)(.*)$/.exec(line) ?? [];
  return { indent, term, column: indent.length + term.length, text };
}

function foldItem({ indent, term, column, text }: Item, width: number): string {
  const hanging = ' '.repeat(column);
  if (term === '' || width - column >= narrowest) return wrap(text, indent + term, hanging, width);
  const below = `${indent}    `;
  return `${indent}${term.trimEnd()}\n${wrap(text, below, below, width)}`;
}
