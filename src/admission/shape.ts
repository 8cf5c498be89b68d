import type { Path } from '../policy/path.ts';
import { quoted, suggestion } from './words.ts';

/** What a value of the configuration file may be, for those who read it and for those who write it. */
export type Shape = TextShape | IntegerShape | EitherShape | ListShape | ObjectShape;

interface Described {
  /** What it means, in a sentence. */
  readonly about: string;
}

export interface TextShape extends Described {
  readonly type: 'text';
  /** The only texts there are. */
  readonly words?: readonly string[];
  /** The source of a regular expression that the whole text fits, and what it asks for, in a few words. */
  readonly pattern?: string;
  readonly asks?: string;
  /** A better sentence than that on a text which does not fit, where there is one. */
  readonly complaint?: (text: string) => string | undefined;
}

export interface IntegerShape extends Described {
  readonly type: 'integer';
  readonly least: number;
  readonly most: number;
}

export interface EitherShape extends Described {
  readonly type: 'either';
  readonly of: readonly (TextShape | IntegerShape)[];
}

export interface ListShape extends Described {
  readonly type: 'list';
  readonly of: Shape;
  /** Whether it may have no members. */
  readonly mayBeEmpty?: true;
  /** The most members that it may have. */
  readonly most?: number;
}

export interface ObjectShape extends Described {
  readonly type: 'object';
  readonly members: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  /** The members of which there has to be at least one, and why. */
  readonly oneOrMore?: { readonly of: readonly string[]; readonly because: string };
}

/** What is wrong with a value, and where that stands. */
export interface Fault {
  readonly path: Path;
  readonly problem: string;
}

/** All that keeps the value from having the shape; nothing where it has it. */
export function faultsOf(value: unknown, shape: Shape, path: Path = []): readonly Fault[] {
  const fault = (problem: string): readonly Fault[] => [{ path, problem }];
  switch (shape.type) {
    case 'text':
      return typeof value === 'string' ? textFaults(value, shape).flatMap(fault) : fault(notA('a text', value));
    case 'integer':
      if (isQuoted(value, shape))
        return fault(`${shown(value)} in quotes is a text, not an integer: leave the quotes out`);
      return isInteger(value, shape) ? [] : fault(`${shown(value)} is no integer from ${shape.least} to ${shape.most}`);
    case 'either': {
      if (shape.of.some((one) => faultsOf(value, one).length === 0)) return [];
      const first =
        shape.of.find((one) => one.type === 'integer' && isQuoted(value, one)) ??
        shape.of.find(({ type }) => (type === 'text') === (typeof value === 'string'));
      return first ? faultsOf(value, first, path) : fault(notA('a text or an integer', value));
    }
    case 'list':
      if (!Array.isArray(value)) return fault(notA('a list', value));
      if (value.length === 0 && !shape.mayBeEmpty) return fault('the list is empty');
      return [
        ...(shape.most !== undefined && value.length > shape.most ? fault(`more than ${shape.most} are too many`) : []),
        ...value.flatMap((item, index) => faultsOf(item, shape.of, [...path, index])),
      ];
    case 'object':
      return isObject(value) ? objectFaults(value, shape, path) : fault(notA('a mapping', value));
  }
}

/** What of the value has its shape, with undefined in place of each item and member that has not; no unknown members. */
export function soundIn(value: unknown, shape: Shape): unknown {
  switch (shape.type) {
    case 'object':
      if (!isObject(value)) return undefined;
      return Object.fromEntries(
        Object.entries(shape.members)
          .filter(([key]) => Object.hasOwn(value, key))
          .map(([key, member]) => [key, soundIn(value[key], member)]),
      );
    case 'list':
      // Of too many, nobody asks what the rest means.
      return Array.isArray(value) ? value.slice(0, shape.most).map((item) => soundIn(item, shape.of)) : undefined;
    default:
      return faultsOf(value, shape).length === 0 ? value : undefined;
  }
}

function textFaults(text: string, { words, pattern, asks, complaint }: TextShape): readonly string[] {
  if (words && !words.includes(text)) {
    return [`${quoted(text, 40)} is unknown${suggestion(text, words) || `; there are ${words.join(', ')}`}`];
  }
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(text)) {
    return [complaint?.(text) ?? `${quoted(text, 40)} is not ${asks}`];
  }
  return [];
}

function objectFaults(value: Json, { members, required = [], oneOrMore }: ObjectShape, path: Path): readonly Fault[] {
  const missing = required.filter((key) => !Object.hasOwn(value, key));
  return [
    ...missing.map((key) => ({ path, problem: `${key} is missing` })),
    ...(oneOrMore && !oneOrMore.of.some((key) => Object.hasOwn(value, key))
      ? [{ path, problem: `there is neither ${oneOrMore.of.join(' nor ')}, ${oneOrMore.because}` }]
      : []),
    ...Object.keys(value).flatMap((key) => {
      const at = [...path, key];
      const member = Object.hasOwn(members, key) ? members[key] : undefined;
      if (member) return faultsOf(value[key], member, at);
      return [{ path: at, problem: `this key is unknown${suggestion(key, Object.keys(members))}` }];
    }),
  ];
}

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isInteger(value: unknown, { least, most }: IntegerShape): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

/** Whether the value would be such an integer without its quotes. */
function isQuoted(value: unknown, shape: IntegerShape): boolean {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) && isInteger(Number(value), shape);
}

function notA(expected: string, value: unknown): string {
  return `this is ${kindOf(value)}, not ${expected}`;
}

function kindOf(value: unknown): string {
  if (value == null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return `the ${typeof value === 'string' ? 'text' : typeof value} ${shown(value)}`;
}

function shown(value: unknown): string {
  return typeof value === 'object' ? kindOf(value) : quoted(String(value), 40);
}
