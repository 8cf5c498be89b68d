import type { Position } from '../manifests/position.ts';

/** Something that could not be read, and where, as far as that is known. */
export interface Problem {
  readonly file?: string | undefined;
  readonly at?: Position | undefined;
  /** What is wrong, without the place. */
  readonly text: string;
}
