import { isDeepStrictEqual } from 'node:util';
import type { Path } from '../policy/path.ts';
import { type ManifestError, manifestError } from './errors.ts';
import { fillDocument } from './fill.ts';
import { offsetOf } from './locate.ts';
import { isMapping, type Json } from './objects.ts';
import { type ManifestDocument, parseManifests } from './parse.ts';

/** The kind that KRM functions read and write. */
export const resourceListKind = 'ResourceList';

/** The versions of it, which differ in nothing that is read here. The newest comes first. */
export const resourceListVersions = ['config.kubernetes.io/v1', 'config.kubernetes.io/v1beta1'] as const;

/** What a KRM function is given, but for its items, and an error for the place of one of its parts. */
export interface ResourceList {
  readonly functionConfig: unknown;
  readonly errorAt: (path: Path, problem: string) => ManifestError;
}

/** The ResourceList that a text is. Throws a ManifestError when it is something else. */
export function readResourceList(text: string, file: string): ResourceList {
  const documents = parseManifests(text, file);
  const unreadable = documents.find(({ error }) => error)?.error;
  if (unreadable) throw unreadable;
  const [document, second] = documents.filter(({ value }) => value != null);
  if (!document) throw manifestError(file, `this is empty, and no ${resourceListKind}`, { line: 1, column: 1 });
  const errorAt = (path: Path, problem: string, at = document) => at.errorAt(offsetOf(at, path), problem);
  if (second) throw errorAt([], `there is a second document beside the ${resourceListKind}`, second);
  const { functionConfig, items } = listIn(document, errorAt);
  if (items != null && !Array.isArray(items)) throw errorAt(['items'], 'items is no list');
  return { functionConfig, errorAt };
}

function listIn({ value }: ManifestDocument, errorAt: ResourceList['errorAt']): Json {
  const { kind, apiVersion } = isMapping(value) ? value : {};
  if (!isMapping(value) || kind !== resourceListKind) throw errorAt(['kind'], `this is no ${resourceListKind}`);
  if (resourceListVersions.some((version) => version === apiVersion)) return value;
  const problem = `a ${resourceListKind} has the apiVersion ${resourceListVersions.join(' or ')}`;
  throw errorAt(['apiVersion'], problem);
}

/**
 * The text of a ResourceList with those results that it does not have yet, every other byte as it is. They are laid out like the template at a
 * path of the document, where one is given.
 */
export function addResults(text: string, file: string, results: readonly object[], like: Path = []): string {
  const [document] = parseManifests(text, file).filter(({ value }) => value != null);
  if (!document || results.length === 0) return text;
  const { results: earlier } = document.value as Json;
  if (earlier != null && !Array.isArray(earlier)) return text;
  const count = earlier?.length ?? 0;
  // A list may come with what was said of it the last time.
  const further = results.filter((one) => !earlier?.some((other: unknown) => isDeepStrictEqual(other, one)));
  const assignments = further.map((value, index) => ({ path: ['results', count + index], value }));
  return fillDocument(document, [{ template: like, assignments }]).text;
}

/** The text of a ResourceList that has nothing but results. */
export function emptyResourceList(results: readonly object[]): string {
  const [apiVersion] = resourceListVersions;
  return addResults(`apiVersion: ${apiVersion}\nkind: ${resourceListKind}\nitems: []\n`, '', results);
}
