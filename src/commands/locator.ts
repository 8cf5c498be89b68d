import { offsetOf } from '../manifests/locate.ts';
import { type ManifestDocument, parseManifests } from '../manifests/parse.ts';
import type { Position } from '../manifests/position.ts';
import { createPositions } from '../manifests/positions.ts';
import type { Path } from '../policy/path.ts';
import type { TemplatePlace } from './planTemplates.ts';
import type { Source } from './sources.ts';

/** Where the field at a path of a template stands in its file; where it would go when it is not there. */
export type Locate = (template: TemplatePlace, path: Path) => Position;

/**
 * Finds fields of the source. What is read for that is forgotten with the next document: keeping the nodes of all files
 * would need many times their size in memory.
 */
export function createLocator({ text, name }: Source): Locate {
  let held: { readonly start: number; readonly document: ManifestDocument | undefined } | undefined;
  let positions: ((offset: number) => Position) | undefined;
  return ({ start, end, path: template }, path) => {
    if (held?.start !== start) held = { start, document: documentIn(text.slice(start, end), name) };
    positions ??= createPositions(text);
    const offset = held.document ? offsetOf(held.document, [...template, ...path]) : 0;
    return positions(start + offset);
  };
}

function documentIn(text: string, name: string): ManifestDocument | undefined {
  return parseManifests(text, name).find(({ value }) => value != null);
}
