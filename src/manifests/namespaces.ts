import type { NamespaceRecord } from '../admission/namespacePolicy.ts';
import { offsetOf } from './locate.ts';
import { isMapping, type ManifestObject, objectsIn } from './objects.ts';
import { type ManifestDocument, parseManifests } from './parse.ts';

/**
 * The namespaces that a file of Namespace manifests describes, in its order. Throws a ManifestError, one sentence
 * with file, line and column, when the file cannot be read or holds anything but Namespaces.
 */
export function readNamespaces(text: string, fileName: string): readonly NamespaceRecord[] {
  return parseManifests(text, fileName).flatMap((document) => {
    if (document.error) throw document.error;
    if (document.value == null) return [];
    const objects = objectsIn(document.value);
    if (!isMapping(document.value)) throw problemAt(document, [], 'this is no manifest of a Namespace');
    return objects.map((object) => {
      if (isNamespace(object)) return namespaceRecord(document, object);
      throw problemAt(document, object.path, `this is a manifest of kind ${object.kind}, not of a Namespace`);
    });
  });
}

/** Whether the object is a Namespace; in a NamespaceList nobody repeats its version. */
export function isNamespace({ kind, value }: ManifestObject): boolean {
  return kind === 'Namespace' && (value.apiVersion ?? 'v1') === 'v1';
}

/** What a Namespace manifest says of its policy. Throws a ManifestError where the API server would refuse it. */
export function namespaceRecord(document: ManifestDocument, { path, name, value }: ManifestObject): NamespaceRecord {
  const metadata = isMapping(value.metadata) ? value.metadata : {};
  if (metadata.name !== name) throw problemAt(document, path, 'this Namespace has no name that is a string');
  const stringsAt = (key: 'labels' | 'annotations') => readStrings(document, metadata[key], [...path, 'metadata', key]);
  return { name, labels: stringsAt('labels'), annotations: stringsAt('annotations') };
}

type Path = ManifestObject['path'];

function readStrings(document: ManifestDocument, value: unknown, path: Path): Readonly<Record<string, string>> {
  if (value == null) return {};
  if (!isMapping(value)) throw problemAt(document, path, `metadata.${path.at(-1)} is not a mapping`);
  for (const key of Object.keys(value)) {
    if (typeof value[key] === 'string') continue;
    throw problemAt(document, [...path, key], `the value of ${key} is not a string; put it in quotes`);
  }
  return value as Record<string, string>;
}

function problemAt(document: ManifestDocument, path: Path, problem: string) {
  return document.errorAt(offsetOf(document, path), problem);
}
