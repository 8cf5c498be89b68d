import { controls } from '../policy/controls/index.ts';

interface Field {
  /** The keys on the way to it, in small letters, without the indexes of lists. */
  readonly keys: readonly string[];
  readonly control: string;
}

/** The fields of pods that controls are about; of annotations there are too many. */
const fields: readonly Field[] = controls.flatMap(({ id, about }) =>
  about.fields
    .filter((field) => field.startsWith('spec.'))
    .flatMap(alternatives)
    .map((field) => ({ keys: keysIn(field), control: id })),
);

/** What stands directly in these needs no path to be known by. */
const parents: readonly (string | undefined)[] = ['spec', 'securitycontext'];

/** These do not either, and hold fields of several controls. */
const whole: readonly string[] = ['spec', 'containers', 'securitycontext'];

/**
 * The controls that a field of a pod belongs to, as people and tools write fields: with indexes or without, from the
 * root of a pod, of a template or from further in, dotted or as a JSON Pointer. Several when it holds their fields.
 */
export function ownersOf(written: string): readonly string[] {
  const keys = keysIn(written);
  if (!isPath(written)) {
    const itself = owners(({ keys: own }) => own.at(-1) === keys[0] && parents.includes(own.at(-2)));
    return itself.length > 0
      ? itself
      : owners(({ keys: own }) => own.some((key) => key === keys[0] && whole.includes(key)));
  }
  const found = holdersOf(keys);
  // A part of a field that is looked at as a whole.
  const above = keys.length > 2 ? holdersOf(keys.slice(0, -1)) : [];
  return found.length > 0 || above.length > 1 ? found : above;
}

/** The last key of a path, as it was written; undefined for what is no path. */
export function lastKeyOf(written: string): string | undefined {
  return isPath(written) ? /(\w+)\W*$/.exec(written)?.[1] : undefined;
}

/** The controls of the field itself, else those of the fields below it. */
function holdersOf(keys: readonly string[]): readonly string[] {
  const itself = owners(({ keys: own }) => matchesAt(own, own.length - keys.length, keys));
  if (itself.length > 0) return itself;
  return owners(({ keys: own }) => own.some((_, start) => matchesAt(own, start, keys)));
}

function owners(isMeant: (field: Field) => boolean): readonly string[] {
  return [...new Set(fields.filter(isMeant).map(({ control }) => control))];
}

function matchesAt(own: readonly string[], start: number, keys: readonly string[]): boolean {
  return start >= 0 && keys.length > 0 && keys.every((key, index) => own[start + index] === key);
}

function isPath(written: string): boolean {
  return /[./[]/.test(written.trim());
}

function keysIn(path: string): readonly string[] {
  const dotted = path.trim().startsWith('/') ? path.replaceAll('/', '.') : path;
  const keys = dotted
    .toLowerCase()
    .replace(/\[[^\]]*\]/g, '')
    .split('.')
    .map((key) => key.trim().replace(/^(init|ephemeral)containers$/, 'containers'))
    .filter((key) => !/^\d*$/.test(key));
  const root = Math.max(keys.lastIndexOf('template'), keys.indexOf('pod'), keys.indexOf('pods'));
  return keys.slice(root + 1);
}

/** The paths that one with alternatives in braces stands for. */
function alternatives(path: string): readonly string[] {
  const [, before = '', list, after = ''] = /^([^{]*)\{([^}]*)\}(.*)$/.exec(path) ?? [];
  if (list === undefined) return [path];
  return list.split(',').flatMap((word) => alternatives(before + word + after));
}
