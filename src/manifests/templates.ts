import type { Path } from '../policy/path.ts';
import { isMapping, type Json } from './objects.ts';

/** A pod or pod template, and where it stands below the value that was searched. */
export interface Template {
  readonly path: Path;
  readonly value: Json;
}

/**
 * Every pod and pod template below a value, known by its shape alone, so that any custom resource may hold some:
 * a mapping whose `spec.containers` is a list of mappings that each have a name.
 */
export function templatesIn(value: unknown, path: Path = []): readonly Template[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => templatesIn(item, [...path, index]));
  if (!isMapping(value)) return [];
  if (isTemplate(value)) return [{ path, value }];
  return Object.keys(value).flatMap((key) => templatesIn(value[key], [...path, key]));
}

function isTemplate({ spec }: Json): boolean {
  if (!isMapping(spec)) return false;
  const { containers } = spec;
  return Array.isArray(containers) && containers.length > 0 && containers.every(isContainer);
}

function isContainer(value: unknown): boolean {
  return isMapping(value) && typeof value.name === 'string';
}
