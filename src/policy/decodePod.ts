import { type Path, toDotted } from './path.ts';
import type { Pod } from './pod.ts';
import { podShape } from './podShape.ts';
import { memberMisfit } from './shapes.ts';
import { clip, oneLine } from './text.ts';

/** Says in one sentence which part of a value is not what a Pod must have there. */
export class PodError extends Error {
  override readonly name = 'PodError';
  /** Where that part stands, or should, from the pod's root. */
  readonly path: Path;

  constructor(message: string, path: Path) {
    super(message);
    this.path = path;
  }
}

/**
 * The value as a Pod: every part that this program looks at has the type that the API has for it.
 * Throws a PodError that names the first part that has not.
 */
export function decodePod(value: unknown): Pod {
  const misfit = memberMisfit(value, podShape);
  if (!misfit) return value as Pod;
  const { path, value: part, expected } = misfit;
  throw new PodError(`${readable(path) || 'the pod'} is ${kindOf(part)}, not ${expected}`, path);
}

/** The value as a Pod; undefined where it is none. */
export function podIn(value: unknown): Pod | undefined {
  try {
    return decodePod(value);
  } catch (error) {
    if (error instanceof PodError) return undefined;
    throw error;
  }
}

/** The path on one line: its keys are whatever somebody has written. */
function readable(path: Path): string {
  return clip(oneLine(toDotted(path)), 200);
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
