import { type Alias, isMap, isNode, isSeq, type Node, parseAllDocuments, visit } from 'yaml';
import { type Addition, additionsOf } from './additions.ts';
import { dialect } from './dialect.ts';
import type { TemplateFill } from './fill.ts';
import { indexFor, type Layout, layoutOf } from './layout.ts';
import { collectionAt, pairOf } from './locate.ts';
import { withoutMark } from './mark.ts';
import { type ManifestDocument, textOf, type YamlDocument } from './parse.ts';
import { lineEndingAt } from './position.ts';
import { hidden } from './unlike.ts';

/**
 * The document written anew with the values in it: comments, order and quoting stay, indentation and line breaks may
 * not. Aliases of what is filled become copies, so that nothing changes elsewhere.
 */
export function rewrite(document: ManifestDocument, fills: readonly TemplateFill[], intended: object): string {
  const { source, start } = document;
  const text = textOf(document);
  const mark = text === withoutMark(text) ? '' : '\uFEFF';
  const written = document.format === 'json' ? toJson(document, text, intended) : toYaml(document, text, fills);
  const ended = text.endsWith('\n') ? written : written.replace(/\n$/, '');
  return mark + ended.replaceAll('\n', lineEndingAt(source, start));
}

/** Throws when one of the numbers below a node would be written differently, if only by a digit. */
function refuseUnfaithfulNumbers(node: Node | null, { errorAt, start }: ManifestDocument): void {
  visit(node, {
    Scalar(_, { value, source, range }) {
      if (typeof value !== 'number' || source === undefined || String(value) === source) return;
      const problem = `the number ${source} would become ${value} if this document were written anew; it is left as it is`;
      throw errorAt(range?.[0] ?? start, problem);
    },
  });
}

function toJson(document: ManifestDocument, text: string, intended: object): string {
  refuseUnfaithfulNumbers(document.nodes.contents, document);
  const indent = /\n([ \t]+)"/.exec(text)?.[1];
  return JSON.stringify(intended, null, indent) + (/\n\s*$/.test(text) ? '\n' : '');
}

function toYaml(document: ManifestDocument, text: string, fills: readonly TemplateFill[]): string {
  const [nodes] = parseAllDocuments(text, dialect);
  if (!nodes) return text;
  const assignments = fills.flatMap((fill) => fill.assignments);
  const additions = additionsOf(document.value as object, assignments);
  copyAliases(document, nodes, additions);
  const layout = layoutOf(document, fills[0]?.template ?? []);
  for (const addition of additions) add(nodes, addition, layout);
  const written = nodes.toString({ lineWidth: 0, indent: layout.step, indentSeq: layout.listStep > 0 });
  // What nobody sees can only have been an escape, in double quotes, and has to be one again.
  return written.replace(new RegExp(hidden, 'gu'), (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Puts a copy in the place of every alias of a node that an addition goes into. */
function copyAliases(document: ManifestDocument, nodes: YamlDocument, additions: readonly Addition[]): void {
  const filled = new Set<unknown>(additions.map(({ parent }) => collectionAt(nodes, parent)?.node));
  const copy = (alias: Alias) => {
    const target = alias.resolve(nodes);
    if (!target || !holdsOneOf(target, filled)) return undefined;
    refuseUnfaithfulNumbers(target, document);
    return nodes.createNode(target.toJS(nodes, { maxAliasCount: -1 }));
  };
  visit(nodes, { Alias: (_, alias) => copy(alias) });
}

function holdsOneOf(node: unknown, wanted: ReadonlySet<unknown>): boolean {
  if (wanted.has(node)) return true;
  if (isMap(node)) return node.items.some(({ value }) => holdsOneOf(value, wanted));
  return isSeq(node) && node.items.some((item) => holdsOneOf(item, wanted));
}

function add(nodes: YamlDocument, { parent, key, value }: Addition, layout: Layout): void {
  const node = collectionAt(nodes, parent)?.node;
  if (isSeq(node)) node.add(nodes.createNode(value));
  else if (node && pairOf(node, key)) node.set(key, inPlaceOf(pairOf(node, key)?.value, nodes.createNode(value)));
  else node?.items.splice(indexFor(node, key, layout), 0, nodes.createPair(key, value));
}

/** The node with what is said beside the other. */
function inPlaceOf(other: unknown, node: Node): Node {
  if (!isNode(other)) return node;
  return Object.assign(node, { comment: other.comment, commentBefore: other.commentBefore });
}
