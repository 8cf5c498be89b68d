import type { Path } from './path.ts';

/** What a value must be where it is set. */
export interface Shape {
  /** With its article: `a string`. */
  readonly name: string;
  /** The first part of a value that is something else; undefined when there is none. Such a value is never null. */
  readonly misfitIn: (value: unknown) => Misfit | undefined;
}

/** A part of a value that is not what it must be. */
export interface Misfit {
  readonly path: Path;
  readonly value: unknown;
  /** The name of the shape that it should have. */
  readonly expected: string;
}

export const string = ofType('a string', (value) => typeof value === 'string');
export const boolean = ofType('a boolean', (value) => typeof value === 'boolean');
export const integer = ofType('an integer', Number.isInteger);

/** A mapping with these members, each of its shape or unset, but for those that must be set; it may have any others. */
export function object(members: Readonly<Record<string, Shape>>, required: readonly string[] = []): Shape {
  const name = 'an object';
  const known = Object.entries(members).map(([key, shape]) => ({ key, shape, isRequired: required.includes(key) }));
  return {
    name,
    misfitIn(value) {
      if (!isMapping(value)) return misfit(value, name);
      for (const { key, shape, isRequired } of known) {
        const member = value[key];
        if (member == null && !isRequired) continue;
        const found = memberMisfit(member, shape);
        if (found) return below(key, found);
      }
      return undefined;
    },
  };
}

/** A mapping whose members are all of one shape. */
export function record(shape: Shape): Shape {
  const name = 'an object';
  return {
    name,
    misfitIn(value) {
      if (!isMapping(value)) return misfit(value, name);
      for (const key of Object.keys(value)) {
        const found = memberMisfit(value[key], shape);
        if (found) return below(key, found);
      }
      return undefined;
    },
  };
}

/** A list whose members are all of one shape. */
export function list(shape: Shape): Shape {
  const name = 'a list';
  return {
    name,
    misfitIn(value) {
      if (!Array.isArray(value)) return misfit(value, name);
      for (let index = 0; index < value.length; index++) {
        const found = memberMisfit(value[index], shape);
        if (found) return below(index, found);
      }
      return undefined;
    },
  };
}

/** The first part that is not of the shape; nothing at all is not, either. */
export function memberMisfit(value: unknown, shape: Shape): Misfit | undefined {
  return value == null ? misfit(value, shape.name) : shape.misfitIn(value);
}

function ofType(name: string, isOfType: (value: unknown) => boolean): Shape {
  return { name, misfitIn: (value) => (isOfType(value) ? undefined : misfit(value, name)) };
}

function misfit(value: unknown, expected: string): Misfit {
  return { path: [], value, expected };
}

/** Paths are made only where something is wrong: every pod that is created passes here. */
function below(key: string | number, { path, ...rest }: Misfit): Misfit {
  return { path: [key, ...path], ...rest };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
