import { type Node, visit, type YAMLParseError } from 'yaml';
import type { YamlDocument } from './parse.ts';
import { lineStart } from './position.ts';

/** What keeps a text from being YAML, and where. */
export interface Complaint {
  readonly offset: number;
  readonly problem: string;
}

/** What the author of a text has to mend when the library finds an error in it; what that says where nobody knows. */
export function complaintOf(error: YAMLParseError, document: YamlDocument, source: string): Complaint {
  const [offset] = error.pos;
  // At the beginning of a line, this is in no text of a manifest.
  const conflict = source.slice(document.range[0], document.range[2]).search(/^<{7} /m);
  if (conflict !== -1) return { offset: document.range[0] + conflict, problem: 'this merge conflict is not resolved' };
  const message = error.message.split('\n', 1)[0] ?? error.message;
  const [, sentence] = sentences.find(([pattern]) => pattern.test(message)) ?? [];
  return sentence?.({ offset, source, document }) ?? { offset, problem: message };
}

interface At {
  readonly offset: number;
  readonly source: string;
  readonly document: YamlDocument;
}

type Sentence = (at: At) => Complaint;

function here(problem: string): Sentence {
  return ({ offset, source }) => ({ offset, problem: problem.replace('…', source.charAt(offset)) });
}

const needsQuotes = 'text that begins with … needs quotes';

/** By the beginning of what the library says; `…` is the character at fault. */
const sentences: readonly (readonly [RegExp, Sentence])[] = [
  [/^Tabs are not allowed/, here('YAML is not indented by tabs; use spaces')],
  [/^All mapping items must/, indentation('no key')],
  [/^(All sequence items must|Sequence item without)/, indentation('no item of the list')],
  [
    /^Nested mappings are not/,
    here('this is a value and a key at once: put text with a colon in quotes, or mend the indentation below'),
  ],
  [/^A block sequence may not be/, here('an item of a list stands where a key has to; mend its indentation')],
  [/^Implicit (map )?keys need/, missingColon],
  [/^Missing closing "quote/, unclosed('"')],
  [/^Missing closing 'quote/, unclosed("'")],
  [/^Flow map .*end with/, unclosed('{', '}')],
  [/^Flow sequence .*end with/, unclosed('[', ']')],
  [/^Unexpected flow-map-end token/, here('there is no { for this }')],
  [/^Unexpected flow-seq-end token/, here('there is no [ for this ]')],
  [/^Unexpected , in/, here('there is nothing in front of this comma')],
  [/^Missing , or : between flow seq/, here('a comma is missing in front of this')],
  [/^Missing , or : between flow map/, here('a comma or a colon is missing in front of this')],
  [/^Block collections are not allowed within/, insideBrackets],
  [/^Unexpected \S+ at node end/, afterEnd],
  [/^Unexpected block-seq-ind/, here('a list begins on a line of its own, below its key')],
  [
    /^Invalid escape sequence/,
    here('a backslash in double quotes is written \\\\; in single quotes it stays as it is'),
  ],
  [/^Plain value cannot start/, here(needsQuotes)],
  [/^(Alias|Anchor) cannot be an empty/, here(needsQuotes)],
  [/^(Not a YAML token|Block scalar header)/, here('behind | or > nothing but a comment may stand on the line')],
  [/^Comments must be separated/, here('a comment needs a space in front of it')],
  [/^Block collection cannot start on same line/, here('a mapping or list begins on the line below ---')],
  [/^The : indicator must be at most/, here('this key is longer than 1024 characters')],
  [/^Missing directives-end/, here('there is no line --- below the lines that begin with %')],
];

function indentation(what: string): Sentence {
  return ({ offset, source }) => {
    const [indent = ''] = /^ */.exec(source.slice(lineStart(source, offset))) ?? [];
    return {
      offset: lineStart(source, offset) + indent.length,
      problem: `${what} above is indented as far as this line`,
    };
  };
}

function missingColon({ offset, source }: At): Complaint {
  if (/:\s*$/.test(source.slice(lineStart(source, offset), offset)))
    return { offset, problem: 'a comma is missing behind this' };
  return { offset, problem: 'this is no key: a colon and a space are missing behind it' };
}

/** What is not closed is told where it opens: the end may be far away. */
function unclosed(opening: string, closing?: string): Sentence {
  return ({ offset, source, document }) => {
    let start = offset;
    visit(document, {
      Node: (_, { range }: Node) => {
        if (range?.[1] === offset && source[range[0]] === opening) start = range[0];
      },
    });
    if (closing !== undefined && source.slice(offset).trimStart().startsWith(closing))
      return { offset: start, problem: `the ${closing} for this ${opening} has to be indented further than its line` };
    return { offset: start, problem: `this ${opening} is not closed` };
  };
}

function insideBrackets({ offset, source }: At): Complaint {
  if (source[offset] === '-') return { offset, problem: 'a list with dashes cannot stand in brackets' };
  return { offset, problem: 'a comma is missing behind this, or quotes around it' };
}

function afterEnd({ offset, source }: At): Complaint {
  const line = lineStart(source, offset);
  const [, before, alias] = /^(.*[:-] +)(\*\S*) *$/.exec(source.slice(line, offset)) ?? [];
  if (before !== undefined && alias !== undefined)
    return { offset: line + before.length, problem: needsQuotes.replace('…', '*') };
  if (/[{[]/.test(source.charAt(offset)))
    return { offset, problem: 'the value has ended in front of this, or the JSON from here on is broken' };
  return { offset, problem: 'the value has ended in front of this; put all of it in one pair of quotes' };
}
