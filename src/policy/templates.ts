import type { Path } from './path.ts';

type Json = Readonly<Record<string, unknown>>;

/** A pod or pod template, and where it stands below the value that was searched. */
export interface Template {
  readonly path: Path;
  readonly value: Json;
}

/** No object is nested so deeply, and a search that went on would overflow the stack. */
const maxDepth = 1_000;

/**
 * Every pod and pod template below a value, known by its shape alone, so that any custom resource may hold some:
 * a mapping whose `spec.containers` is a list of mappings that each have a name.
 */
export function templatesIn(value: unknown, path: Path = []): readonly Template[] {
  const found: Template[] = [];
  search(value, [...path], path.length + maxDepth, found);
  return found;
}

/** Goes by one path that grows and shrinks: a copy of it for every value would take longer than the search. */
function search(value: unknown, path: (string | number)[], deepest: number, found: Template[]): void {
  if (typeof value !== 'object' || value === null || path.length > deepest) return;
  if (isMapping(value) && isTemplate(value)) {
    found.push({ path: [...path], value });
    return;
  }
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
  for (const key of keys) {
    path.push(key);
    search((value as Record<string | number, unknown>)[key], path, deepest, found);
    path.pop();
  }
}

function isTemplate({ spec }: Json): boolean {
  if (!isMapping(spec)) return false;
  const { containers } = spec;
  return Array.isArray(containers) && containers.length > 0 && containers.every(isContainer);
}

function isContainer(value: unknown): boolean {
  return isMapping(value) && typeof value.name === 'string';
}

function isMapping(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
