import type { Violation } from '../policy/check.ts';
import type { Change, Left } from '../policy/harden.ts';
import type { Level } from '../policy/level.ts';
import { type Path, toDotted } from '../policy/path.ts';
import { reasonMeanings } from '../policy/reasons.ts';
import { oneLine } from '../policy/text.ts';

/** One of the `results` of a ResourceList. */
export interface FunctionResult {
  readonly message: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly resourceRef?: ResourceRef;
  readonly field?: FieldRef;
  /** The file that the resource is from, and its place among the documents of that file. */
  readonly file?: { readonly path: string; readonly index?: number };
  readonly tags?: Readonly<Record<string, string>>;
}

interface ResourceRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

interface FieldRef {
  readonly path: string;
  readonly currentValue?: unknown;
  readonly proposedValue?: unknown;
}

type Json = Readonly<Record<string, unknown>>;

/** A pod or pod template of a resource, and what became of it. */
export interface FunctionSubject {
  readonly resource: Json;
  /** Where the pod stands in the resource. */
  readonly path: Path;
  readonly filled: readonly Change[];
  /** What the modes `audit` and `warn` leave undone. */
  readonly wouldFill: readonly Change[];
  readonly left: readonly Left[];
  /** The level that is asked of the pod, and what still stands between the two. */
  readonly level: Level;
  readonly remaining: readonly Violation[];
}

/** What there is to report of a pod: what was filled as `info`, and what was left or is still objected to as `warning`. */
export function functionResults(subject: FunctionSubject): readonly FunctionResult[] {
  const { resource, filled, wouldFill, left, level, remaining } = subject;
  const about = { resourceRef: refOf(resource), ...fileOf(resource) };
  return [
    ...filled.map((change) => ({ ...sayFilled(change), ...about, field: fieldOf(subject, change, change.value) })),
    ...wouldFill.map((change) => ({
      ...sayWouldFill(change),
      ...about,
      field: fieldOf(subject, change, change.value),
    })),
    ...left.map((one) => ({ ...sayLeft(one), ...about, field: fieldOf(subject, one) })),
    ...remaining.map((violation) => ({ ...sayObjection(violation, level), ...about })),
  ];
}

function sayFilled(change: Change) {
  const { control, writable = [] } = change;
  const beside = writable.length > 0 ? `, and made ${writable.join(', ')} writable` : '';
  const message = `filled ${control} ${placeOf(change)}${beside}`;
  return { message, severity: 'info', tags: { control } } as const;
}

function sayWouldFill(change: Change) {
  const { control, mode } = change;
  const message = `would fill ${control} ${placeOf(change)}, if the mode were not ${mode}`;
  return { message, severity: 'info', tags: { control, mode } } as const;
}

function sayLeft(left: Left) {
  const { control, reason } = left;
  const message = `left ${control} ${placeOf(left)} (${reason}): ${reasonMeanings[reason]}`;
  return { message, severity: 'warning', tags: { control, reason } } as const;
}

function sayObjection({ control, reason, detail }: Violation, level: Level) {
  const message = oneLine(`does not pass ${level}: ${reason} (${detail})`);
  return { message, severity: 'warning', tags: { control, level } } as const;
}

function placeOf({ container }: { readonly container?: string }): string {
  return container === undefined ? 'of the pod' : `of container "${oneLine(container)}"`;
}

function fieldOf({ resource, path }: FunctionSubject, { path: below }: { readonly path: Path }, value?: unknown) {
  const whole = [...path, ...below];
  const currentValue = valueAt(resource, whole);
  return {
    path: toDotted(whole),
    ...(currentValue != null && { currentValue }),
    ...(value !== undefined && { proposedValue: value }),
  };
}

function valueAt(resource: Json, path: Path): unknown {
  let value: unknown = resource;
  for (const key of path) value = (value as Record<string | number, unknown> | null | undefined)?.[key];
  return value;
}

function refOf({ apiVersion, kind, metadata }: Json): ResourceRef {
  const { name, namespace } = (metadata ?? {}) as Json;
  return {
    apiVersion: textOf(apiVersion) ?? '',
    kind: textOf(kind) ?? '',
    name: textOf(name) ?? '',
    ...(typeof namespace === 'string' && { namespace }),
  };
}

/** Both prefixes are in use: orchestrators older than version 1 know only the second one. */
const prefixes = ['internal.config.kubernetes.io', 'config.kubernetes.io'] as const;

function fileOf({ metadata }: Json): { readonly file?: NonNullable<FunctionResult['file']> } {
  const annotations = (metadata as Json | null | undefined)?.annotations as Json | null | undefined;
  const read = (name: string) => prefixes.map((prefix) => textOf(annotations?.[`${prefix}/${name}`])).find(Boolean);
  const path = read('path');
  if (path === undefined) return {};
  const index = Number(read('index') ?? Number.NaN);
  return { file: { path, ...(Number.isInteger(index) && { index }) } };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
