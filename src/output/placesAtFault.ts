import type { Violation } from '../policy/check.ts';
import { controls } from '../policy/controls/index.ts';
import type { Path } from '../policy/path.ts';
import { containerLists, type Pod } from '../policy/pod.ts';

/** A field of a pod: where it is, or would be, and how much speaks for it being the one that is objected to. */
interface Candidate {
  readonly path: Path;
  readonly weight: number;
  readonly isInContainer: boolean;
}

/** The fields that a violation is about, in the pod's order: those that are set, else those that would have to be. */
export function placesAtFault(pod: Pod, violation: Violation): readonly Path[] {
  const { about } = controls.find(({ id }) => id === violation.control) ?? {};
  const patterns = about?.fields.flatMap(expandBraces) ?? [];
  const found = patterns.flatMap((pattern) => candidatesIn(pod, pattern, violation.detail));
  const blamed = found.filter(({ isInContainer }) => isInContainer || !blamesContainersOnly(violation.detail));
  const heaviest = Math.max(...blamed.map(({ weight }) => weight));
  const chosen = blamed.filter(({ weight }) => weight === heaviest);
  // What neither the pod nor a container sets is more often for the container to set.
  const inContainers = heaviest === 0 ? chosen.filter(({ isInContainer }) => isInContainer) : [];
  const paths = (inContainers.length > 0 ? inContainers : chosen).map(({ path }) => path);
  return paths.length > 0 ? paths : [['spec']];
}

function blamesContainersOnly(detail: string): boolean {
  return /^containers? "/.test(detail);
}

/** `a.{b,c}.d` as `a.b.d` and `a.c.d`. */
function expandBraces(pattern: string): readonly string[] {
  const [braces, inner] = /\{([^}]*)\}/.exec(pattern) ?? [];
  if (braces === undefined || inner === undefined) return [pattern];
  return inner.split(',').flatMap((one) => expandBraces(pattern.replace(braces, one)));
}

function candidatesIn(pod: Pod, pattern: string, detail: string): readonly Candidate[] {
  // The key of an annotation has dots of its own, and says what its container does.
  const [plain = '', annotation] = pattern.split(/\["|\*"\]$/);
  if (annotation !== undefined) {
    const isSet = Object.keys(pod.metadata?.annotations ?? {}).some((key) => key.startsWith(annotation));
    return isSet ? [{ path: plain.split('.'), weight: 1, isInContainer: true }] : [];
  }
  return walk(pod, plain.split('.'), [], detail).map(({ path, value }) => ({
    path,
    weight: weightOf(value),
    isInContainer: containerLists.some((list) => path[1] === list),
  }));
}

/** Values that switch something off are seldom what is objected to. */
function weightOf(value: unknown): number {
  if (value == null) return 0;
  return value === false || value === 0 ? 1 : 2;
}

interface End {
  readonly path: Path;
  readonly value: unknown;
}

function walk(value: unknown, keys: readonly string[], path: Path, detail: string): readonly End[] {
  const [key, ...rest] = keys;
  if (key === undefined) return [{ path, value }];
  const member = (name: string | number) => (value as Record<string | number, unknown> | null | undefined)?.[name];
  if (!key.endsWith('[*]')) return walk(member(key), rest, [...path, key], detail);
  const list = key.slice(0, -'[*]'.length);
  const lists = list === 'containers' ? containerLists : [list];
  return lists.flatMap((name) => {
    const items = member(name);
    if (!Array.isArray(items)) return [];
    return blamedOf(items, detail, list === 'containers').flatMap((index) =>
      walk(items[index], rest, [...path, name, index], detail),
    );
  });
}

/** The indexes of the items that the text names; of a list without containers, all where it names none. */
function blamedOf(items: readonly unknown[], detail: string, areContainers: boolean): readonly number[] {
  const words = detail.split(', ');
  const isNamed = (item: unknown) => {
    const name = (item as { name?: unknown } | null)?.name;
    return typeof name === 'string' && (detail.includes(`"${name}"`) || words.includes(name));
  };
  const named = [...items.keys()].filter((index) => isNamed(items[index]));
  return named.length > 0 || areContainers ? named : [...items.keys()];
}
