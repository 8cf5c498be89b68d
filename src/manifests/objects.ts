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

/** The objects of a document, lists of whatever kind taken apart. None for a document that is no manifest. */
export function objectsIn(value: unknown, path: Path = []): readonly ManifestObject[] {
  if (!isMapping(value)) return [];
  const { kind, items } = value;
  if (typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)) {
    return items.flatMap((item, index) => objectsIn(item, [...path, 'items', index]));
  }
  return [objectOf(value, path)];
}

function objectOf(value: Json, path: Path): ManifestObject {
  const metadata = isMapping(value.metadata) ? value.metadata : {};
  const namespace = textOf(metadata.namespace);
  return {
    path,
    kind: textOf(value.kind) ?? 'object',
    name: textOf(metadata.name) ?? textOf(metadata.generateName) ?? '',
    ...(namespace !== undefined && { namespace }),
    value,
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function isMapping(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
