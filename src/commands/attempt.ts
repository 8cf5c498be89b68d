import { ManifestError } from '../manifests/errors.ts';

/** What the function returns; undefined, with the error added to the problems, when it throws a ManifestError. */
export function attempt<T>(problems: ManifestError[], run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    problems.push(error);
    return undefined;
  }
}
