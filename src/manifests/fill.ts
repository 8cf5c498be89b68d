import { isDeepStrictEqual } from 'node:util';
import { type Assignment, applyChanges } from '../policy/apply.ts';
import type { Path } from '../policy/path.ts';
import { insertText } from './insert.ts';
import { type ManifestDocument, parseManifests, textOf } from './parse.ts';
import { rewrite } from './rewrite.ts';

/** What is filled in one template of a document: every path counts from the document's root. */
export interface TemplateFill {
  readonly template: Path;
  readonly assignments: readonly Assignment[];
}

export interface FilledDocument {
  readonly text: string;
  /** Whether the document had to be written anew, so that more than the filled fields looks different. */
  readonly rewritten: boolean;
}

/**
 * The document's text with the values filled in. What its author wrote stays as it is, byte for byte, unless the
 * way it is written leaves no place for the values. The text says exactly what was intended: it has been read again.
 * Throws a ManifestError when there is no such text.
 */
export function fillDocument(document: ManifestDocument, fills: readonly TemplateFill[]): FilledDocument {
  const assignments = fills.flatMap((fill) => fill.assignments);
  if (assignments.length === 0) return { text: textOf(document), rewritten: false };
  const intended = applyChanges(document.value as object, assignments);
  const inserted = insertText(document, fills);
  if (inserted !== undefined && says(inserted, intended)) return { text: inserted, rewritten: false };
  const rewritten = rewrite(document, fills, intended);
  if (says(rewritten, intended)) return { text: rewritten, rewritten: true };
  throw document.errorAt(document.nodes.range[0], 'there is no place in this document to fill anything in');
}

function says(text: string, intended: object): boolean {
  const [document, ...others] = parseManifests(text, '');
  return document !== undefined && others.length === 0 && isDeepStrictEqual(document.value, intended);
}
