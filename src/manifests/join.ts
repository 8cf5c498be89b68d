import { jsonParts } from './json.ts';
import { withoutMark } from './mark.ts';

/**
 * The texts of several files as one stream of documents that kubectl reads as it reads the files; the text of a single
 * one as it is. Values of JSON alone stay a stream of JSON; between documents of YAML they become such.
 */
export function joinTexts(texts: readonly string[]): string {
  const [first = '', ...others] = texts.filter((text) => text !== '');
  if (others.length === 0) return first;
  const read = [first, ...others.map(withoutMark)].map((text) => ({ text, values: jsonParts(text) }));
  if (read.every(({ values }) => values)) return joinLines(read.map(({ text }) => text));
  const documents = read.flatMap(
    ({ text, values }) => values?.map(({ start, end }) => toYaml(text.slice(start, end))) ?? [text],
  );
  return joinLines(documents.map((text, index) => (index === 0 ? text : separatorBefore(text) + text)));
}

function joinLines(texts: readonly string[]): string {
  const last = texts.length - 1;
  return texts.map((text, index) => (index === last || text.endsWith('\n') ? text : `${text}\n`)).join('');
}

const directive = /^(?:[ \t]*(?:#.*)?\r?\n)*%/;

function separatorBefore(text: string): string {
  // Directives begin a document only where the one before it has ended, and kubectl takes them for a part of that one.
  if (directive.test(text)) return '---\nnull\n...\n';
  return /^---\s/.test(text) ? '' : '---\n';
}

const escapes = /\\(?:ud[89ab]..\\ud[c-f]..|[\s\S])/gi;
const ends = /[\u007F-\u009F\u2028\u2029\uFFFE\uFFFF]/g;

/** The same JSON without what kubectl reads in JSON only: two escapes, and characters that end a line in YAML. */
function toYaml(json: string): string {
  return json
    .replace(escapes, (text) => (/^\\(?:ud|\/)/i.test(text) ? JSON.parse(`"${text}"`) : text))
    .replace(ends, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
