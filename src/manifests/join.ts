import { withoutMark } from './mark.ts';

/** The texts of several files as one stream of documents; the text of a single one as it is. */
export function joinTexts(texts: readonly string[]): string {
  const [first = '', ...others] = texts;
  let stream = first;
  for (const text of others) {
    if (stream !== '' && !stream.endsWith('\n')) stream += '\n';
    const next = withoutMark(text);
    stream += separator(stream, next) + next;
  }
  return stream;
}

function separator(before: string, next: string): string {
  if (before === '' || /^---\s/.test(next)) return '';
  // Directives begin a document only where the one before it has ended.
  return next.startsWith('%') ? '...\n' : '---\n';
}
