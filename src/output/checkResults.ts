import type { FailOn } from './failOn.ts';
import type { LocatedTemplate } from './findings.ts';
import type { Problem } from './problems.ts';

/** All that the formats for other programs are made of. */
export interface CheckResults {
  readonly templates: readonly LocatedTemplate[];
  /** What could not be read. */
  readonly problems: readonly Problem[];
  readonly failOn: FailOn;
  /** The folder that files are named from: an absolute path. */
  readonly folder: string;
  /** Of this program. */
  readonly programVersion: string;
}
