import { isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments } from 'yaml';
import { dialect } from '../../src/manifests/dialect.ts';

/** What is written and filled by: the values, and where they begin and end. */
export type Shape = null | readonly unknown[];

export function shapeOf(node: unknown): Shape {
  if (isScalar(node)) return [node.value, node.type, node.source, ...rangeOf(node)];
  if (isAlias(node)) return ['alias', node.source];
  if (!isMap(node) && !isSeq(node)) return null;
  const [start, end] = rangeOf(node);
  const items = isMap(node)
    ? node.items.map(({ key, value }) => [shapeOf(key), shapeOf(value)])
    : node.items.map(shapeOf);
  // Where a collection in block style ends, only its members know.
  const says = node.flow || items.length === 0 ? end : undefined;
  return [isMap(node) ? 'map' : 'list', node.flow ?? false, start, says, items];
}

function rangeOf({ range }: Node): readonly (number | undefined)[] {
  return [range?.[0], range?.[1]];
}

/** The same of every document of a text by the parser that reads everything; undefined where it finds an error. */
export function thoroughShapes(text: string): readonly Shape[] | undefined {
  const documents = parseAllDocuments(text, dialect);
  if (documents.some(({ errors }) => errors.length > 0)) return undefined;
  return documents.map(({ contents }) => shapeOf(contents));
}
