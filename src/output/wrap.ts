/**
 * The words of a text in lines of so many columns at most, the first one and the further ones indented as given. A word
 * that is longer stands alone.
 */
export function wrap(text: string, first: string, further: string, width = 80): string {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = further;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line].join('\n');
}
