import { annotationsOf } from '../policy/annotations.ts';
import type { Pod } from '../policy/pod.ts';
import { filledAnnotation } from './keys.ts';

/** The limit of our annotation on a pod, in bytes. */
export const noteLimit = 4096;

/** Our annotation as it stands on a pod, whoever wrote it. */
export interface Note {
  /** What it claims to have been filled; anything may be among it. */
  readonly entries: readonly string[];
  /** How many more there were, for whose names there was no room. */
  readonly unnamed: number;
}

/** What our annotation on the pod says: nothing where it is longer than we write it. Undefined where there is none. */
export function noteOn(pod: Pod): Note | undefined {
  const text = annotationsOf(pod)[filledAnnotation];
  if (text === undefined) return undefined;
  if (Buffer.byteLength(text) > noteLimit) return { entries: [], unnamed: 0 };
  const [, list = text, number = 0] = /^(.*),…\+(\d{1,5})$/s.exec(text) ?? [];
  return { entries: list.split(',').map((entry) => entry.trim()), unnamed: Number(number) };
}
