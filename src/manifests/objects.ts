import type { Path } from '../policy/path.ts';

export type Json = Readonly<Record<string, unknown>>;

/** One Kubernetes object in a document: the document itself, or a member of a list. */
export interface ManifestObject {
  /** Where the object stands in its document. */
  readonly path: Path;
  readonly kind: string;
  readonly name: string;
  /** The namespace that the object names itself. */
  readonly namespace?: string;
  readonly value: Json;
}

/** The objects of a document, lists of whatever kind taken apart. None for a document that is no mapping. */
export function objectsIn(value: unknown): readonly ManifestObject[] {
  return objectsAt(value, [], 'object');
}

function objectsAt(value: unknown, path: Path, unnamedKind: string): readonly ManifestObject[] {
  if (!isMapping(value)) return [];
  const kind = textOf(value.kind) ?? unnamedKind;
  const { items } = value;
  if (!kind.endsWith('List') || !Array.isArray(items)) return [objectOf(value, path, kind)];
  // The members of a PodList need not say that they are Pods.
  const kindOfItems = kind.slice(0, -'List'.length) || 'object';
  return items.flatMap((item, index) => objectsAt(item, [...path, 'items', index], kindOfItems));
}

function objectOf(value: Json, path: Path, kind: string): ManifestObject {
  const metadata = isMapping(value.metadata) ? value.metadata : {};
  const namespace = textOf(metadata.namespace);
  const name = textOf(metadata.name) ?? textOf(metadata.generateName) ?? '';
  return { path, kind, name, value, ...(namespace !== undefined && { namespace }) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function isMapping(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
